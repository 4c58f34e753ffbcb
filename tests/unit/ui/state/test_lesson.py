"""A lesson in one address: what goes in comes out, and nothing that a stranger writes there does harm."""

import base64
import json
import zlib

import pytest

from components.messages import LANGUAGES
from components.ui.state.keys import PREFIXES, SHARED
from components.ui.state.lesson import (
    MOST_NOTE,
    MOST_PACKED,
    MOST_STEPS,
    SECRET,
    LessonError,
    Step,
    belongs,
    pack,
    read_links,
    unpack,
)

STEPS = (Step("attention", (("att_example", "short"),), "Look at <b>it</b> & 猫"), Step("overview"), Step("exercises", (("ex", "3"),)))


def packed(value: object) -> str:
    """What somebody could write into an address by hand."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(value).encode())).decode().rstrip("=")


def key_of(error: pytest.ExceptionInfo) -> str:
    assert all(error.value.in_language(language) for language in LANGUAGES)
    return error.value.key


def test_what_is_packed_is_unpacked():
    assert unpack(pack(STEPS)) == STEPS


def test_links_of_any_host_and_base_become_steps_with_their_notes():
    pasted = (
        "http://127.0.0.1:8501/attention?lang=ja&att_example=short&att_text=%E7%8C%AB%20x Look at the last row\n\n"
        "https://school.example/lab/tokens?tok_part=japanese&lesson=abc&step=2\u3000辞書は？\n"
        "https://school.example/?lang=en"
    )
    assert read_links(pasted) == (
        Step("attention", (("att_example", "short"), ("att_text", "猫 x")), "Look at the last row"),
        Step("tokens", (("tok_part", "japanese"),), "辞書は？"),
        Step("overview"),
    )


def test_an_old_name_in_a_link_becomes_today_s():
    assert read_links("https://a.example/tokens?part=input") == (Step("tokens", (("tok_part", "input"),)),)


@pytest.mark.parametrize("secret", SECRET)
def test_what_opens_somebody_s_runs_is_refused(secret):
    for page in ("fine_tune", "my_models", "attention"):
        with pytest.raises(LessonError) as error:
            read_links(f"https://a.example/{page}?{secret}=x")
        assert key_of(error) == "lesson.secret"
        with pytest.raises(LessonError) as error:
            unpack(packed([[page, {secret: "x"}, ""]]))
        assert key_of(error) == "lesson.refused"


def test_every_shared_name_belongs_to_no_page():
    assert not [(key, page) for key in SHARED for page in PREFIXES if belongs(key, page)]


@pytest.mark.parametrize(
    ("pasted", "key"),
    [
        (" \n ", "no_links"),
        ("look at attention", "no_link"),
        ("javascript:alert(1)", "no_link"),
        ("https://[::1/attention", "no_link"),
        ("https://a.example/attention?" + "&".join(f"att_{n}=1" for n in range(200)), "no_link"),
        ("https://a.example/admin", "no_page"),
        ("https://a.example/..%2Fserver", "no_page"),
        ("https://a.example/attention?tok_part=input", "foreign"),
        ("https://a.example/attention?attention2=1", "foreign"),
        ("https://a.example/attention " + "x" * (MOST_NOTE + 1), "long_note"),
        ("https://a.example/attention\n" * (MOST_STEPS + 1), "too_many"),
        ("https://a.example/attention?att_text=" + "x" * 100_000, "too_long"),
    ],
)
def test_links_that_make_no_lesson_get_a_sentence(pasted, key):
    with pytest.raises(LessonError) as error:
        read_links(pasted)
    assert key_of(error) == f"lesson.{key}"


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        5,
        [[]],
        [["attention", {}]],
        [["attention", [], ""]],
        [["attention", {"att_text": 5}, ""]],
        [["attention", {}, None]],
        [["attention", {}, "\ud800"]],
        [["attention", {}, ""]] * (MOST_STEPS + 1),
        [["no_page", {}, ""]],
        [["attention", {"tok_part": "input"}, ""]],
        [["attention", {}, "x" * (MOST_NOTE + 1)]],
        [["attention", {"att_text": "x" * 10_000_000}, ""]],  # a small address that unpacks to ten megabytes
    ],
)
def test_a_lesson_that_nobody_made_here_is_refused(value):
    with pytest.raises(LessonError) as error:
        unpack(packed(value)[:MOST_PACKED])
    assert key_of(error) in ("lesson.broken", "lesson.refused")


@pytest.mark.parametrize("text", ["", "x", "<script>", "é", pack(STEPS)[:-4], pack(STEPS) + "A" * 8, "nan"])
def test_a_damaged_address_is_said_to_be_damaged(text):
    with pytest.raises(LessonError) as error:
        unpack(text)
    assert key_of(error) == "lesson.broken"


def test_a_lesson_has_the_length_of_a_link():
    long = tuple(Step("attention", (("att_text", "".join(str(n * i % 997) for i in range(500))),)) for n in range(20))
    with pytest.raises(LessonError) as error:
        pack(long)
    assert key_of(error) == "lesson.too_long"
    with pytest.raises(LessonError) as error:
        unpack("A" * 100_000)
    assert key_of(error) == "lesson.too_long"
