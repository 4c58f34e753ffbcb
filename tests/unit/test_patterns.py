"""Every regular expression of the app takes linear time: a visitor's text may be a megabyte that nearly matches, again and again."""

import ast
import json
import re
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SIZE, FIRST_SIZE = 1_000_000, 50_000  # characters: of a pattern's slowest input, and of all its inputs, among which it is found
SECONDS = 4.0  # for one input; a quadratic pattern takes 10 s and more for FIRST_SIZE
FUNCTIONS = {"compile", "search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn"}
# Built while running: the alternatives are a tokenizer's own special tokens, each taken literally.
BUILT = {"components/text/japanese.py": r"(\[MASK\]|\[UNK\]|\[SEP\]|\[PAD\]|\[CLS\])"}
# Patterns that only ever see a cut text, however long it was (test_cells.py and test_mecab.py hold the cuts), or the app's own prose.
BOUNDED = {"components/tables/cells.py", "components/text/mecab.py", "components/ui/widgets/term_marks.py"}


def calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "re"], f"write re.<name> in {path}"
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return [
        node for node in functions if isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.func.attr in FUNCTIONS
    ]


def pattern(call: ast.Call, name: str) -> str | bytes:
    if isinstance(call.args[0], ast.Constant):
        return call.args[0].value
    if isinstance(call.args[0], ast.IfExp):  # two literals: the later one looks for more
        return call.args[0].orelse.value
    return BUILT[name] if name in BUILT else made(call, name).pattern


def made(call: ast.Call, name: str) -> re.Pattern:
    """The pattern that the module `name` makes of constants of its own in this line."""
    value = getattr(import_module(name.removesuffix(".py").replace("/", ".")), name_of(call, ROOT / name), None)
    assert isinstance(value, re.Pattern), f"the test cannot see the pattern in line {call.lineno} of {name}"
    return value


def uses() -> dict[str, set[str]]:
    """The functions that the app calls of each pattern that has a name."""
    found: dict[str, set[str]] = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in FUNCTIONS and node.value.id != "re":
                found.setdefault(node.value.id, set()).add(node.attr)
    return found


def sources() -> list[Path]:
    return sorted([*ROOT.glob("*.py"), *(ROOT / "components").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])


def name_of(call: ast.Call, path: Path) -> str:
    """The name that a module gives to what it compiles in this line, empty for none."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.lineno <= call.lineno <= node.end_lineno and isinstance(node.targets[0], ast.Name):
            return node.targets[0].id
    return ""


def patterns() -> list[tuple[str, str | bytes, int, str]]:
    """(place, pattern, flags, function of re) of every pattern that the app's source holds."""
    found, used = [], uses()
    for path in sources():
        name = str(path.relative_to(ROOT))
        for call in [] if name in BOUNDED else calls(path):
            words = {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute) and node.attr.isupper()}
            flags = sum(getattr(re, word) for word in words if isinstance(getattr(re, word, None), re.RegexFlag))
            functions = used.get(name_of(call, path), set()) if call.func.attr == "compile" else {call.func.attr}
            # What is only ever tried at one place need not be linear when it is tried at each.
            function = "match" if functions and functions <= {"match", "fullmatch"} else "finditer"
            found.append((f"{name}:{call.lineno}", pattern(call, name), int(flags), function))
    return found


def test_the_patterns_are_found():
    places = {place.split(":")[0] for place, *_ in patterns()}
    assert {"components/tables/encoding.py", "components/tables/sheet.py"} <= places


@pytest.mark.parametrize(("pattern", "quadratic"), [(rb"[^\r\n]*[\x80-\xff\x1b][^\r\n]*[\r\n]*", True), (r"\w+", False)])
def test_the_judge_tells_a_quadratic_pattern(pattern, quadratic):
    assert bool(slow([("here", pattern, 0, "compile")], seconds=4)) is quadratic


def test_every_pattern_is_linear():
    assert slow(patterns(), seconds=120) == []


