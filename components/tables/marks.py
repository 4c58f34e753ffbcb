"""Quotation marks, dashes, currencies and the like: how plausible each is between its two neighbours, given as classes of
`plausibility`."""

LETTERS = frozenset("aAlLcCr")  # the classes of letters

# Marks of printed text: how rare each is where it belongs.
_COMMON = dict.fromkeys("’“”–—…", -4.5) | dict.fromkeys("‘„€£•°«»\xa0", -5.5) | dict.fromkeys("®©™½²¿¡º", -6.5)
_COMMON |= dict.fromkeys("¼¾³×±§·ª‚‹›¥µ№¢", -7.5) | {"\xad": -8.0, "´": -8.0, "¶": -8.5}
_RARE = -11.0
_MISPLACED = -7.0


def mark_score(before: str, character: str, after: str) -> float:
    common = _COMMON.get(character, _RARE)
    if common == _RARE:
        return common - 3.0 * (before in LETTERS and after in LETTERS)
    return common + _place(before, character, after)


def _place(before: str, character: str, after: str) -> float:
    """0 where such marks stand in writing, less where they seldom or never do."""
    letter_before, letter_after = before in LETTERS, after in LETTERS
    open_before, open_after = before in "_.s", after in "_.s"
    seldom = -3.5
    match character:
        case "’" | "´":
            return 0.0 if letter_before or before == "0" else seldom if open_before and after in "0aAlL_." else _MISPLACED
        case "‘" | "“" | "„" | "‚" | "‹":
            closing = before != "_" and open_after and character == "“"
            okina = letter_before and letter_after and character == "‘"
            return 0.0 if open_before and after != "_" else seldom if closing or okina else _MISPLACED
        case "”" | "›":
            return 0.0 if before != "_" and open_after else seldom if open_before and character == "”" else _MISPLACED
        case "«" | "»":
            return 0.0 if open_before or open_after else _MISPLACED
        case "€" | "£" | "¥" | "¢":
            number = after == "0" or before == "0" or (open_before and open_after)
            return 0.0 if number and not letter_before else seldom if number or open_after else _MISPLACED
        case "°" | "º" | "ª":
            return 0.0 if before == "0" else seldom if open_after or before == "_" else _MISPLACED
        case "½" | "¼" | "¾":
            return 0.0 if before in "_0" else seldom if open_before else _MISPLACED
        case "²" | "³":
            return 0.0 if before in "aA0lc" and not letter_after else seldom if open_after else _MISPLACED
        case "¿" | "¡":
            return 0.0 if open_before and (letter_after or after in "s.") else _MISPLACED
        case "®" | "™":
            return _MISPLACED if letter_after else 0.0
        case "©" | "•" | "§" | "№":
            return _MISPLACED if letter_before else seldom if character == "•" and after != "_" else 0.0
        case "×" | "±" | "\xa0":
            return _MISPLACED if letter_before and letter_after else 0.0
        case "\xad" | "·":
            return 0.0 if letter_before == letter_after else _MISPLACED
        case "µ":
            return 0.0 if before in "_0." and letter_after else _MISPLACED
        case "…" | "–" | "—":
            if letter_before and letter_after:
                return 0.0 if character == "—" else seldom
            if letter_before and after == "s" and character != "…":
                return seldom
            return seldom if open_before and letter_after and character == "…" else 0.0
    return 0.0
