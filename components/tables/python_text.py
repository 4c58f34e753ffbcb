"""Values as Python prints them ({'text': 'a', 'label': None}), as JSON text: read token by token, so that nothing is run or nested."""

import ast
import json
import re

# Strings' halves don't overlap, so a match takes time in proportion to its length; the first token that is none ends the reading.
_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")|(?P<number>[+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>True|False|None|nan|inf)\b|(?P<mark>[\[\]{}():,]))",
    re.DOTALL,
)
_WORDS = {"True": "true", "False": "false", "None": "null", "nan": "NaN", "inf": "Infinity"}
_MARKS = {"(": "[", ")": "]"}
MAX_PYTHON = 20_000_000  # characters of a file
LOOKS_SO = re.compile(r"\s*+(?:[\[(]\s*+)?\{\s*+'")


def json_of_python(text: str) -> str | None:
    """`text` in JSON's writing, None where it is no display of strings, numbers, True, False, None, lists, tuples and dicts."""
    parts: list[str] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            return None
        position = match.end()
        token = match.group(match.lastgroup or 0)
        if match.lastgroup == "mark":
            if token in "])}" and parts and parts[-1] == ",":
                parts.pop()
            parts.append(_MARKS.get(token, token))
        elif match.lastgroup == "string":
            string = _string(token)
            if string is None:
                return None
            parts.append(string)
        else:
            parts.append(_WORDS.get(token, token.replace("_", "").lstrip("+")))
    return "".join(parts)


def _string(token: str) -> str | None:
    if "\\" not in token:
        return json.dumps(token[1:-1], ensure_ascii=False)
    try:
        value = ast.literal_eval(token)
    except (ValueError, SyntaxError):
        return None
    return json.dumps(value, ensure_ascii=False)
