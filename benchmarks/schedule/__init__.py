"""A simulated year: the schedule of `crawler.returning.schedule` against fixed crawls."""
