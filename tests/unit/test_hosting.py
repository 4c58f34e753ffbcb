"""The files for whoever hosts the app say what the code does: paths, ports, health checks."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_the_health_check_asks_what_the_server_answers():
    routes = re.findall(r'Route\("([^"]+)"', (ROOT / "server.py").read_text(encoding="utf-8"))
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/[a-z/]+)", dockerfile)
    assert asked and asked[2] in routes and f"EXPOSE {asked[1]}" in dockerfile and f"--server.port {asked[1]}" in dockerfile
    proxy = re.search(r"health_uri (\S+)", (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8"))
    assert proxy and proxy[1] in routes


def test_the_container_keeps_runs_where_the_app_puts_them_and_runs_without_root():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    home = services["app"]["environment"]["HIMOTOKU_HOME"]
    assert f"runs:{home}" in services["app"]["volumes"] and f"HIMOTOKU_HOME={home}" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    mounted = [volume.split(":")[0] for volume in services["proxy"]["volumes"] if volume.startswith("./")]
    assert all((ROOT / path).exists() for path in mounted)
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert dockerfile.index("USER user") < next(number for number, line in enumerate(dockerfile) if line.startswith("RUN pip"))


def test_the_service_starts_what_make_run_starts():
    unit = (ROOT / "deploy" / "himotoku.service").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "streamlit run server.py" in unit and "streamlit run server.py" in makefile
    assert "KillMode=process" in unit and "HIMOTOKU_HOME=/var/lib/himotoku" in unit and "StateDirectory=himotoku" in unit
