"""Scrapy's settings. Politeness is on; what costs time for nothing, or opens a port, is off."""

from __future__ import annotations

from importlib.util import find_spec

from crawler.fetching.identity import user_agent

BOT_NAME = "luutru"
SPIDER_MODULES = ["crawler.spiders"]
COMMANDS_MODULE = "crawler.commands"
USER_AGENT = user_agent()
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop" if find_spec("uvloop") else None  # there is none for Windows

# The frontier is a table; retries and redirects go through it, robots.txt and delays through the session.
SCHEDULER = "crawler.scheduler.FrontierScheduler"
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
ROBOTSTXT_OBEY = False  # crawler.middlewares.PolitenessMiddleware does, as RFC 9309 has it
RETRY_ENABLED = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
DOWNLOADER_MIDDLEWARES_BASE = {
    "crawler.middlewares.PolitenessMiddleware": 100,
    "crawler.middlewares.HostCookies": 300,
    "crawler.middlewares.CaptureMiddleware": 900,
}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetching.handler.PortalHandler",
    "https": "crawler.fetching.handler.PortalHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DEFAULT_REQUEST_HEADERS: dict[str, str] = {}

DOWNLOAD_DELAY = 3.0  # seconds between an answer and the next request (crawler.fetching.turns); none on loopback
DOWNLOAD_DELAY_JITTER = 0.0  # what is random only makes a gap longer, and is added there
CONCURRENT_REQUESTS = 256  # most of them wait for their turn: each portal and each server has one at a time
CONCURRENT_REQUESTS_PER_DOMAIN = 2  # connections kept open to a host
CONCURRENT_ITEMS = 4  # Scrapy makes that many tasks for every response
DOWNLOAD_TIMEOUT = 60  # in all, from the connection to the last byte; documents have longer
DOWNLOAD_MAXSIZE = 50 * 1024 * 1024  # crawler.fetching.handler: 10 MB where it is a page
DOWNLOAD_WARNSIZE = 0
# Responses that wait for their analysis, in bytes: what is full slows the fetching.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 16 * 1024 * 1024
WARN_ON_GENERATOR_RETURN_VALUE = False

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # would run Python code from a local port
STATS_DUMP = False
LOG_LEVEL = "WARNING"
LOG_VERSIONS: list[str] = []
MEMUSAGE_ENABLED = False
