"""The page of licences names every package and model that is here, each with a licence."""

import re
import subprocess

import pytest

from components.models.cards import catalog
from scripts.licences import PAGE, ROOT, check, page


def rows(text: str) -> dict[str, str]:
    return dict(re.findall(r"^\| ([\w.-]+) \| ([^|]+) \|", text, re.MULTILINE))


def test_the_page_is_what_the_script_writes_and_says_a_licence_of_everything():
    """Of what requirements.txt pins and of the models; what those require in turn may be newer here than where the page was written."""
    written, made = rows(PAGE.read_text(encoding="utf-8")), rows(page())
    pinned = {
        re.split(r"[=;\[]", line)[0].lower()
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if line[:1].isalpha()
    }
    ours = pinned | {card.id for card in catalog() if card.bundled}
    assert {name: written.get(name) for name in ours} == {name: made[name] for name in ours}
    assert [name for name, licence in written.items() if licence.strip() in ("", "not stated")] == []


@pytest.mark.parametrize(
    ("code", "said", "ends", "tells"),
    [
        (1, "/usr/bin/python: No module named pip_audit", 0, "Not checked"),
        (1, "requests.exceptions.ConnectionError: HTTPSConnectionPool: Max retries exceeded", 0, "Not checked"),
        (1, "Found 1 known vulnerability in 1 package", 1, "Found 1 known"),
        (0, "No known vulnerabilities found", 0, "No known"),
    ],
)
def test_known_vulnerabilities_are_asked_for_and_where_nobody_can_be_asked_it_says_so(monkeypatch, capsys, code, said, ends, tells):
    asked = []

    def run(command, **options):
        asked.append(command)
        return subprocess.CompletedProcess(command, code, "", said)

    monkeypatch.setattr(subprocess, "run", run)
    assert check() == ends and tells in capsys.readouterr().out
    assert asked[0][1:5] == ["-m", "pip_audit", "-r", "requirements.txt"]
    assert "scripts/licences.py --check" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "make audit" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
