"""A captured page → its kind, its article, and what was left out."""

from archive.extract.article import RULES_VERSION, extract
from archive.extract.dates import parse_date
from archive.extract.page import Page, parse

__all__ = ["RULES_VERSION", "Page", "extract", "parse", "parse_date"]
