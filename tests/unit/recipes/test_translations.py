"""Pairs of translations: written out as usual, checked, and never a near-duplicate on both sides of a split."""

import numpy as np
import pytest

from recipes import translations
from recipes.translations import Translation, agree, near, untokenised


@pytest.mark.parametrize(
    ("tokenised", "written"),
    [
        ("i can 't tell who will arrive first .", "i can't tell who will arrive first."),
        ("it 's ten o 'clock , isn 't it ?", "it's ten o'clock, isn't it?"),
        ("my father 's car ( a red one ) cost $ 100 !", "my father's car (a red one) cost $100!"),
        ("plain words", "plain words"),
    ],
)
def test_english_is_written_without_the_tokenisers_spaces(tokenised, written):
    assert untokenised(tokenised) == written


@pytest.mark.parametrize(
    ("japanese", "english", "fits"),
    [
        ("医学の修行のため京都へ遊学した。", "He went to Kyoto in order to study medicine.", True),
        ("He went to Kyoto to study.", "He went to Kyoto in order to study medicine.", False),  # sides
        ("医学の修行のため京都へ遊学した。", "医学の修行のため京都へ遊学した。医学の修行のため。", False),
        ("医学の修行のため京都へ遊学した。", "He went to Kyoto.", False),  # lengths
        ("五郎。", "Also known as Goro.", False),
        ("医学の修行のため京都へ遊学した。", "He went to Kyoto in order to study medicine. " * 5, False),
    ],
)
def test_a_pair_is_taken_where_sides_and_lengths_agree(japanese, english, fits):
    assert agree(Translation(japanese, english, "kyoto_wiki")) is fits


def test_near_is_the_overlap_of_pieces_of_three_characters():
    texts = ["私はテニス部員です。", "私は野球が好きです。", "I am in the tennis club.", "ab"]
    held = ["彼はテニス部員です。", "I am in the tennis club today.", "AB"]

    def jaccard(a: str, b: str) -> float:
        first, second = ({text.lower().ljust(3)[i : i + 3] for i in range(max(1, len(text) - 2))} for text in (a, b))
        return len(first & second) / len(first | second)

    expected = [any(jaccard(text, other) >= translations.SAME for other in held) for text in texts]
    assert near(texts, held).tolist() == near(texts, held, step=1).tolist() == expected == [True, False, True, True]


@pytest.fixture
def data(tmp_path):
    """Two sources as their archives unpack, with a sentence that stands in two articles and near-duplicates among the short ones."""
    tanaka = tmp_path / "small_parallel_enja"
    tanaka.mkdir()
    rows = [(f"私 は {number} 番 の 部屋 に い ま す 。", f"room {number} is mine , and i 'm in it .") for number in range(40)]
    rows += [(f"{a} が {b} を 見 た 。", f"the {c} saw the {d} .") for a, c in CREATURES for b, d in CREATURES if a != b]
    for name, some in (("dev", rows[:5]), ("test", rows[5:10]), ("train", rows[10:])):
        for side, language in enumerate(("ja", "en")):
            (tanaka / f"{name}.{language}").write_text("".join(f"{row[side]}\n" for row in some), encoding="utf-8")
    kyoto = tmp_path / "kyoto_wiki_ja_en/wiki_corpus_2.01/HST"
    kyoto.mkdir(parents=True)
    for number in range(200):
        sentences = [
            ("日本の国宝に指定されている。", "It is designated as a national treasure of Japan."),
            (f"第{number}番の寺は京都の北にあります。", f"Temple number {number} stands in the north of Kyoto."),
        ]
        body = "".join(f'<sen><j>{ja}</j><e type="trans">draft</e><e type="check">{en}</e></sen>' for ja, en in sentences)
        (kyoto / f"HST{number:05}.xml").write_text(f"<art><par>{body}</par></art>", encoding="utf-8")
    (kyoto / "GNM00155.xml").write_text("<art><par>", encoding="utf-8")
    return tmp_path


CREATURES = [("犬", "dog"), ("猫", "cat"), ("牛", "cow"), ("馬", "horse"), ("鳥", "bird"), ("魚", "fish"), ("熊", "bear"), ("猿", "monkey")]


def test_no_sentence_of_a_held_out_pair_trains(data, monkeypatch):
    monkeypatch.setattr(translations, "protected", lambda *_: translations.Shingles(["馬が鳥を見た。"]))
    parts = translations.splits(data, data)
    assert all(parts.values())
    held = [pair for name in ("report", "choose") for pair in parts[name]]
    for side in ("japanese", "english"):
        texts = [getattr(pair, side) for pairs in parts.values() for pair in pairs]
        assert len(set(texts)) == len(texts)
        trained = [getattr(pair, side) for pair in parts["train"] if pair.source == "tanaka_parallel"]
        assert not near(trained, [getattr(pair, side) for pair in held if pair.source == "tanaka_parallel"]).any()
    assert "馬が鳥を見た。" not in {pair.japanese for pair in parts["train"]}
    assert {pair.english for pair in held} & {pair.english for pair in parts["train"]} == set()
    assert not any("draft" in pair.english for pairs in parts.values() for pair in pairs)


def test_an_article_stands_on_one_side(data):
    """All pairs of one article have one part, which its name decides."""
    seen = {}
    for place, pair in translations.kyoto(data, data):
        if "number" in pair.english:
            seen[pair.english] = place
    from recipes.splits import part

    for english, place in seen.items():
        number = int(english.split("number ")[1].split()[0])
        assert place == part(f"kyoto_wiki/HST{number:05}", 0.02, 0.01)
    assert np.unique(list(seen.values())).size > 1
