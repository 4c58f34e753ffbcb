"""Named entities as ONNX: a tag for each token. The program takes each token's best tag, where the app looks for the likeliest legal sequence, so the
score is one of its own. Of a text that is longer than the model reads at once the rest is left out."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from components.tables.span_cells import read_written
from components.text.tokens import Aligner, head
from components.training.portable import Judged, Portable
from components.training.settings import Settings
from components.training.task_tables.entities import clean
from components.training.token_tags import pieces_in, window_tags

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Piece = tuple[int, int, int, str]  # row, first token, last token, type


class PortableEntities(Portable):
    """`labels`: the tags in the order of the logits."""

    measure = "best_tag_f1"
    auto_class = "AutoModelForTokenClassification"
    kept: Mapping[str, Any]

    def judged(self, settings: Settings, rows: pd.DataFrame, tokenizer: "PreTrainedTokenizerBase", labels: Sequence[str]) -> Judged:
        self.labels = tuple(labels)
        number = {tag: place for place, tag in enumerate(labels)}
        marks_capitals = bool(self.kept.get("marks_capitals"))
        aligner = Aligner(tokenizer, int(self.kept.get("max_length", settings.max_length)), marks_capitals)
        texts = [head(text, settings.max_length) for text in rows[settings.text]]
        ids, types, at, wanted = [], [], [], list[int]()
        for text, cell in zip(texts, rows[settings.label], strict=True):
            aligned = aligner.align(text)
            window = (0, min(len(aligned), aligner.max_length - aligner.single.specials))
            joined = aligner.join(aligned, None, window)
            ids.append(joined.ids)
            types.append(joined.token_type_ids)
            first = len(aligner.single.prefix)
            at.append(tuple(range(first, first + window[1])))
            wanted += window_tags(pieces_in(aligned, clean(text, read_written(cell) or [])), window, [window], number)
        return Judged(tuple(texts), tuple(ids), tuple(at), np.array(wanted), tuple(types) if marks_capitals else None)

    def answers(self, logits: np.ndarray) -> np.ndarray:
        return np.asarray(logits.argmax(axis=-1))

    def score(self, judged: Judged, answers: np.ndarray) -> float:
        """F1 over entities with the right tokens and type."""
        wanted, found = self._pieces(judged, judged.wanted), self._pieces(judged, answers)
        return 2 * len(wanted & found) / max(len(wanted) + len(found), 1)

    def _pieces(self, judged: Judged, tags: np.ndarray) -> set[Piece]:
        """As the program reads tags: B- begins an entity, and I- where none of its type goes on."""
        pieces: list[Piece] = []
        told = iter(tags.tolist())
        for row, places in enumerate(judged.at or ()):
            before = ""
            for token in range(len(places)):
                mark, _, kind = self.labels[next(told)].partition("-")
                if kind and mark == "I" and kind == before:
                    pieces[-1] = (row, pieces[-1][1], token, kind)
                elif kind:
                    pieces.append((row, token, token, kind))
                before = kind
        return set(pieces)

    def changed(self, exact: np.ndarray, small: np.ndarray) -> int:
        return int((exact != small).sum())

    def code(self, japanese: bool) -> str:
        given, named = ("[words(text) for text in texts]", '.replace(" ", "")') if japanese else ("texts", "")
        capitals = CAPITALS if self.kept.get("marks_capitals") else ""
        return (
            f'texts = ["..."]\ngiven = {given}\n'
            "batch = tokenizer.encode_batch(given)\n"
            'inputs = {"input_ids": [one.ids for one in batch], "attention_mask": [one.attention_mask for one in batch]}\n'
            f"{capitals}"
            "logits = session.run(None, {name: np.array(rows) for name, rows in inputs.items()})[0]\n"
            "for text, one, row in zip(given, batch, logits):\n"
            '    found, before = [], ""\n'
            "    for best, (start, end), special in zip(row.argmax(axis=1), one.offsets, one.special_tokens_mask):\n"
            '        mark, _, kind = ("O" if special else settings["labels"][best]).partition("-")\n'
            '        if kind and mark == "I" and kind == before:\n'
            "            found[-1][2] = end\n"
            "        elif kind:\n"
            "            found.append([kind, start, end])\n"
            "        before = kind\n"
            f"    print([(kind, text[start:end]{named}) for kind, start, end in found])\n"
        )


# The vocabulary knows no capitals: the model is told of them by token types.
CAPITALS = (
    "def capitals(text, one):\n"
    "    words = {}\n"
    "    for word, (start, end) in zip(one.word_ids, one.offsets):\n"
    "        words[word] = text[one.offsets[one.word_ids.index(word)][0]:end]\n"
    "    return [int(word is not None and words[word] != words[word].lower()) for word in one.word_ids]\n\n"
    'inputs["token_type_ids"] = [capitals(text, one) for text, one in zip(given, batch)]\n'
)
