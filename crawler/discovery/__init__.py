"""Finding addresses: the links of a page, sitemaps, feeds, robots.txt. Pure: bytes and trees in, addresses out."""

from crawler.discovery.anchors import Discovered, Link, links
from crawler.discovery.kinds import LinkKind, kind_of
from crawler.discovery.sitemaps import Sitemap, is_feed_or_sitemap, parse_sitemap, robots_sitemaps, seeds
from crawler.discovery.syndication import FeedEntry, parse_feed

__all__ = [
    "Discovered",
    "FeedEntry",
    "Link",
    "LinkKind",
    "Sitemap",
    "is_feed_or_sitemap",
    "kind_of",
    "links",
    "parse_feed",
    "parse_sitemap",
    "robots_sitemaps",
    "seeds",
]
