"""Words that carry no opinion are told from those that do."""

from components.text.function_words import function_words


def told(text: str, *words: str) -> list[bool]:
    spans = [(text.index(word), text.index(word) + len(word)) for word in words]
    return function_words(text, spans)


def test_japanese_particles_auxiliaries_and_marks_are_function_words_and_negation_is_not():
    text = "映画は全く面白くないが、役者はよかったです。"
    assert told(text, "は", "が", "、", "た", "です", "。") == [True] * 6
    assert told(text, "映画", "全く", "面白く", "ない", "よかっ") == [False] * 5


def test_english_articles_and_marks_are_function_words_and_negation_is_not():
    text = "The film wasn't dull, but it never moved me!"
    assert told(text, "The", "but", "it", "!", ",") == [True] * 5
    assert told(text, "film", "dull", "never", "moved") == [False] * 4


def test_a_span_without_characters_is_no_function_word():
    assert function_words("猫", [(0, 0)]) == [False]
