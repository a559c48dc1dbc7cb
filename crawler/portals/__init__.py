"""Portals of an archive: made known, their health, what a crawl of one would begin with."""
