"""Short modern pairs: what follows follows, what does not is of another topic, and no style tells which."""

from collections import Counter

import pytest

from recipes import short_pairs
from recipes.short_pairs import Passage


@pytest.mark.parametrize("language", ["en", "ja"])
def test_own_stories_are_cut_into_their_sentences(language):
    found = list(short_pairs.stories(language))
    assert len(found) == 103
    assert all(2 <= len(story.sentences) <= 5 for story in found)
    assert len({story.topic for story in found}) > 30
    assert all(sentence.endswith("。" if language == "ja" else (".", "!", "?")) for story in found for sentence in story.sentences)


def test_stories_of_both_languages_stand_line_by_line():
    assert [story.topic for story in short_pairs.stories("en")] == [story.topic for story in short_pairs.stories("ja")]


def test_pairs_follow_or_are_of_another_topic():
    found = [Passage("stories", f"t{n % 4}", tuple(f"P{n} S{i}." for i in range(4))) for n in range(12)]
    found += [Passage("sib200", f"k{n}", tuple(f"Q{n} S{i}." for i in range(3))) for n in range(5)]
    found += [Passage("tanaka_parallel", "x", ("Alone S0.",))]
    topics = {story.sentences[0].split()[0]: (story.source, story.topic) for story in found}
    rows = short_pairs.pairs(found, "en", 400)
    assert Counter(label for _, _, label, _ in rows) == {0: 200, 1: 200}
    for a, b, label, source in rows:
        (first, last), (second, begins) = a.split()[-2:], b.split()[:2]
        assert topics[first][0] == source
        if label:
            assert topics[first] != topics[second]
        else:
            assert first == second and int(begins[1]) == int(last[1]) + 1
    sources = [Counter(source for *_, label, source in rows if label == wanted) for wanted in (0, 1)]
    assert abs(sources[0]["stories"] - sources[1]["stories"]) < 40
    assert any(b == "Alone S0." for _, b, _, _ in rows)
    assert rows == short_pairs.pairs(found, "en", 400)


def test_only_runs_of_short_sentences_of_a_document_count():
    document = short_pairs.Document("kyoto_wiki/1", ("Short one.", "Short two.", "long " * 50, "Alone.", "long " * 50, "A.", "B.", "C."))
    runs = [passage.sentences for passage in short_pairs._short_runs(document, 160)]
    assert runs == [("Short one.", "Short two."), ("A.", "B.", "C.")]


def test_tanakas_english_reads_as_typed():
    assert short_pairs._untokenised("i 'm late . can 't we go ? no , i know .\n") == "I'm late. Can't we go? No, I know."
