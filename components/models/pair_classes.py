"""The class of two texts that are read together, such as whether one follows from the other."""

from collections.abc import Sequence

from components.models.classification import Classifier
from components.models.files import ModelFiles
from components.models.inference import chunks
from components.models.results import Prediction
from components.models.tasks import ModelTask


class PairClassifier(Classifier):
    """`labels`: names in the order of the logits."""

    def predict_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Prediction]:
        """One Prediction a pair (first, second), in order. Raises TypeError for anything but pairs of strings."""
        listed = list(pairs)
        for pair in listed:
            if isinstance(pair, str) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
                raise TypeError(f"expected pairs of strings (a, b), found {type(pair).__name__}")
        by_row: dict[int, Prediction] = {}
        for chunk in chunks(len(listed)):
            sequences = [self.aligner.tokenize(*listed[row]) for row in chunk]
            for rows, output in self.outputs(sequences, exact=True):
                numbers, predictions = self._answered(chunk, sequences, rows, output["logits"])
                by_row.update(zip(numbers, predictions, strict=True))
        return [by_row[row] for row in range(len(listed))]


def build(files: ModelFiles, task: ModelTask) -> PairClassifier:
    return PairClassifier(files, task)
