"""Values as programs print them into a cell: JSON, and what Python, pandas and NumPy write of lists, dictionaries and arrays."""

import ast
import io
import json
import math
import re
import tokenize

MAX_PRINTED = 100_000  # characters; a longer cell is a text
MAX_DEPTH = 40  # brackets within brackets
_CALLS = ("array", "list", "tuple", "OrderedDict")
_NAMES = {"nan": math.nan, "NaN": math.nan, "inf": math.inf, "null": None, "NA": None, "NaT": None, "true": True, "false": False}
_SIGNS = re.compile(r"[-+~]\s*[-+~]")


def read_printed(text: str) -> object:
    """The value that `text` prints: str, number, bool, None, and lists and dictionaries of them. Raises ValueError for anything else.

    Nothing in it is run: only literals count, and `array(...)`, whose brackets and dtype are dropped.
    """
    text = text.strip()
    if len(text) > MAX_PRINTED or _depth(text) > MAX_DEPTH:
        raise ValueError("too long or too deep to be a printed value")
    try:
        value: object = json.loads(text)
        return value
    except ValueError:
        pass
    if _SIGNS.search(text):
        raise ValueError("not a literal")
    try:
        return _value(ast.parse(_with_commas(text), mode="eval").body)
    except (SyntaxError, tokenize.TokenError, MemoryError, RecursionError) as error:
        raise ValueError("not a literal") from error


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character in "[{(") - (character in "]})")
        deepest = max(deepest, depth)
    return deepest


def _with_commas(text: str) -> str:
    """NumPy prints ['Paris' 'Lyon'] and [0 5]: Python would join the two strings, so the commas come back."""
    parts: list[str] = []
    before = None
    for token in tokenize.generate_tokens(io.StringIO(text.replace("\n", " ")).readline):
        if token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER):
            continue
        if token.type in (tokenize.STRING, tokenize.NUMBER) and before in (tokenize.STRING, tokenize.NUMBER):
            parts.append(",")
        parts.append(token.string)
        before = token.type
    return " ".join(parts)


def _value(node: ast.expr) -> object:
    match node:
        case ast.Constant(value=str() | int() | float() | bool() | None):
            return node.value
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return [_value(item) for item in items]
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {str(_value(key)): _value(value) for key, value in zip(keys, values, strict=True) if key is not None}
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _CALLS:
            return _value(first)
        case ast.Name(id=name) if name in _NAMES:
            return _NAMES[name]
    raise ValueError("not a literal")
