"""The words that views are written in."""
