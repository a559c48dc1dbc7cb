"""How a request reaches its server: whose turn it is, which address it may go to, how secure the connection is."""
