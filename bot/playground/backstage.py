"""What the page can do that no chat can: look at the raw calls, move the clock on, begin anew."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.playground.journal import Call
from bot.playground.miniature import Miniature


class Backstage:
    """The side of one miniature that its people do not see.

    Beginning anew is for whoever launched the server to do, for the bot has memories, too: ``can_reset`` says whether
    somebody listens for it.
    """

    def __init__(self, miniature: Miniature, *, can_reset: bool) -> None:
        self._world = miniature.world
        self._can_reset = can_reset

    def state(self) -> dict[str, Any]:
        """Return what time it is, and what can be done."""
        return {"now": self._world.now(), "ahead": self._world.ahead, "can_reset": self._can_reset}

    async def calls(self, request: Request) -> Response:
        """Answer with the person's last update and the calls that the bot made for them since."""
        try:
            exchange = self._world.journal.last(int(request.path_params["person_id"]))
        except ValueError:
            return Response(status_code=404)
        return JSONResponse({"update": exchange.update, "calls": [_shown(call) for call in exchange.calls]})

    def forward(self, body: dict[str, Any]) -> dict[str, Any]:
        """Move the clock on by so many seconds; return what time it is then."""
        self._world.forward(int(body["seconds"]))
        self._world.memory.save()
        return self.state()

    def reset(self, _body: dict[str, Any]) -> None:
        """Ask the process that launched the server to forget everything and to begin anew."""
        if not self._can_reset:
            raise ValueError("stop the playground and the bot, and delete their folder, to begin anew")
        self._world.tell("reset")


def _shown(call: Call) -> dict[str, Any]:
    shown = {"method": call.method, "params": dict(call.params), "result": call.result}
    return shown | {"error": call.error.payload() if call.error else None}
