"""Every sentence that the training floor can say exists in both languages, with the same values."""

import re
from pathlib import Path
from string import Formatter

from components.messages import catalogue
from components.training.doctor import KINDS
from components.training.runs import STATES
from components.training.task_tables import MODULES, task_table

ROOT = Path(__file__).resolve().parents[3]
WHOLE_KEY = re.compile(r"\"training\.([a-z][a-z-]*)\"|\\\"training\.([a-z][a-z-]*)\\\"")


def ours(language: str) -> dict[str, str]:
    return {key: text for key, text in catalogue(language).items() if key.startswith("training.")}


def test_keys_in_the_code_are_worded():
    used = set()
    for path in (ROOT / "components" / "training").rglob("*.py"):
        used |= {f"training.{first or second}" for first, second in WHOLE_KEY.findall(path.read_text(encoding="utf-8"))}
    used -= {"training.ipynb"}  # the name of a file
    used |= {f"training.state-{state}" for state in STATES}
    kinds = {*KINDS, *(kind for task in MODULES for kind in task_table(task).KINDS)}
    used |= {f"training.{part}-{kind}" for part in ("found", "why") for kind in kinds}
    assert len(used) > 60
    for language in ("en", "ja"):
        assert used - set(ours(language)) == set()


def test_both_languages_take_the_same_values():
    english, japanese = ours("en"), ours("ja")
    assert set(english) == set(japanese)
    for key, text in english.items():
        names = [{name for _, name, _, _ in Formatter().parse(version) if name} for version in (text, japanese[key])]
        assert names[0] == names[1], key
