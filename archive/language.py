"""The two languages of the web interface, Vietnamese first: words, numbers, days and sizes as each writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from archive.terms import PATTERNS, TERMS

__all__ = ["COOKIE", "ENGLISH", "LANGUAGES", "VIETNAMESE", "Language", "chosen"]

COOKIE = "luutru_lang"
LANGUAGES = ("vi", "en")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its code; called with a text in both, it returns its own: `t("Tìm", "Search")`."""

    code: str

    def __call__(self, vietnamese: str, english: str) -> str:
        return vietnamese if self.code == "vi" else english

    def term(self, name: str | None) -> str:
        """Return what a word of the archive's vocabulary (a kind, a reason) is called; unknown words stay."""
        if name in TERMS:
            return self(*TERMS[name])
        text = str(name or "")
        if self.code == "vi":
            for pattern, said in PATTERNS:
                text = re.sub(pattern, said, text)
        return text

    def number(self, amount: float) -> str:
        """Return a number with its thousands apart."""
        text = f"{amount:,}"
        return text.translate({44: ".", 46: ","}) if self.code == "vi" else text

    def percent(self, share: float) -> str:
        """Return a share, 0 to 1, in percent."""
        amount = round(float(share) * 100, 1)
        shown = self.number(int(amount) if amount.is_integer() else amount)
        return f"{shown} %" if self.code == "vi" else f"{shown}%"

    def day(self, moment: str | None) -> str:
        """Return the day, month or year of an ISO time, whichever it is precise to."""
        if not moment:
            return self("không rõ ngày", "undated")
        parts = moment[:10].split("-")
        if not all(part.isdigit() for part in parts):
            return moment
        if self.code == "vi":
            return "/".join(reversed(parts))
        return " ".join(
            [*(str(int(day)) for day in parts[2:]), *(_MONTHS[int(m) % 13 - 1] for m in parts[1:2]), parts[0]]
        )

    def moment(self, moment: str | None) -> str:
        """Return an ISO time with its minutes, where it has them, and its offset."""
        if not moment or "T" not in moment:
            return self.day(moment)
        clock, offset = moment[11:16], moment[16:]
        zone = "UTC" if offset.endswith(("Z", "+00:00")) else f"UTC{offset[-6:]}" if offset[-6:-5] in ("+", "-") else ""
        return f"{self.day(moment)} {clock} {zone}".rstrip()

    def size(self, size_bytes: int) -> str:
        """Return a number of bytes with its unit."""
        amount, unit = float(size_bytes), 0
        while amount >= 1000 and unit < len(_UNITS) - 1:
            amount, unit = amount / 1000, unit + 1
        return f"{self.number(round(amount, 1) if unit and amount < 100 else round(amount))} {_UNITS[unit]}"


VIETNAMESE, ENGLISH = Language("vi"), Language("en")


def chosen(asked: str | None, cookies: Mapping[str, str]) -> Language:
    """Return the language that `?lang=` asks for, or else the cookie; Vietnamese where neither says."""
    return ENGLISH if (asked or cookies.get(COOKIE)) == "en" else VIETNAMESE
