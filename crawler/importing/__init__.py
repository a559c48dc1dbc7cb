"""Taking in what other tools captured: WARC and WACZ files become captures, articles and known addresses.

files → exchanges → candidates (what is taken, and why not) → analysis (worker processes) → one transaction each
"""

from crawler.importing.counts import Counts, Fault
from crawler.importing.importer import Importer
from crawler.importing.selection import Selection

__all__ = ["Counts", "Fault", "Importer", "Selection"]
