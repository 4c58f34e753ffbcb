"""The encodings that can be found and chosen, and how likely each is before anything is read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Codec:
    """An encoding that can be found and chosen. script: what it is for, as the menu says it; languages: scripts it can write.

    prior: log-odds of meeting it, before anything is read.
    """

    name: str
    script: str
    languages: frozenset[str] = frozenset()
    prior: float = 0.0


def _codec(name: str, script: str, languages: str, prior: float) -> Codec:
    return Codec(name, script, frozenset(languages.split()), prior)


EVERYTHING = "western central turkish baltic cyrillic el he ar th ja zh zh-hant ko"
# Commonest first in each group: readings that say the same go by the first.
CODECS = (
    _codec("utf-8", "unicode", EVERYTHING, 0.0),
    _codec("cp932", "japanese", "ja", 1.0),
    _codec("euc_jp", "japanese", "ja", 0.0),
    _codec("iso2022_jp", "japanese", "ja", 0.0),
    _codec("shift_jis_2004", "japanese", "ja", -4.0),
    _codec("euc_jis_2004", "japanese", "ja", -4.0),
    _codec("iso2022_jp_ext", "japanese", "ja", -1.0),
    _codec("iso2022_jp_2004", "japanese", "ja", -2.0),
    _codec("utf-16", "unicode", "", 0.0),
    _codec("utf-16-le", "unicode", "", 0.0),
    _codec("utf-16-be", "unicode", "", 0.0),
    _codec("utf-32", "unicode", "", 0.0),
    _codec("utf-32-le", "unicode", "", 0.0),
    _codec("utf-32-be", "unicode", "", 0.0),
    _codec("cp1252", "western", "western", 0.0),
    _codec("latin-1", "western", "western", -2.0),
    _codec("iso8859-15", "western", "western", -4.0),
    _codec("mac-roman", "western", "western", -3.0),
    _codec("cp850", "western", "western", -6.0),
    _codec("cp437", "western", "western", -6.5),
    _codec("cp1250", "central", "central", -3.5),
    _codec("iso8859-2", "central", "central", -4.5),
    _codec("cp852", "central", "central", -6.0),
    _codec("mac-latin2", "central", "central", -7.0),
    _codec("cp1254", "turkish", "turkish", -3.5),
    _codec("iso8859-9", "turkish", "turkish", -5.0),
    _codec("mac-turkish", "turkish", "turkish", -10.0),
    _codec("cp1257", "baltic", "baltic", -6.0),
    _codec("iso8859-16", "romanian", "central", -7.0),
    _codec("cp1251", "cyrillic", "cyrillic", -2.0),
    _codec("koi8-r", "cyrillic", "cyrillic", -3.0),
    _codec("koi8-u", "cyrillic", "cyrillic", -4.0),
    _codec("iso8859-5", "cyrillic", "cyrillic", -5.0),
    _codec("cp866", "cyrillic", "cyrillic", -4.5),
    _codec("mac-cyrillic", "cyrillic", "cyrillic", -6.0),
    _codec("cp1253", "greek", "el", -2.5),
    _codec("iso8859-7", "greek", "el", -3.5),
    _codec("mac-greek", "greek", "el", -7.0),
    _codec("gb18030", "chinese", "zh zh-hant", -1.5),
    _codec("cp950", "taiwanese", "zh-hant", -1.5),
    _codec("big5hkscs", "taiwanese", "zh-hant", -3.5),
    _codec("cp949", "korean", "ko", -1.5),
    _codec("cp1255", "hebrew", "he", -3.5),
    _codec("cp1256", "arabic", "ar", -3.5),
    _codec("iso8859-6", "arabic", "ar", -5.0),
    _codec("cp874", "thai", "th", -3.5),
    _codec("cp1258", "vietnamese", "western", -7.0),
)  # fmt: skip
SCRIPTS = {codec.name: codec.script for codec in CODECS}
ENCODINGS = tuple(SCRIPTS)  # what people are offered
LATIN = ("western", "central", "turkish", "baltic", "romanian", "vietnamese")
