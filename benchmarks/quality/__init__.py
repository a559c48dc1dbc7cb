"""Measures what extraction gives against gold: on saved pages, on golden folders and on pages composed for it."""
