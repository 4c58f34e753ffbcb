"""One kind of name, one hue and one pattern."""

import re

from components.charts.theme import ROLES
from components.ui.widgets.kinds import KINDS, MEANT, STYLE, kinds_of


def test_what_is_known_has_its_own_kind_whatever_else_a_model_tells():
    assert kinds_of(["LOC", "PER", "X"])["PER"] == kinds_of(["PER"])["PER"] == "person"
    assert set(kinds_of(["LOC", "PER", "X"]).values()) == {"place", "person", "company"}
    assert sorted(kinds_of([label for label in MEANT if not label.isascii()]).values()) == sorted(KINDS)


def test_unknown_labels_repeat_kinds_once_all_are_taken():
    found = kinds_of([f"T{number}" for number in range(10)])
    assert list(found.values()) == [*KINDS, *KINDS[:2]]


def test_every_kind_has_a_role_and_a_pattern_of_its_own():
    lines = dict(re.findall(r"\.kind-(\w+) \{ (?:--kind: var\(--hi-[\w-]+\); )(--line: .*?) \}", STYLE))
    assert set(KINDS) <= set(lines) and len({lines[kind] for kind in KINDS}) == len(KINDS)
    assert set(re.findall(r"var\(--hi-([\w-]+)\)", STYLE)) <= set(ROLES)
