"""The kill harness: a real bot on a real database, many people, and `kill -9`. `make chaos` runs it."""
