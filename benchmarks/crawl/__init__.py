"""Fetching and finding addresses alone, beside Scrapy's own CrawlSpider."""
