"""The host's page (docs/operations.md): every setting of the code stands in it with its default, every bound names the test that holds it."""

import ast
import re
from pathlib import Path

import pytest

from components.settings import wrong_settings
from components.training.settings import Limits
from components.ui.server import stop_where_settings_are_wrong

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `HIMOTOKU_")
]
DOCUMENTED = {row[0].strip("`").removeprefix("HIMOTOKU_"): row for row in ROWS}


def read_by_the_code() -> dict[str, str | None]:
    """Setting -> its default where the code says it as a number, from the calls that read settings."""
    found: dict[str, str | None] = {}
    for path in (ROOT / "components").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args and isinstance(node.args[0], ast.Constant)
            ):
                continue
            if node.func.id in ("number", "megabytes", "variable") and str(node.args[0].value).isupper():
                default = node.args[1] if len(node.args) > 1 else None
                found[node.args[0].value] = str(default.value) if isinstance(default, ast.Constant) else None
    return found


def test_every_setting_is_documented_with_its_default_and_none_is_made_up():
    settings = read_by_the_code()
    assert settings.keys() == DOCUMENTED.keys()
    said = {name: DOCUMENTED[name][1] for name, default in settings.items() if default is not None}
    assert said == {name: default for name, default in settings.items() if default is not None}
    limits = Limits()
    of_limits = {"MAX_RUNS": limits.runs, "MAX_WAITING": limits.waiting, "MAX_RUN_MB": limits.bytes // 10**6, "RUN_DAYS": limits.days,
                 "WORKER_MB": limits.worker_bytes // 10**6, "WORKER_IDLE_SECONDS": limits.idle_seconds, "MAX_QUEUE": limits.queue,
                 "MAX_WAITING_PER_ADDRESS": limits.network_waiting, "MAX_TRAINING_MINUTES": limits.minutes}  # fmt: skip
    assert {name: DOCUMENTED[name][1] for name in of_limits} == {name: str(value) for name, value in of_limits.items()}


@pytest.mark.parametrize("row", [row for row in ROWS if len(row) == 5], ids=lambda row: row[0].strip("`"))
def test_every_bound_names_a_test_that_is_there(row):
    path, _, name = row[4].partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_the_server_does_not_start_with_a_setting_that_cannot_be(monkeypatch):
    monkeypatch.setenv("HIMOTOKU_UPLOADS_MB", "2 GB")
    monkeypatch.setenv("HIMOTOKU_MAX_RUNS", "-1")
    monkeypatch.setenv("HIMOTOKU_FRAME_ANCESTORS", ";")
    assert len(wrong_settings()) == 2
    with pytest.raises(SystemExit) as ended:
        stop_where_settings_are_wrong()
    assert sorted(line.split()[0] for line in str(ended.value).splitlines()) == [
        "HIMOTOKU_FRAME_ANCESTORS", "HIMOTOKU_MAX_RUNS", "HIMOTOKU_UPLOADS_MB"
    ]  # fmt: skip
    for name in ("UPLOADS_MB", "MAX_RUNS", "FRAME_ANCESTORS"):
        monkeypatch.delenv(f"HIMOTOKU_{name}")
    stop_where_settings_are_wrong()
