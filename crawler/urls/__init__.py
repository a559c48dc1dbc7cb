"""Addresses: made fetchable (`canonical`), recognised (`identity`, `page_key`), told apart (`refusal`, `in_scope`).

Pure functions, cached: a page has 150 links, and most of them were met before.
"""

from crawler.urls.canonicalise import canonical, redirect_target
from crawler.urls.identify import identity, page_key
from crawler.urls.refuse import language_of, refusal
from crawler.urls.scope import host_of, in_scope

__all__ = ["canonical", "host_of", "identity", "in_scope", "language_of", "page_key", "redirect_target", "refusal"]
