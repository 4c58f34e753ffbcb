"""docs/architecture.md tells the truth: the ways it names are there, and the floors it draws are those that are held."""

import ast
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
STOP = re.compile(r"\[`([\w.]+)`\]\(\.\./(components/[\w/]+\.py)\)")
WAYS = {
    line.split("|")[1].strip(): STOP.findall(line) for line in DOCUMENT.splitlines() if line.startswith("|") and "](../components/" in line
}
SEARCHES = (
    "a number in the chosen attention cell", "the doctor's duplicates", "the unknown-token chip", "Stop in a table",
    "LoRA on the shared backbone", "a reliability bin", "a run's secret key", "the time estimate", "the default entity model",
    "the [MASK] bars", "heads switched off", "formula defusing",
)  # fmt: skip


def tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def defined(path: str) -> set[str]:
    """The functions of a file, and its classes' methods as "Class.method"."""
    found = set()
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
    return found


def imported(path: str) -> set[str]:
    """The files of this project that a file imports when it runs, at its top or in a function."""
    package = list(Path(path).parent.parts)
    modules = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return
        if isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            modules.update({module, *(f"{module}.{name.name}" for name in node.names)})
        elif isinstance(node, ast.Import):
            modules.update(name.name for name in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree(path))
    return {f"{module.replace('.', '/')}.py" for module in modules}


def test_every_search_has_its_way():
    assert all(any(way.startswith(search) for way in WAYS) for search in SEARCHES), WAYS.keys()


@pytest.mark.parametrize("search", WAYS)
def test_a_way_starts_in_a_pages_package_and_each_hop_is_an_import(search):
    way = WAYS[search]
    assert 2 <= len(way) <= 3, "at most two hops"
    assert way[0][1].startswith("components/views/")
    for function, path in way:
        assert function in defined(path), f"{path} has no {function}: name what took its place in docs/architecture.md"
    for (_, above), (_, below) in pairwise(way):
        assert below in imported(above), f"{above} does not import {below}: mend the way in docs/architecture.md"


def test_the_floors_drawn_are_those_of_the_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"].startswith("Floors"))
    held = [[room.strip().removeprefix("components.") for room in layer.split("|")] for layer in layers]
    links = re.findall(r"^  (\w+(?:.*-->.*))$", DOCUMENT, re.MULTILINE)
    edges = set()
    for link in links:
        rows = [[name.strip() for name in part.split("&")] for part in link.split("-->")]
        edges |= {(high, low) for above, below in pairwise(rows) for high in above for low in below}
    floors = [["widgets", "state"] if layer == ["ui"] else layer for layer in held]
    for above, below in pairwise(floors):
        high, low = above[-1:] if above[-1] == "state" else above, below[:1] if below[0] == "widgets" else below
        assert {(a, b) for a in high for b in low} <= edges, (above, below)
    drawn = {name for edge in edges for name in edge}
    assert drawn == {room for layer in floors for room in layer} | {"pages"}


@pytest.mark.parametrize(
    "document", ["README.md", "README.ja.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/architecture.md"]
)
def test_every_file_that_a_document_links_to_exists(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)
    assert [link for link in links if not (ROOT / document).parent.joinpath(link).exists()] == []


def test_every_path_that_the_guide_names_exists():
    """`<name>` and its like stand for a name of one's own: some file or folder must fit."""
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:[\w.<>{},-]+/)+[\w.<>{},-]*|\w+\.(?:py|toml|md|txt))`", guide)
    assert len(paths) > 20
    lost = [path for path in paths if not any(list(ROOT.glob(re.sub(r"<[^>]+>", "*", one))) for one in alternatives(path))]
    assert lost == []


def alternatives(path: str) -> list[str]:
    """ "a/{b,c}" -> ["a/b", "a/c"]."""
    braces = re.search(r"\{([^}]+)\}", path)
    if not braces:
        return [path]
    return [
        rest for choice in braces[1].split(",") for rest in alternatives(path[: braces.start()] + choice.strip() + path[braces.end() :])
    ]


def test_the_changelog_begins_with_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert released[0] == version


def test_no_file_of_the_app_is_longer_than_is_read_at_a_sitting():
    files = [path for folder in ("components", "pages", "recipes", "scripts") for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 200 and [path.name for path in files if len(path.read_text(encoding="utf-8").splitlines()) > 300] == []
