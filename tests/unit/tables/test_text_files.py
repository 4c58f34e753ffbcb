"""Text files: the characters that were meant, one kind of line end, and what can't be read counted."""

import pytest

from components.errors import TableError
from components.tables.encoding import decode

TEXT = "灯台守の名前は髙橋①です。\r\n灯台は1890年に建てられました。\rおわり"
CLEAN = TEXT.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le"])
def test_the_text_comes_out_as_it_was_meant(codec):
    found = decode(TEXT.encode(codec))
    assert found.text == CLEAN and found.unreadable == 0


def test_a_chosen_codec_goes_first_and_what_it_cannot_read_is_counted():
    found = decode(TEXT.encode("cp932"), "utf-8")
    assert found.encoding == "utf-8" and found.unreadable > 0 and found.text.count("�") == found.unreadable
    assert decode(b"\xff\xfea\x00b\x00", "utf-16-le").text == "ab"


def test_a_picture_is_no_text():
    with pytest.raises(TableError):
        decode(bytes(range(32)) * 100)
