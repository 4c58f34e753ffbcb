"""What is asked about the text as a bundled tokenizer cuts it."""

from collections.abc import Mapping

from components.models.tokenizers import bundled_tokenizers, load_tokenizer
from components.text.japanese import is_japanese_tokenizer
from components.text.language import has_japanese
from components.ui.widgets.check import Question, choose, count

from .page import name_of
from .splits import Track, WordPiece, track_of, within, words_of

NEAR = 0.1  # of the tokens: how far a predicted number may be off


def questions(settings: Mapping[str, object] | None) -> list[Question | None]:
    """settings: the snippet's, with the text where the part on the screen has one."""
    text = str((settings or {}).get("text", ""))
    cards = bundled_tokenizers()
    if not text.strip() or not cards:
        return []
    card = next((card for card in cards if card.japanese == has_japanese(text)), cards[0])
    aligner = load_tokenizer(card.id)
    track = track_of(card.id, aligner.align(text), aligner.tokenizer.unk_token_id, is_japanese_tokenizer(aligner.tokenizer))
    if not track.tokens:
        return []
    values = {"name": name_of(card.id), "letters": len(text)}
    tolerance = max(1, int(NEAR * track.tokens))
    return [count("tokens-count", track.tokens, tolerance=tolerance, values=values), _pieces(text, track, values)]


def _pieces(text: str, track: Track, values: Mapping[str, object]) -> Question | None:
    """How many tokens the word becomes that is cut most; words of which a token is unknown, or reaches beyond them, are not asked about."""
    pieces: dict[str, tuple[WordPiece, ...]] = {}
    for word in words_of(text):
        parts = within(track, (word.start, word.end))
        inside = all(word.start <= part.start and part.end <= word.end for part in parts)
        if parts and inside and not any(part.unknown or len(part.tokens) > 1 for part in parts):
            pieces.setdefault(word.text, parts)
    if not pieces:
        return None
    most, into = max(pieces.items(), key=lambda pair: (len(pair[1]), len(pair[0])))
    n = len(into)
    wrong = [str(other) for other in (1, n + 1, n - 1, n + 2) if other > 0 and other != n]
    quoted = {"word": most, "pieces": " ".join(part.tokens[0] for part in into)}
    return choose("tokens-pieces", str(n), wrong, seed=text, quoted=quoted, values=values)
