"""What recurs on the pages of a portal, and which block holds what differs: learned, stored, applied.

observe(outline, body)      what one page tells (`Observation`), a function of the page
learn(observations)         what the pages of a portal teach together (`Lesson`), in any order
Learned                     what extraction uses of it
"""

from archive.chrome.learn import Lesson, learn
from archive.chrome.model import Learned
from archive.chrome.observe import Observation, Observes, observe

__all__ = ["Learned", "Lesson", "Observation", "Observes", "learn", "observe"]
