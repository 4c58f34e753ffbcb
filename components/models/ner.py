"""Named entities with exact characters: BIO tags of tokens, decoded by a stated rule, merged into spans.

The bundled models' tags are the likeliest legal sequence (`likeliest_tags`; `name_rules` says what is legal). A model whose settings do not ask for it may be trained
otherwise, so there each token's best tag holds, repaired (as conlleval, Tjong Kim Sang & De Meulder 2003, does): an I-X that doesn't
follow B-X or I-X starts a new entity. So tags of the older style, where entities simply begin with I-X, are read rightly too.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from components.models import name_rules
from components.models.files import ModelFiles
from components.models.inference import TaskModel, checked_texts, groups
from components.models.name_rules import NameRules
from components.models.results import Entity
from components.models.tasks import ModelTask
from components.text.japanese import is_japanese_tokenizer
from components.text.tokens import AlignedText, Aligner
from components.text.windows import MAX_CHARACTERS, Window, best_window, windows

DEFAULT_STRIDE = 32
TEXTS_A_STEP = 256


@dataclass(frozen=True)
class TaggedText:
    """The tags before merging, one entry a token (special tokens left out): `tags[i]`, its probability `scores[i]`, `spans[i]` in the text.

    `words[i]`: the token's word. `windows`: the token ranges the text was read in. `entities`: what the tags were merged into.
    """

    text: str
    tokens: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    words: tuple[int, ...]
    tags: tuple[str, ...]
    scores: tuple[float, ...]
    windows: tuple[tuple[int, int], ...]
    entities: tuple[Entity, ...]


@dataclass(frozen=True)
class Decoding:
    """How probabilities of tags become entities. `tags`: in the order of the logits. `tags_on`: "sequence" (the likeliest legal one), "words" or
    "tokens" (each by itself). `rules`: of a sequence: "names" (those of `name_rules`), "words" (no entity cuts a word), "none"."""

    tags: tuple[str, ...]
    tags_on: str
    rules: str = "names"

    @property
    def labels(self) -> tuple[str, ...]:
        """The entity types, sorted."""
        return tuple(sorted({split_tag(tag)[1] for tag in self.tags} - {""}))

    def read(self, aligner: Aligner, text: str) -> AlignedText:
        """The tokens as the model reads them: by the rules of names, emoji are spaces."""
        if self.tags_on != "sequence" or self.rules != "names":
            return aligner.align(text)
        return replace(aligner.align(name_rules.without_emoji(text)), text=text)

    def merge(self, aligned: AlignedText, ranges: list[Window], probabilities: Mapping[Window, np.ndarray]) -> TaggedText:
        """The tags of one text from those of its windows (tokens, tags): of each token the window that sees most around it."""
        best = [ranges[window] for window in best_window(len(aligned), ranges)]
        rows = np.array([probabilities[window][token - window[0]] for token, window in enumerate(best)]).reshape(len(best), len(self.tags))
        if self.tags_on == "words":
            first: dict[int, int] = {}
            for token, word in enumerate(aligned.words):
                first.setdefault(word, token)
            rows = rows[[first[word] for word in aligned.words]]
        if self.tags_on == "sequence" and len(rows):
            chosen = likeliest_tags(rows, self.tags, self._rules(aligned))
        else:
            chosen = rows.argmax(axis=1).tolist()
        tags = tuple(self.tags[index] for index in chosen)
        scores = tuple(rows[range(len(rows)), chosen].tolist())
        words = aligned.words if self.tags_on == "words" else tuple(range(len(aligned)))
        entities = merge(aligned.text, aligned.spans, words, tags, self._type_scores(rows, chosen))
        return TaggedText(aligned.text, aligned.tokens, aligned.spans, aligned.words, tags, scores, tuple(ranges), tuple(entities))

    def _rules(self, aligned: AlignedText) -> NameRules:
        if self.rules == "names":
            return name_rules.rules_for(aligned)
        free = (False,) * len(aligned)
        return NameRules(aligned.words if self.rules == "words" else tuple(range(len(aligned))), free, free)

    def _type_scores(self, rows: np.ndarray, chosen: list[int]) -> list[float]:
        """Probability that each token is of its tag's type, whether it begins or continues it: P(B-X) + P(I-X). rows: (T, tags)."""
        kinds = np.array([split_tag(tag)[1] for tag in self.tags])
        scores: list[float] = np.minimum((rows * (kinds == kinds[chosen][:, None])).sum(axis=1), 1.0).tolist()
        return scores


