"""Japanese predicates in the forms that a review uses: 美味しい/i in the polite past is 美味しかったです."""

# class -> its endings before ます, た and ない; what the dictionary form ends in is taken off first
VERBS = {
    "v1": ("る", "", "た", "ない"),
    "vs": ("する", "し", "した", "しない"),
    "v5k": ("く", "き", "いた", "かない"),
    "v5g": ("ぐ", "ぎ", "いだ", "がない"),
    "v5s": ("す", "し", "した", "さない"),
    "v5t": ("つ", "ち", "った", "たない"),
    "v5n": ("ぬ", "に", "んだ", "なない"),
    "v5b": ("ぶ", "び", "んだ", "ばない"),
    "v5m": ("む", "み", "んだ", "まない"),
    "v5r": ("る", "り", "った", "らない"),
    "v5u": ("う", "い", "った", "わない"),
}


def inflect(entry: str, *, past: bool, polite: bool, negated: bool = False) -> str:
    """The form of ``dictionary form/class``; the classes are ``i``, ``na`` and those of ``VERBS``. ``ValueError`` for another."""
    word, _, kind = entry.partition("/")
    if kind == "i":
        return _adjective(word.removesuffix("い"), past, polite, negated)
    if kind == "na":
        if negated:
            return word + "では" + _negation(past, polite)
        return word + (("でした" if past else "です") if polite else ("だった" if past else "だ"))
    if kind not in VERBS:
        raise ValueError(f"{entry}: no such class of predicates")
    ending, connective, perfect, negative = VERBS[kind]
    stem = word.removesuffix(ending)
    if polite:
        return stem + connective + (("ませんでした" if past else "ません") if negated else ("ました" if past else "ます"))
    if negated:
        return stem + (negative.removesuffix("い") + "かった" if past else negative)
    return stem + perfect if past else word


def _adjective(stem: str, past: bool, polite: bool, negated: bool) -> str:
    if negated:
        return stem + "く" + _negation(past, polite)
    return stem + ("かった" if past else "い") + ("です" if polite else "")


def _negation(past: bool, polite: bool) -> str:
    return ("ありませんでした" if past else "ありません") if polite else ("なかった" if past else "ない")
