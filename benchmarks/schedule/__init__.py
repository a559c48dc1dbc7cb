"""A simulated year: the schedule of `crawler.schedule` against fixed crawls."""
