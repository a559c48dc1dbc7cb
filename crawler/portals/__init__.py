"""Portals of an archive: their health, what a crawl of one would begin with."""
