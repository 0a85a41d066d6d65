"""A year of reminders on a clock that is moved on: what arrives, and whether it is what should."""
