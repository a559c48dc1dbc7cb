"""A corpus out of an archive: a folder of data files, a dataset card and a manifest.

The same archive and the same options give the same bytes, wherever and whenever they are written.
"""

from archive.export.choice import Options, Summary
from archive.export.corpus import export
from archive.export.formats import FORMATS

__all__ = ["FORMATS", "Options", "Summary", "export"]
