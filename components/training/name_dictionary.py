"""The baseline of named entities: a dictionary of the training texts' names, the longest that fits at each place."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from components.models.results import Entity
from components.tables.span_cells import Marked
from components.text.borders import within_word

LONGEST = 60  # characters of a name


@dataclass(frozen=True)
class NameDictionary:
    """`types`: name -> its most frequent type; `lengths`: first character -> lengths of the names that begin with it, the longest first."""

    types: dict[str, str]
    lengths: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, texts: Sequence[str], rows: Sequence[Sequence[Marked]]) -> "NameDictionary":
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for text, spans in zip(texts, rows, strict=True):
            for start, end, name in spans:
                if end - start <= LONGEST:
                    counts[text[start:end]][name] += 1
        types = {surface: min(names, key=lambda name: (-names[name], name)) for surface, names in counts.items()}
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for surface in types:
            lengths[surface[0]].add(len(surface))
        return cls(types, {first: tuple(sorted(known, reverse=True)) for first, known in lengths.items()})

    def find(self, text: str) -> list[Entity]:
        """The names in `text`, from left to right, none within a word."""
        found: list[Entity] = []
        place = 0
        while place < len(text):
            entity = self._at(text, place)
            if entity:
                found.append(entity)
            place = entity.end if entity else place + 1
        return found

    def find_all(self, texts: Iterable[str]) -> list[list[Entity]]:
        return [self.find(text) for text in texts]

    def _at(self, text: str, start: int) -> Entity | None:
        lengths = self.lengths.get(text[start], ())
        if not lengths or within_word(text, start):
            return None
        for length in lengths:
            surface = text[start : start + length]
            name = self.types.get(surface)
            if name is not None and not within_word(text, start + length):
                return Entity(surface, name, start, start + length, 1.0)
        return None
