"""What learning the chrome of a portal gains and what it must not cost."""
