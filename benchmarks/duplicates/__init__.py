"""How exact and how quick the duplicates are; see `__main__`."""
