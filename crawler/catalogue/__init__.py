"""The catalogue: every province portal before and after July 2025, and the ministries. Data, with a finder."""

from crawler.catalogue.lookup import find, of_province
from crawler.catalogue.records import Portal, Province, portals, provinces

__all__ = ["Portal", "Province", "find", "of_province", "portals", "provinces"]
