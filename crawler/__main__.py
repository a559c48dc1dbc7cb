"""`python -m crawler` is `luutru`."""

from crawler.cli import main

main(prog_name="luutru")