def slow(found: list, seconds: float) -> list[str]:
    """What takes longer than SECONDS of the processor. In a process of its own, as a runaway pattern can't be stopped from within."""
    rows = [
        (place, text.decode("latin-1") if isinstance(text, bytes) else text, isinstance(text, bytes), *rest) for place, text, *rest in found
    ]
    judge = subprocess.Popen([sys.executable, "-c", JUDGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    output, _ = judge.communicate(json.dumps([rows, FIRST_SIZE, SIZE, SECONDS, seconds]))
    if judge.returncode == -signal.SIGXCPU:
        return [f"did not end: {output.splitlines()[-1]}"]
    assert judge.returncode == 0
    return [line for line in output.splitlines() if line.startswith("slow")]


# Worst inputs: each character that the pattern names, each start of the pattern (which nearly matches) and a start followed by a run of one
# of the characters, repeated up to SIZE, with and without an end that fits nowhere.
JUDGE = r"""
import json, re, resource, sys, time
from re import _parser

def characters(items, given):
    for op, value in items:
        name = str(op)
        if name in ("LITERAL", "NOT_LITERAL"):
            given.append(chr(value if name == "LITERAL" else value + 1))
        elif name == "ANY":
            given.append("a")
        elif name == "IN":
            given.append(member(value))
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            for _ in range(max(1, min(value[0], 3))):
                characters(value[2], given)
        elif name == "SUBPATTERN":
            characters(value[3], given)
        elif name == "BRANCH":
            for branch in value[1]:
                characters(branch, given)
        elif name in ("ASSERT", "ASSERT_NOT"):
            characters(value[1], given)
    return given

def member(items):
    negated = str(items[0][0]) == "NEGATE"
    probe = re.compile("[" + "^" * negated + "".join(map(written, items[negated:])) + "]")
    return next(chr(code) for code in [*range(97, 123), *range(0x20, 0x10000), *range(0x20)] if probe.match(chr(code)))

def written(item):
    name, value = str(item[0]), item[1]
    if name == "CATEGORY":
        return {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w", "NOT_DIGIT": r"\D", "NOT_SPACE": r"\S", "NOT_WORD": r"\W"}[str(value).removeprefix("CATEGORY_")]
    low, high = value if name == "RANGE" else (value, value)
    return f"\\U{low:08x}-\\U{high:08x}"

def inputs(pattern, flags):
    named = characters(_parser.parse(pattern, flags), [])
    each = list(dict.fromkeys(named))[:8]
    starts = ["".join(named[:count]) for count in range(1, min(len(named), 24) + 1)]
    repeated = dict.fromkeys([*each, *starts, *(a + b for a in each[:4] for b in each[:4]), *(c + "\n" for c in each[:3])])
    for part in repeated:
        yield "", part
    for start in starts[:: max(1, len(starts) // 4)]:
        for character in each[:5]:
            yield start, character

def spent(function, compiled, text):
    began = time.process_time()
    if function == "match":
        compiled.match(text)
    else:
        for _ in compiled.finditer(text):
            pass
    compiled.fullmatch(text)
    return time.process_time() - began

rows, first_size, size, seconds, most = json.load(sys.stdin)
resource.setrlimit(resource.RLIMIT_CPU, (most, most + 5))
for place, pattern, is_bytes, flags, function in rows:
    print("judging", place, flush=True)
    source = pattern.encode("latin-1") if is_bytes else pattern
    compiled = re.compile(source, flags)

    def made(start, part, end, size):
        text = start + part * (size // len(part)) + end
        return text.encode("latin-1", "ignore") if is_bytes else text

    tried = [(start, part, end) for start, part in inputs(source, flags) for end in ("", "\x01")]
    took, worst = max((spent(function, compiled, made(*case, first_size)), case) for case in tried)
    took = max(took, spent(function, compiled, made(*worst, size)))
    if took > seconds:
        print("slow", place, repr(worst), round(took, 2), flush=True)
"""
