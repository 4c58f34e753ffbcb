"""Does one sentence follow another? Devlin et al. 2019, "BERT", section 3.1, task 2.

In transformers' `BertForNextSentencePrediction` index 0 means "is next" and 1 "is not next".
"""

from collections.abc import Sequence

import numpy as np

from components.models.files import ModelFiles
from components.models.inference import TaskModel, chunks
from components.models.tasks import ModelTask

IS_NEXT = 0


class NextSentence(TaskModel):
    def predict(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """P(b follows a) for each pair (a, b): float32 (n,). Raises TypeError for anything but pairs of strings."""
        listed = list(pairs)
        for pair in listed:
            if isinstance(pair, str) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
                raise TypeError(f"expected pairs of strings (a, b), found {type(pair).__name__}")
        probabilities = np.empty(len(listed), np.float32)
        for chunk in chunks(len(listed)):
            sequences = [self.aligner.tokenize(*listed[row]) for row in chunk]
            for rows, output in self.outputs(sequences):
                probabilities[[chunk[row] for row in rows]] = (output["logits"] / self.temperature).softmax(-1)[:, IS_NEXT].numpy()
        return probabilities


def follow_matrix(judge: NextSentence, sentences: Sequence[str]) -> np.ndarray:
    """(n, n): P(sentence j follows sentence i), every ordered pair asked once; NaN on the diagonal."""
    n = len(sentences)
    asked = ~np.eye(n, dtype=bool)
    matrix = np.full((n, n), np.nan)
    matrix[asked] = judge.predict([(sentences[i], sentences[j]) for i, j in np.argwhere(asked)])
    return matrix


def build(files: ModelFiles, task: ModelTask) -> NextSentence:
    return NextSentence(files, task)
