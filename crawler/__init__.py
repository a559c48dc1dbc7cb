"""Everything until the bytes arrive: catalogue, discovery, scope, frontier, politeness, spider, command line."""
