"""The kinds of names: eight hues, each with a line of its own pattern, so that no kind depends on its colour. The same on every page and in both
languages; English models tell four."""

from collections.abc import Mapping, Sequence

KINDS = ("person", "company", "political", "organisation", "place", "facility", "product", "event")
# What the bundled models call them.
MEANT = {
    "PER": "person", "ORG": "company", "LOC": "place", "MISC": "product",
    "人名": "person", "法人名": "company", "政治的組織名": "political", "その他の組織名": "organisation",
    "地名": "place", "施設名": "facility", "製品名": "product", "イベント名": "event",
}  # fmt: skip
_FULL = "linear-gradient(var(--kind) 0 0)"
_LINES = {  # kind -> its line as an image, and the size of a piece of it
    "person": (_FULL, "100% 3px"),
    "company": ("linear-gradient(var(--kind) 0 2px, transparent 2px 4px, var(--kind) 4px)", "100% 6px"),
    "political": ("linear-gradient(90deg, var(--kind) 60%, transparent 0)", "10px 3px"),
    "organisation": ("radial-gradient(circle, var(--kind) 1.9px, transparent 2.2px)", "7px 5px"),
    "place": (
        "radial-gradient(circle at 25% 6px, transparent 3.4px, var(--kind) 3.6px 5px, transparent 5.2px), "
        "radial-gradient(circle at 75% -3px, transparent 3.4px, var(--kind) 3.6px 5px, transparent 5.2px)",
        "12px 3px",
    ),
    "facility": ("linear-gradient(90deg, var(--kind) 76%, transparent 0)", "24px 3px"),
    "product": ("linear-gradient(90deg, var(--kind) 0 50%, transparent 50% 68%, var(--kind) 68% 84%, transparent 84%)", "19px 3px"),
    "event": (_FULL, "100% 6px"),
    "answer": (_FULL, "100% 3px"),
    "other": ("linear-gradient(90deg, var(--kind) 60%, transparent 0)", "8px 2px"),
}
_ROLES = {"answer": "ai", "other": "ink2"}  # not names: the answer to a question, and what was meant instead of it
# An element with class kind-<kind> knows its colour and line; .kind-line draws the line at its foot, .kind-ground its tint or, unsure, the hatching.
STYLE = (
    "\n".join(
        f".kind-{kind} {{ --kind: var(--hi-{_ROLES.get(kind, kind)}); --line: {line}; --size: {size}; }}"
        for kind, (line, size) in _LINES.items()
    )
    + (
        "\n.kind-line { background-image: var(--line); background-size: var(--size); background-position: 0 100%; background-repeat: repeat-x; }"
        "\n.kind-line.kind-place, .kind-place .kind-line { background-position: 0 calc(100% - 3px), 0 100%; }"  # the upper and the lower half of a wave
        "\n.kind-ground { background-color: color-mix(in srgb, var(--kind) 11%, transparent); }"
        "\n.unsure > .kind-ground, .kind-ground.unsure { background: repeating-linear-gradient(135deg, var(--hi-hatch) 0 1.5px, transparent 1.5px 8px); }\n"
    )
)


def kinds_of(labels: Sequence[str]) -> Mapping[str, str]:
    """A kind for each label of a model: what the label means where that is known, else one that is free, in order; from the ninth on they
    repeat. The same wherever the labels are the same."""
    known = {label: MEANT[label] for label in labels if label in MEANT}
    free = [kind for kind in KINDS if kind not in known.values()] or list(KINDS)
    unknown = [label for label in labels if label not in known]
    return known | {label: free[number % len(free)] for number, label in enumerate(unknown)}
