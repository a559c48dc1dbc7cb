"""Finding addresses: the links of a page, sitemaps, feeds, robots.txt. Pure: bytes and trees in, addresses out."""

from crawler.discovery.anchors import Discovered, Link, links, own_address
from crawler.discovery.answers import as_html, further_pages, is_html, is_json
from crawler.discovery.feeds import usual_feed
from crawler.discovery.kinds import LinkKind, kind_of
from crawler.discovery.pagers import following, pagers
from crawler.discovery.postbacks import Post, postbacks
from crawler.discovery.scripted import fragments, next_fragment, resources
from crawler.discovery.sitemaps import Sitemap, is_feed_or_sitemap, parse_sitemap, robots_sitemaps, seeds
from crawler.discovery.syndication import FeedEntry, parse_feed

__all__ = [
    "Discovered",
    "FeedEntry",
    "Link",
    "LinkKind",
    "Post",
    "Sitemap",
    "as_html",
    "following",
    "fragments",
    "further_pages",
    "is_feed_or_sitemap",
    "is_html",
    "is_json",
    "kind_of",
    "links",
    "next_fragment",
    "own_address",
    "pagers",
    "parse_feed",
    "parse_sitemap",
    "postbacks",
    "resources",
    "robots_sitemaps",
    "seeds",
    "usual_feed",
]
