"""The program that answers questions on passages without PyTorch: windows, "no answer" and an answer's characters by the rules of
`components.models.qa`, and for Japanese the way back from MeCab's words to the text as it was typed (`components.text.japanese`)."""

from string import Template

from components.models.qa import MAX_QUESTION

WHOLE = Template('''\
import unicodedata

tokenizer.no_truncation()
tokenizer.no_padding()

${places}
def answer(question, passage):
    """(text, start, end, probability) of the best span of characters; None for no answer."""
    one = tokenizer.encode(${given})
    asked, read = ([place for place, of in enumerate(one.sequence_ids) if of == side] for side in (0, 1))
    if not asked or not read:
        return None
    # A question has at most $most tokens, or half of what is read at once. A longer passage is read in windows that overlap.
    room = settings["max_length"] - (len(one.ids) - len(asked) - len(read))
    size = room - min(len(asked), $most, room // 2)
    width = min(size, len(read))
    before = [place for place in range(read[0]) if place not in asked[room - size :]]
    after = list(range(read[-1] + 1, len(one.ids)))
    lows = [0]
    while lows[-1] + size < len(read):
        lows.append(min(lows[-1] + max(1, size - min(settings["stride"], size // 2)), len(read) - size))
    # A span counts in the window that sees most around its first token.
    home = np.abs(2 * np.arange(len(read)) - 2 * np.array(lows)[:, None] - width + 1).argmin(axis=0)
    lengths = np.arange(width) - np.arange(width)[:, None]
    best, silence, total = (-np.inf, 0, 0), np.inf, -np.inf
    for number, low in enumerate(lows):
        places = before + read[low : low + size] + after
        inputs = {
            "input_ids": [one.ids[place] for place in places],
            "attention_mask": [1] * len(places),
            "token_type_ids": [one.type_ids[place] for place in places],
        }
        wanted = {given.name: np.array([inputs[given.name]]) for given in session.get_inputs()}
        start, end = (logits[0].astype(float) for logits in session.run(["start_logits", "end_logits"], wanted))
        silence = min(silence, start[0] + end[0])
        inside = slice(len(before), len(before) + width)
        allowed = (lengths >= 0) & (lengths < settings["max_answer_length"]) & (home[low : low + width] == number)[:, None]
        sums = np.where(allowed, start[inside, None] + end[inside], -np.inf)
        first, last = divmod(int(sums.argmax()), width)
        best = max(best, (sums[first, last], low + first, low + last))
        total = np.logaddexp(total, np.logaddexp.reduce(sums.ravel()))
    score, first, last = best
    if silence - score > settings["no_answer_threshold"]:
        return None
${characters}
    return passage[start:end], start, end, float(np.exp(score - np.logaddexp(total, silence)))


print(answer("...", "..."))
''')
# An answer of a language with blanks consists of whole words, with the marks that belong to its last character.
CHARACTERS = """\
    words = [one.word_ids[place] for place in read]
    while first > 0 and words[first - 1] == words[first]:
        first -= 1
    while last + 1 < len(read) and words[last + 1] == words[last]:
        last += 1
    start, end = one.offsets[read[first]][0], one.offsets[read[last]][1]
    while end < len(passage) and unicodedata.category(passage[end])[0] == "M":
        end += 1
    while start < end and passage[start].isspace():
        start += 1
    while end > start and passage[end - 1].isspace():
        end -= 1"""
# MeCab reads NFKC and leaves out blanks: all other characters come in the same order.
JAPANESE_CHARACTERS = """\
    told = iter(origins(passage))
    typed = [(0, 0) if character.isspace() else next(told) for character in words(passage)]
    start, end = typed[one.offsets[read[first]][0]][0], typed[one.offsets[read[last]][1] - 1][1]"""
ORIGINS = '''\

def origins(text):
    """For each character of the text's NFKC that is not blank where it comes from, (start, end)."""
    found, start = [], 0
    for end in range(1, len(text) + 1):
        made, following = (unicodedata.normalize("NFKC", part) for part in (text[start:end], text[end : end + 1]))
        joined = unicodedata.normalize("NFKC", text[start : end + 1]) != made + following
        if following and (joined or unicodedata.combining(unicodedata.normalize("NFKD", following)[0])):
            continue
        same = made == text[start:end]
        places = [(start + place, start + place + 1) if same else (start, end) for place in range(len(made))]
        found += [place for place, character in zip(places, made) if not character.isspace()]
        start = end
    return found

'''


def program(japanese: bool) -> str:
    """Python that follows the loading of settings, tokenizer and session. japanese: words come from MeCab first, by `words`."""
    return WHOLE.substitute(
        most=MAX_QUESTION,
        given="words(question), words(passage)" if japanese else "question, passage",
        places=ORIGINS if japanese else "",
        characters=JAPANESE_CHARACTERS if japanese else CHARACTERS,
    )
