"""The numbers and moments of the rows that calls of repositories find in the tables."""

import datetime as dt

NOW = dt.datetime(2026, 5, 3, 9, 0, tzinfo=dt.UTC)
LATER, LONG_AGO = NOW + dt.timedelta(days=1), NOW - dt.timedelta(days=90)
ROWS = 300
# The row that the calls are about, in every table; it is the only one that still waits for something. And none.
ID, NEW = 150, ROWS + 1
MADE = {"created_at": NOW}
