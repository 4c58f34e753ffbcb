import numpy as np

from components.models.next_sentence import follow_matrix


class Judge:
    """Answers from the pair itself, and remembers what it was asked."""

    def predict(self, pairs):
        self.pairs = pairs
        return np.array([10 * int(a) + int(b) for a, b in pairs], dtype=np.float32)


def test_every_ordered_pair_is_asked_once_and_stands_in_its_cell():
    judge = Judge()
    matrix = follow_matrix(judge, ["0", "1", "2"])
    assert len(set(judge.pairs)) == len(judge.pairs) == 6
    assert np.isnan(np.diag(matrix)).all()
    assert all(matrix[i, j] == 10 * i + j for i in range(3) for j in range(3) if i != j)
