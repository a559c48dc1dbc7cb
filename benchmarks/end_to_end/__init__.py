"""The whole way of a page, from loopback to a searchable archive, by two pipelines; see README.md."""
