"""Everything after the bytes arrived: captures (WARC), extraction, duplicates, store, search, export."""
