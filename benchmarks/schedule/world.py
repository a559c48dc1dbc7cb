"""Portals as they live for a year: when articles are published, corrected and taken down. Times are seconds from its
first midnight; negative ones lie before it.

The habits are those of the portals that this archive was made for: an article mostly never changes; if it is corrected,
then in its first days; now and then an old one is edited or taken down; editors publish on working days.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

__all__ = ["DAY", "END", "HOUR", "WORLDS", "Article", "Portal", "live"]

HOUR, DAY = 3600, 86400
END = 365 * DAY
CORRECTED = 0.08  # share of new articles, after an exponential time of 1.5 days in the mean
EDITED_LATER = 0.01  # share of new articles, at any time
EDITED_OLD = 0.005  # share of old articles in a year
TAKEN_DOWN = 0.005  # share of all articles in a year
OLDEST = 10 * 365 * DAY


@dataclass(slots=True)
class Article:
    """One article: when it was published, each time at which it says something else, and when it is taken down."""

    published_at: int
    head: int  # the listing that it is in
    changes: list[int] = field(default_factory=list)
    deleted_at: int | None = None

    def is_live(self, at: float) -> bool:
        """Tell whether the portal shows it at a time."""
        return self.published_at <= at and (self.deleted_at is None or self.deleted_at > at)

    def version(self, at: float) -> int:
        """Return how often it has changed by a time."""
        return sum(change <= at for change in self.changes)


@dataclass(frozen=True, slots=True)
class Portal:
    """A kind of portal. `told_by`: "sitemap" with true lastmod, "feed" of the newest 30, or "" for listings alone."""

    name: str
    old: int
    a_day: float  # new articles on a working day
    heads: int
    told_by: str

    def articles(self, seed: int) -> list[Article]:
        """Return its articles of ten years and this one, the oldest first."""
        chance = random.Random(f"{self.name} {seed}")
        published = [-int(chance.random() * OLDEST) for _ in range(self.old)]
        for day in range(365):
            if day % 7 < 5:
                count = int(self.a_day) + (chance.random() < self.a_day % 1)
                published += [int(day * DAY + (7.5 + chance.random() * 10) * HOUR) for _ in range(count)]
        return [self._article(at, chance) for at in sorted(published)]

    def _article(self, published_at: int, chance: random.Random) -> Article:
        article = Article(published_at, chance.randrange(self.heads))
        start = max(published_at, 0)
        if published_at >= 0 and chance.random() < CORRECTED:
            article.changes.append(int(published_at + chance.expovariate(1 / (1.5 * DAY))))
        if chance.random() < (EDITED_LATER if published_at >= 0 else EDITED_OLD):
            article.changes.append(int(start + chance.random() * (END - start)))
        if chance.random() < TAKEN_DOWN:
            article.deleted_at = int(start + chance.random() * (END - start))
        end = END if article.deleted_at is None else article.deleted_at
        article.changes = sorted(change for change in article.changes if change < end)
        return article


def live(articles: list[Article], at: float) -> int:
    """Return how many articles the portal shows at a time."""
    return sum(article.is_live(at) for article in articles)


WORLDS = (
    Portal("commune, listings alone", old=600, a_day=1.0, heads=6, told_by=""),
    Portal("department, a feed", old=4_000, a_day=4.0, heads=15, told_by="feed"),
    Portal("province, a sitemap", old=8_000, a_day=18.0, heads=40, told_by="sitemap"),
)
