"""Serves portals whose pages have 150 links to pages of their own host: `python -m benchmarks.crawl.portal --help`."""

from __future__ import annotations

import argparse
import asyncio

from benchmarks.end_to_end.manners import MANNERS
from benchmarks.end_to_end.portal import Portal, serve
from benchmarks.end_to_end.texts import story

__all__ = ["LINKS", "portals"]

LINKS = 150  # of a page, all distinct and all within its host
# What else a page of 80 kB is made of: some 1,700 tags in all.
_FILLER = "<div class='khoi-ben' id='w7'><p class='mo-ta' style='margin:0 0 4px'>Lịch tiếp công dân</p></div>\n"


def portals(hosts: int, articles: int) -> list[Portal]:
    """Return that many portals with that many pages each, at least 151, the same at each call."""
    return [_portal(host, max(articles, LINKS + 1)) for host in range(hosts)]


def _portal(host: int, articles: int) -> Portal:
    manner = MANNERS[0]
    stories = [story(host, number) for number in range(articles)]
    paths = ["/", *(manner.article_path(told) for told in stories[1:])]
    portal = Portal(manner, stories, sides=[b""])
    for number, told in enumerate(stories):
        near = range(number + 1, number + LINKS + 1)
        links = "".join(f'<li><a href="{paths[n % articles]}">{stories[n % articles].title}</a></li>\n' for n in near)
        text = "".join(f"<p>{paragraph}</p>\n" for paragraph in told.paragraphs)
        page = (
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{told.title}</title></head><body>'
            f"<ul>{links}</ul><h1>{told.title}</h1><div class='noi-dung'>{text}</div>"
        ).encode()
        page += _FILLER.encode() * max(0, (80_000 - len(page)) // len(_FILLER.encode())) + b"</body></html>"
        portal.pages[paths[number]] = (page,)
    return portal


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--pages", type=int, default=300, help="pages on each host")
    given = parser.parse_args()
    asyncio.run(serve(portals(given.hosts, given.pages)))


if __name__ == "__main__":
    main()
