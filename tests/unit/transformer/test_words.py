import json
import subprocess
import sys

import numpy as np

from components.transformer.words import embed_words, projection, word_embedding


def test_a_word_has_one_vector_in_every_process():
    here = word_embedding("猫", 7, 4)
    command = "from components.transformer.words import word_embedding; print(word_embedding('猫', 7, 4).tolist())"
    there = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout
    assert here.tolist() == json.loads(there)


def test_the_vector_depends_on_word_seed_and_width():
    sentence = embed_words(["the", "cat", "the"], 0, 8)
    np.testing.assert_array_equal(sentence[0], sentence[2])
    assert not np.array_equal(sentence[0], sentence[1])
    assert not np.array_equal(sentence[0], word_embedding("the", 1, 8))
    assert not np.array_equal(sentence[0, :4], word_embedding("the", 0, 4))


def test_projections_keep_the_scale():
    matrix = projection(64, 64, 0, "W_Q")
    assert abs(matrix.std() - 1 / 8) < 0.01
    assert not np.array_equal(matrix, projection(64, 64, 0, "W_K"))
