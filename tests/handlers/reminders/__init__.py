"""Tests of what is said to people who did not ask at that moment."""
