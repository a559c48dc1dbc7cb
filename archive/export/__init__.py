"""A corpus out of an archive: a folder of data files, a dataset card and a manifest.

The same archive and the same options give the same bytes, wherever and whenever they are written.
"""

from archive.export.corpus import FORMATS, Options, Summary, export

__all__ = ["FORMATS", "Options", "Summary", "export"]
