"""Extraction and deduplication anew, from the captures (`luutru rebuild`)."""

from crawler.rebuilding.rebuild import Rebuild

__all__ = ["Rebuild"]