class EntityTagger(TaskModel):
    """`tags`: in the order of the logits. `labels`: the entity types, sorted."""

    def __init__(self, files: ModelFiles, task: ModelTask):
        super().__init__(files, task)
        config = self.model.config
        self.tags = tuple(str(config.id2label[index]) for index in range(config.num_labels))
        # Most English models are trained on the first token of each word, and an entity never ends inside a word. Of a Japanese model
        # that is not known: there every token's own tag counts.
        self.tags_on = self.settings.get("tags_on", "tokens" if is_japanese_tokenizer(self.aligner.tokenizer) else "words")
        self.decoding = Decoding(self.tags, self.tags_on, self.settings.get("rules", "names"))
        self.labels = self.decoding.labels

    def predict(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> list[list[Entity]]:
        """The entities of each text, sorted, not overlapping. progress is called with the number of texts done since the last call."""
        listed = checked_texts(texts)
        entities: list[list[Entity]] = []
        for _, tagged in self.stream(listed):
            entities += [list(text.entities) for text in tagged]
            if progress:
                progress(len(tagged))
        return entities

    def tag(self, text: str) -> TaggedText:
        """One text with its tags before merging. Raises TypeError for anything but a str."""
        return next(self.stream([text]))[1][0]

    def stream(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[TaggedText]]]:
        """(row numbers, their tagged texts) step by step, in order: stop reading, and what was done is done.

        Of a text of more than 200,000 characters the rest is not read.
        """
        listed = checked_texts(texts)
        for rows in groups([len(text) for text in listed], TEXTS_A_STEP, MAX_CHARACTERS):
            yield list(rows), self._tag([listed[row][:MAX_CHARACTERS] for row in rows])

    def _tag(self, texts: list[str]) -> list[TaggedText]:
        aligned = [self.align(text) for text in texts]
        ranges = [token_windows(len(text), self.max_length - self.aligner.single.specials, self.settings.get("stride")) for text in aligned]
        jobs = [(number, window) for number, own in enumerate(ranges) for window in own]
        sequences = [self.aligner.join(aligned[number], None, window) for number, window in jobs]
        probabilities: list[dict[Window, np.ndarray]] = [{} for _ in aligned]
        prefix = len(self.aligner.single.prefix)
        for rows, output in self.outputs(sequences):
            for i, row in enumerate(rows):
                number, (start, end) = jobs[row]
                scaled = output["logits"][i, prefix : prefix + end - start] / self.temperature
                probabilities[number][start, end] = scaled.softmax(-1).numpy()
        return [self.decoding.merge(*text) for text in zip(aligned, ranges, probabilities, strict=True)]

    def align(self, text: str) -> AlignedText:
        """The tokens as the model reads them."""
        return self.decoding.read(self.aligner, text)


def token_windows(tokens: int, size: int, stride: int | None = None) -> list[Window]:
    """The windows in which a text of `tokens` tokens is read, `size` at most in each."""
    return windows(tokens, size, min(int(DEFAULT_STRIDE if stride is None else stride), size // 2))


def likeliest_tags(probabilities: np.ndarray, tags: Sequence[str], rules: NameRules) -> list[int]:
    """The sequence of tags with the greatest product of probabilities (T, tags) among the legal ones, by Viterbi's algorithm (1967).

    Legal: I-X only after B-X or I-X, no entity begins or ends inside a word, holds a closed token or goes on where the rules set apart.
    """
    kinds = [split_tag(tag) for tag in tags]
    none = np.array([not label for _, label in kinds])
    goes_on = np.array([[here == ("I", label) and bool(label) for here in kinds] for _, label in kinds])  # (from, to)
    begins = np.array([mark != "I" for mark, _ in kinds])
    inside, anew = goes_on | (np.eye(len(tags), dtype=bool) & none), np.broadcast_to(begins, goes_on.shape)
    within, across, apart = (np.where(legal, 0.0, -np.inf) for legal in (inside, goes_on | anew, anew))
    scores = np.log(np.maximum(probabilities.astype(np.float64), 1e-30))
    scores[np.ix_(np.array(rules.closed, dtype=bool), ~none)] = -np.inf
    best, came_from = np.where(begins, scores[0], -np.inf), []
    for token in range(1, len(scores)):
        step = apart if rules.apart[token] else within if rules.words[token] == rules.words[token - 1] else across
        paths = best[:, None] + step
        came_from.append(paths.argmax(0))
        best = paths.max(0) + scores[token]
    chosen = [int(best.argmax())]
    for before in reversed(came_from):
        chosen.append(int(before[chosen[-1]]))
    return chosen[::-1]


def split_tag(tag: str) -> tuple[str, str]:
    """("B", "PER") for "B-PER"; ("", "") for "O"; a bare type counts as "I-" of it."""
    if tag == "O":
        return "", ""
    mark, dash, label = tag.partition("-")
    return (mark, label) if dash and mark in ("B", "I", "E", "S", "L", "U") else ("I", tag)


def merge(text: str, spans: Sequence[tuple[int, int]], units: Sequence[int], tags: Sequence[str], scores: Sequence[float]) -> list[Entity]:
    """Tags into entities: tokens of one unit (a word) stay together, B-, S- and U- begin one, an I- of another type does too.

    Two entities that meet in one original character (㍿ gives several tokens) don't overlap: the later one starts after it.
    """
    groups: list[tuple[str, list[int]]] = []
    for token, tag in enumerate(tags):
        mark, label = split_tag(tag)
        if not label:
            continue
        goes_on = bool(groups) and groups[-1][1][-1] == token - 1 and groups[-1][0] == label
        same_unit = goes_on and units[token] == units[token - 1]
        closed = goes_on and split_tag(tags[token - 1])[0] in ("E", "L", "S", "U")
        if same_unit or (goes_on and mark not in ("B", "S", "U") and not closed):
            groups[-1][1].append(token)
        else:
            groups.append((label, [token]))
    entities: list[Entity] = []
    for label, tokens in groups:
        start = max(spans[tokens[0]][0], entities[-1].end if entities else 0)
        end = spans[tokens[-1]][1]
        if start < end:
            entities.append(Entity(text[start:end], label, start, end, sum(scores[token] for token in tokens) / len(tokens)))
    return entities


def build(files: ModelFiles, task: ModelTask) -> EntityTagger:
    return EntityTagger(files, task)
