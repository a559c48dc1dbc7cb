"""The commands that need an archive and nothing else; `crawler.cli` adds those that fetch.

COMMANDS                                  the commands, for click.Group
Command, archive_option, json_option, …   what every command is made of (`archive.cli.command`)
"""

from archive.cli.chrome import chrome
from archive.cli.duplicates import duplicates
from archive.cli.export import export
from archive.cli.extract import extract
from archive.cli.search import search
from archive.cli.show import show
from archive.cli.stats import stats
from archive.cli.verify import verify

__all__ = ["COMMANDS"]

COMMANDS = (extract, search, show, duplicates, export, stats, chrome, verify)
