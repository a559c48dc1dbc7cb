"""What a crawl learns of a portal: addresses that bring nothing, pages that are the same, answers to nonsense."""

from crawler.learning.learning import Learning
from crawler.learning.memory import Lesson, Outcome, Tally

__all__ = [
    "Learning",
    "Lesson",
    "Outcome",
    "Tally",
]
