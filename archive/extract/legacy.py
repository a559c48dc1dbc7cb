"""Vietnamese text in other codes: TCVN3, VNI and cp1258 shown as Western letters, and UTF-8 read as cp1252.

A text is converted only on evidence: many different words that are no Vietnamese syllables become some. Where that is
not so nothing is touched. Sources of the tables: TCVN 5712:1993 (VN3) and the VNI for Windows code page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from unicodedata import normalize

__all__ = ["from_cp1258", "from_tcvn3", "from_vni", "has_evidence", "is_suspicious", "is_syllable", "repair"]

WORDS_LEAST = 8  # different ones
SHARE_LEAST = 0.9
_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx])?"
    r"(?:iêu|yêu|oai|oay|oeo|uây|uôi|uya|uyê|uyu|ươi|ươu|a[iouy]|â[uy]|eo|êu|i[aêu]|o[aăeio]|ôi|ơi|u[aâêiôơy]|ư[aơiu]|yê"
    r"|[aăâeêioôơuưy])"
    r"(?:ng|nh|ch|[cmnpt])?"
)
# The letters of TCVN3 from 0xA1 on, as Western code pages show them, and what they are.
_TCVN3 = str.maketrans(
    "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢§£¤¥¦",
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ",
)
# VNI writes a letter and then its marks: one sign for a tone, others for a circumflex or a breve with a tone.
_VNI_ALONE = {"ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ"}
_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}


def _vni() -> dict[str, str]:
    """Return what stands for each Vietnamese letter in VNI, two characters or one."""
    table = dict(_VNI_ALONE)
    for letter, base in (*((vowel, vowel) for vowel in "aeouy"), ("ô", "ơ"), ("ö", "ư")):
        table |= {letter + mark: base + tone for mark, tone in _VNI_TONES.items()}
    for vowel in "aeo":
        table |= {vowel + mark: vowel + "\u0302" + tone for mark, tone in _VNI_CIRCUMFLEX.items()}
    table |= {"a" + mark: "a\u0306" + tone for mark, tone in _VNI_BREVE.items()}
    table |= {code.upper(): letter.upper() for code, letter in table.items()}
    return {code: normalize("NFC", letter) for code, letter in table.items()}


_VNI = _vni()
_VNI_CODE = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_CONTINUATION = "\xa0-\xbf" + "".join(
    bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xA0)
)
_THREE = f"[\xe1\xe2][{_CONTINUATION}]{{2}}"  # Vietnamese letters, dashes and quotes; the others have two bytes
_MOJIBAKE = re.compile(f"[A-Za-z]*(?:(?:{_THREE}|[\xc2-\xc6][{_CONTINUATION}])[A-Za-z]*)+")
_SOFT_HYPHENS = re.compile("\xad{2,}")
_WORD = re.compile(r"[^\s<>()\[\]{}\"“”'‘’,.;:!?/…–-]+")
_TEXT = re.compile(r"(?<=>)[^<>]*[^\x00-\x7f<>][^<>]*")
_WITHOUT_D = str.maketrans("", "", "đĐ")
_GENUINE = re.compile("[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Tell whether a word can be a Vietnamese syllable by its spelling, at most one tone included."""
    apart = normalize("NFD", word.lower())
    bare = apart.translate(_TONES)
    return len(apart) - len(bare) <= 1 and _SYLLABLE.fullmatch(normalize("NFC", bare)) is not None


def from_tcvn3(text: str) -> str:
    """Return what a text says that is in TCVN3 (ABC fonts) and was read as Western."""
    # ư is the code of the soft hyphen, which editors have doubled.
    return _WORD.sub(lambda match: _cased(match[0], _SOFT_HYPHENS.sub("\xad", match[0]).translate(_TCVN3)), text)


def from_vni(text: str) -> str:
    """Return what a text says that is in VNI and was read as Western."""
    return _VNI_CODE.sub(lambda match: _VNI[match[0]], text)


def from_cp1258(text: str) -> str:
    """Return what a text says that is in cp1258 and was read as Western."""
    return normalize("NFC", text.encode("cp1252", "replace").decode("cp1258", "replace"))


_CONVERTERS: tuple[Callable[[str], str], ...] = (from_tcvn3, from_vni, from_cp1258)
# à in TCVN3, đ in VNI, đ in cp1258, and what ư and ơ begin with in UTF-8: hardly a sentence has none of them, and
# Vietnamese has no use for any.
_MARKS = "µñðÆ"


def is_suspicious(text: str) -> bool:
    """Tell whether a page has a letter in it that may be of another code; cheap, and sometimes wrong."""
    return any(mark in text for mark in _MARKS)


def repair(text: str) -> str:
    """Return a page's text with its blocks in other codes converted; the same object where there is no evidence."""
    text = _without_mojibake(text)
    blocks = [match for match in _TEXT.finditer(text) if not _GENUINE.search(match[0])]
    for convert in _CONVERTERS:
        pairs = [(match, convert(match[0])) for match in blocks]
        good = [pair for pair in pairs if has_evidence([(pair[0][0], pair[1])], least=1)]
        if good and has_evidence((match[0], converted) for match, converted in good):
            return _replaced(text, good)
    return text


def has_evidence(pairs: Iterable[tuple[str, str]], least: int = WORDS_LEAST) -> bool:
    """Tell whether conversion makes Vietnamese of what was none, in at least so many different words.

    `pairs`: texts before and after, of the same words.
    """
    before: set[str] = set()
    after: set[str] = set()
    for old, new in pairs:
        before.update(filter(_tells, _WORD.findall(old)))
        after.update(filter(_tells, _WORD.findall(new)))
    if len(after) < least or not before:
        return False
    share = sum(map(is_syllable, after)) / len(after)
    return share >= SHARE_LEAST and share - sum(map(is_syllable, before)) / len(before) >= 0.3


def _tells(word: str) -> bool:
    """Tell whether a word can be evidence: not where a đ is all it has, as in QĐ and HĐND."""
    return not word.isascii() and not word.translate(_WITHOUT_D).isascii()


def _without_mojibake(text: str) -> str:
    """Return the text with what is UTF-8 read as cp1252 put right, word for word."""
    words = {match[0] for match in _MOJIBAKE.finditer(text)}
    meant = {word: right for word in words if (right := _reread(word))}
    syllables = {right for word, right in meant.items() if is_syllable(right) and re.search(_THREE, word)}
    broken = [right for right in meant.values() if not is_syllable(right) and any(map(str.isalpha, right))]
    if len(syllables) < WORDS_LEAST or len(broken) > len(meant) // 5:
        return text
    return _MOJIBAKE.sub(lambda match: meant.get(match[0], match[0]), text)


def _reread(word: str) -> str:
    """Return a word's bytes read as UTF-8, "" where they are none."""
    try:
        return b"".join(_byte(letter) for letter in word).decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _byte(letter: str) -> bytes:
    """Return the byte that a letter stands for in cp1252, where the five without a letter stand for themselves."""
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def _cased(before: str, after: str) -> str:
    """Return the word in capitals where its other letters are: TCVN3 has capitals with tones in its fonts alone."""
    plain = [letter for letter in before if letter.isascii() and letter.isalpha()]
    return after.upper() if len(plain) > 1 and all(map(str.isupper, plain)) else after


def _replaced(text: str, pairs: list[tuple[re.Match[str], str]]) -> str:
    pieces, position = [], 0
    for match, converted in pairs:
        pieces += [text[position : match.start()], converted]
        position = match.end()
    return "".join([*pieces, text[position:]])
