"""Showing pages to a browser that runs their scripts: for portals whose server sends an empty shell.

The browser has no network of its own. The page that it shows is the capture that the crawl made; what the page's
scripts ask for goes through the crawl's own downloader, with its rules.
"""

from crawler.rendering.browser import browser_path
from crawler.rendering.choice import set_renders
from crawler.rendering.rendering import Rendering

__all__ = ["Rendering", "browser_path", "set_renders"]
