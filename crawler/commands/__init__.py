"""Commands of Scrapy's that this project has its own of (COMMANDS_MODULE)."""
