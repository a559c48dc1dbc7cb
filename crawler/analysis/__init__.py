"""Worker processes that analyse pages: one parse gives links, article and fingerprint."""
