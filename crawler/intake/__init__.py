"""The way of a response into the archive: what needs an analysis, what needs none, what failed."""

from crawler.intake.intake import (
    Intake,
)

__all__ = [
    "Intake",
]
