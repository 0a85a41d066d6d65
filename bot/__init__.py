"""The machine: everything that touches the outside. Telegram, HTTP, the clock, the environment, the command line."""

__version__ = "0.1.0"
