"""WARC files: records appended (`writer`), and read back whoever wrote them (`reader`, on `members` and `http`).

WarcWriter, Position, Place, Original, Origin    writing
records, read_record, Record, Damage             reading
payload_digest                                   the digest that both use
"""

from archive.warc.digest import payload_digest
from archive.warc.reader import Damage, Record, read_record, records
from archive.warc.writer import MAX_FILE_BYTES, Origin, Original, Place, Position, WarcWriter, record_id

__all__ = [
    "MAX_FILE_BYTES",
    "Damage",
    "Origin",
    "Original",
    "Place",
    "Position",
    "Record",
    "WarcWriter",
    "payload_digest",
    "read_record",
    "record_id",
    "records",
]
