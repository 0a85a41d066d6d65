"""Addresses as Telegram takes them in links and buttons.

Follows ``LinkManager::check_link`` and ``parse_url`` of tdlib/td, as far as a course bot needs:
``http``, ``https``, ``tg`` and ``ton`` addresses whose host has a dot or is an IPv4 address.
"""

import re

_SCHEME = re.compile(r"^([a-zA-Z][a-zA-Z0-9+.-]*)://")
_HOST = re.compile(r"^(?:[^/?#@]*@)?(?P<host>[^/?#:]*)(?::[0-9]{1,5})?(?P<rest>[/?#].*)?$", re.DOTALL)
_LABELS = re.compile(r"^[\w-]+(?:\.[\w-]+)+$")
_USER = re.compile(r"^tg:(?://)?user\?id=(?P<id>[0-9]+)$")


class LinkError(ValueError):
    """An address that Telegram does not take; says why in Telegram's words."""


def mentioned_user(url: str) -> int | None:
    """Return the id in ``tg://user?id=<id>``, or None."""
    found = _USER.match(url.strip().lower())
    return int(found["id"]) if found else None


def check_url(url: str) -> str:
    """Return *url* as Telegram stores it: with a scheme, and a slash after a bare host.

    Raises:
        LinkError: with the reason, such as 'Wrong HTTP URL'.
    """
    stripped = url.strip()
    if stripped.lower().startswith(("tg:", "ton:")):
        return stripped
    found = _SCHEME.match(stripped)
    if found and found[1].lower() not in ("http", "https"):
        raise LinkError("Unsupported URL protocol")
    scheme = found[1].lower() if found else "http"
    parts = _HOST.match(stripped[found.end() :] if found else stripped)
    host = parts["host"] if parts else ""
    if parts is None or not host:
        raise LinkError("URL host is empty")
    if not _LABELS.match(host) or re.search(r"\s", stripped):
        raise LinkError("Wrong HTTP URL")
    authority = stripped[found.end() if found else 0 :]
    rest = parts["rest"] or ""
    authority = authority[: len(authority) - len(rest)].lower()
    return f"{scheme}://{authority}{rest if rest.startswith('/') else '/' + rest}"


def checked_url(url: str) -> str | None:
    """Return *url* as Telegram stores it, or None if it does not take it."""
    try:
        return check_url(url)
    except LinkError:
        return None
