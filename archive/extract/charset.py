"""Which encoding a page is in: what its bytes can be, what header and `<meta>` say, what its words look like."""

from __future__ import annotations

import codecs
import re

from archive.extract.legacy import (
    from_cp1258,
    from_tcvn3,
    from_vni,
    has_evidence,
    is_suspicious,
    repair,
)

__all__ = ["decode", "to_utf8"]

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_TAG = re.compile(r"<[^<>]*>")
_HIGH_BYTES = re.compile(rb"[\x80-\xff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEAD_BYTES = 4096
_SAMPLE_BYTES = 200_000
_REPAIRED_CHARS = 1_500_000  # looking for old codes word for word takes a second for so many
_WESTERN = frozenset({"cp1252", "iso8859-1", "iso8859-15", "ascii"})
_VIETNAMESE = (("cp1258", from_cp1258), ("tcvn3", from_tcvn3), ("vni", from_vni))


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Return the text of `body` and the name of its encoding (Python's, or tcvn3, vni); never fails.

    UTF-8 wins whenever the bytes are valid UTF-8, whatever the page says: hardly anything else is by chance. Otherwise
    the header is believed before the page's own declaration. Where they say Western, or nothing, or what the bytes
    are not, the words decide whether it is one of the old Vietnamese codes.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace"), encoding
    if (wide := _wide(body)) is not None:
        return body.decode(wide, "replace"), wide
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_other(body, content_type)
    return repair(text) if len(text) <= _REPAIRED_CHARS and is_suspicious(text) else text, "utf-8"


def to_utf8(body: bytes, content_type: str | None = None) -> tuple[bytes, str]:
    """Return the text of `body` in UTF-8 and the name of the encoding that it was in; never fails."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if not is_suspicious(text) and not body.startswith(codecs.BOM_UTF8) and _wide(body) is None:
            return body, "utf-8"  # as nearly every page: nothing to convert
    text, encoding = decode(body, content_type)
    return text.encode("utf-8", "replace"), encoding


def _wide(body: bytes) -> str | None:
    """Return which UTF-16 a page without byte order mark is in: then every other byte of its first tags is zero."""
    if b"\x00" not in body[:2]:
        return None
    for start, name in ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be")):
        if body.startswith(start):
            return name
    return None


def _decode_other(body: bytes, content_type: str | None) -> tuple[str, str]:
    # A page cut in the middle of a letter, or with one bad byte in a comment, is still UTF-8.
    text = body.decode("utf-8", "replace")
    high = len(_HIGH_BYTES.findall(body[:_SAMPLE_BYTES]))
    if text[:_SAMPLE_BYTES].count("\ufffd") * 20 < high:
        return text, "utf-8"
    western = body.decode("cp1252", "replace")
    for name in _declared(body, content_type):
        if name in _WESTERN:
            break
        try:
            text = body.decode(name, "strict")
        except (UnicodeError, LookupError):  # some of Python's codecs are none of text
            continue
        if name != "cp1258" or has_evidence([_words(western, text)], least=1):
            return text, name
    for name, convert in _VIETNAMESE:
        if has_evidence([_words(western, convert(western))], least=5):
            return convert(western) if name != "cp1258" else body.decode("cp1258", "replace"), name
    return repair(western), "cp1252"


def _declared(body: bytes, content_type: str | None) -> list[str]:
    """Return what header and page say of the encoding, the more trusted first, as names that Python knows."""
    header = _HEADER.search(content_type or "")
    meta = _META.search(body[:_HEAD_BYTES])
    names = []
    for name in (header[1] if header else "", meta[1].decode("ascii") if meta else ""):
        try:
            names.append(codecs.lookup(name).name)
        except LookupError:
            continue
    return [name for name in dict.fromkeys(names) if name != "utf-8"]


def _words(before: str, after: str) -> tuple[str, str]:
    """Return samples of two texts without their tags."""
    return _TAG.sub(" ", before[:_SAMPLE_BYTES]), _TAG.sub(" ", after[:_SAMPLE_BYTES])
