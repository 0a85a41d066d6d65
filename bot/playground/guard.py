"""Nobody but this machine's own pages and programs may talk to the playground.

The server listens on 127.0.0.1 only. That does not keep out a page of the web that the same
browser has open: it can post to 127.0.0.1 (cross-site request forgery), or give its own name that
address (DNS rebinding). So the Host must be ours on every request, and the Origin, which browsers
send with every post, must be ours, too. A call of the Bot API can be a picture's address, so the
site that asks for it, which browsers say with everything, must be ours, or nobody's.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NAMES = ("127.0.0.1", "localhost")
_READING = ("GET", "HEAD")
_NEAR = ("none", "same-origin")

# Scripts, styles, pictures and connections from here only; nothing leaves the machine.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Guard:
    """ASGI middleware that refuses foreign requests and puts safe headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to what is not ours; pass on the rest."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", POLICY)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
            await send(message)

        if _ours(scope):
            await self._app(scope, receive, send_safely)
        else:
            refusal = PlainTextResponse("This playground answers its own page and bot only.", status_code=403)
            await refusal(scope, receive, send_safely)


def _ours(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    port = scope["server"][1]
    hosts = {f"{name}:{port}" for name in _NAMES}
    host = headers.get("host", "")
    if host not in hosts:
        return False
    if scope["path"].startswith("/bot") and headers.get("sec-fetch-site", "none") not in _NEAR:
        return False
    origin = headers.get("origin")
    return scope["method"] in _READING or origin is None or origin == f"http://{host}"
