"""Which encoding a page is in, judged by its bytes first and by what it says of itself second."""

from __future__ import annotations

import codecs
import re

__all__ = ["decode", "to_utf8"]

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
# cp1258 writes tones as bytes of their own behind the vowel: these five are letters in every other Western code page.
_TONE_BYTES = re.compile(rb"[aeiouyAEIOUY\xe2\xe3\xea\xf4\xf5\xfd\xc2\xc3\xca\xd4\xd5\xdd][\xcc\xec\xd2\xde\xf2]")
_HIGH_BYTES = re.compile(rb"[\x80-\xff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEAD_BYTES = 4096
_SAMPLE_BYTES = 200_000


def decode(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Return the text of `body` and the Python name of its encoding; never fails.

    UTF-8 wins whenever the bytes are valid UTF-8, whatever the page says. Otherwise what the page declares is used
    where it can decode; Vietnamese cp1258 also without being declared, when its tone bytes stand behind vowels.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace"), encoding
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    # A page cut in the middle of a letter, or with one bad byte in a comment, is still UTF-8.
    text = body.decode("utf-8", "replace")
    high = len(_HIGH_BYTES.findall(body[:_SAMPLE_BYTES]))
    if text[:_SAMPLE_BYTES].count("\ufffd") * 20 < high:
        return text, "utf-8"
    for encoding in _candidates(body, content_type):
        try:
            return body.decode(encoding, "strict"), encoding
        except UnicodeDecodeError:
            continue
    return body.decode("cp1252", "replace"), "cp1252"


def to_utf8(body: bytes, content_type: str | None = None) -> tuple[bytes, str]:
    """Return the text of `body` in UTF-8 and the Python name of the encoding that it was in; never fails."""
    if not body.startswith(codecs.BOM_UTF8):
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return body, "utf-8"  # as nearly every page: nothing to convert
    text, encoding = decode(body, content_type)
    return text.encode("utf-8", "replace"), encoding


def _candidates(body: bytes, content_type: str | None) -> list[str]:
    """Return the encodings to try, most trusted first."""
    names = []
    if len(_TONE_BYTES.findall(body[:_SAMPLE_BYTES])) >= 5:
        names.append("cp1258")
    header = _HEADER.search(content_type or "")
    meta = _META.search(body[:_HEAD_BYTES])
    declared = [header[1] if header else "", meta[1].decode("ascii") if meta else ""]
    for name in declared:
        try:
            known = codecs.lookup(name).name
        except LookupError:
            continue
        # Browsers read Latin-1 as cp1252.
        names.append("cp1252" if known in ("iso8859-1", "ascii") else known)
    return [name for name in dict.fromkeys(names) if name != "utf-8"]
