"""No page writes a name into the session or the address that another page could mean: read from the sources."""

import ast
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from components.ui.state.keys import ALIASES, PREFIXES, SHARED

ROOT = Path(__file__).resolve().parents[4]
RUNS = {"fine_tune", "my_models"}  # two pages of one package
# Functions whose first argument is a key, or all of whose arguments are.
KEYED = {
    "kept",
    "example_menu",
    "sentence_field",
    "typed_text",
    "begin_in_address",
    "keep_in_address",
    "batch",
    "measured",
    "table_in",
    "source_key",
    "choose_sample",
    "held_back",
    "offer_to_fetch",
    "typed_model",
}
STORES = re.compile(r"^st\.(session_state|query_params)$")
# What the shared floor itself keeps, each for all pages alike; the rest of it takes its key from the page.
COMMON = {
    "copy_link",
    "check",
    "entered",
    "page",
    "page_head",
    "page_views",
    "page_offers",
    "explain",
    "onward",
    "shell",
    "bench",
    "sentence",
    "offer",
    "doubt",
    "card",
    "model_for",
    "pages_in_navigation",
    "attributions",
    "figure",
    "code",
    "row",
    "panel",
    "under",
    "save",
    "which",
    "image",
    "csv",
    "measure",
    "opened",
}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def constants(tree: ast.Module) -> dict[str, str]:
    """The module's own string constants, and those that it imports from its neighbours."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = zip(node.targets[0].elts, node.value.elts, strict=True)
            found |= {name.id: value.value for name, value in pairs if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    return found


def beginning(node: ast.expr, known: dict[str, str]) -> str | None:
    """The literal text with which the key `node` begins; None where it is made from what a caller gave."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.JoinedStr) and node.values:
        first = node.values[0]
        start = beginning(first.value if isinstance(first, ast.FormattedValue) else first, known)
        rest = node.values[1] if isinstance(first, ast.FormattedValue) and len(node.values) > 1 else None
        return start and start + (rest.value if isinstance(rest, ast.Constant) else "")
    return None


def key_nodes(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            yield from (word.value for word in node.keywords if word.arg == "key")
            if name.split(".")[-1] in KEYED and node.args:
                yield node.args[0]
            if name == "copy_link":
                yield from node.args
            store, _, method = name.rpartition(".")
            if STORES.match(store) and node.args:
                yield from node.args[0].keys if isinstance(node.args[0], ast.Dict) else node.args[:1]
            if STORES.match(store) and method == "update":
                yield from (ast.Constant(word.arg) for word in node.keywords)
        elif isinstance(node, ast.Subscript) and STORES.match(ast.unparse(node.value)):
            yield node.slice
        elif isinstance(node, ast.Compare) and any(STORES.match(ast.unparse(one)) for one in node.comparators):
            yield node.left


def keys(path: Path) -> set[str]:
    tree = tree_of(path)
    known = constants(tree)
    return {text for node in key_nodes(tree) if (text := beginning(node, known))}


def files_of(page: str) -> list[Path]:
    """pages/<page>.py and the views that only it shows."""
    package = "runs" if page in RUNS else page
    return [ROOT / "pages" / f"{page}.py", *(ROOT / "components/views" / package).glob("*.py")]


def owned(key: str, page: str) -> bool:
    return key in SHARED or any(re.match(rf"{prefix}(?![A-Za-z0-9])", key) for prefix in PREFIXES[page])


def test_every_page_has_prefixes_of_its_own():
    assert set(PREFIXES) == {path.stem for path in (ROOT / "pages").glob("*.py")}
    for page, other in combinations(PREFIXES, 2):
        assert {page, other} == RUNS or not set(PREFIXES[page]) & set(PREFIXES[other]), (page, other)


@pytest.mark.parametrize("page", PREFIXES)
def test_a_page_names_only_what_is_its_own(page):
    files = files_of(page)
    assert len(files) > 1 and any(keys(path) for path in files)
    strangers = {(path.name, key) for path in files for key in keys(path) if not owned(key, page)}
    assert not strangers


def test_the_shared_floor_names_nothing_of_a_page():
    for path in (ROOT / "components/ui").rglob("*.py"):
        known = COMMON | set(SHARED)
        strangers = {key for key in keys(path) if re.split("[:_-]", key)[0] not in known and key not in known}
        assert not strangers, path.name


def test_an_old_name_leads_to_a_name_of_the_same_page():
    for page, aliases in ALIASES.items():
        assert all(owned(new, page) and not owned(old, page) for old, new in aliases.items())


def test_the_reading_sees_every_way_to_name_a_key():
    tree = ast.parse(
        'KEY = "a"\nst.text_input("x", key="b")\nst.session_state["c"] = st.query_params.get("d")\nst.session_state.update({"e": 1}, f=2)\n'
        'kept(f"{KEY}:g", 1)\n"h" in st.session_state\ncopy_link("i", "j")\nst.slider("x", key=f"k_{n}")\ntyped_text(name, 1)\n'
    )
    found = {beginning(node, constants(tree)) for node in key_nodes(tree)}
    assert found == {"b", "c", "d", "e", "f", "a:g", "h", "i", "j", "k_", None}
