"""Bad weather between the bot and Telegram: refusals, garbage, dropped connections, lost answers."""

import asyncio
import json
import random
from collections import Counter
from urllib.parse import urlsplit

from tests.chaos.relay import Message, forward
from tests.chaos.tally import Tally

# How many of a thousand calls meet each fault.
FAULTS = {"429": 15, "500": 10, "502": 10, "dropped": 10, "hung": 1, "answer lost": 15}
# Longer than the bot waits for an answer.
HANG = 22.0
_TOO_MANY = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1"} | {
    "parameters": {"retry_after": 1}
}
_INTERNAL = {"ok": False, "error_code": 500, "description": "Internal Server Error"}
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class Weather:
    """Decides for each call what becomes of it."""

    def __init__(self, url: str, tally: Tally, dice: random.Random) -> None:
        """Stands before the server at `url`. A message whose answer is lost comes again: the tally is told."""
        self._port = urlsplit(url).port or 0
        self._tally = tally
        self._dice = dice
        self.is_calm = False
        self.met: Counter[str] = Counter()

    async def answer(self, request: Message) -> Message | None:
        """Returns what the bot gets to hear."""
        fault = self._choose()
        self.met[fault] += 1
        match fault:
            case "429":
                return _answer(429, "application/json", json.dumps(_TOO_MANY).encode())
            case "500":
                return _answer(500, "application/json", json.dumps(_INTERNAL).encode())
            case "502":
                return _answer(502, "text/html", _HTML)
            case "dropped":
                return None
            case "hung":
                await asyncio.sleep(HANG)
                return None
        said = await forward(request, self._port)
        if fault and said:
            self._excuse(said)
            return None
        return said

    def _choose(self) -> str:
        number = self._dice.randrange(1000)
        for fault, share in FAULTS.items():
            if number < share and not self.is_calm:
                return fault
            number -= share
        return ""

    def _excuse(self, said: Message) -> None:
        """Tells the tally of a new message; an edit that is repeated changes nothing."""
        result = json.loads(said.body).get("result")
        if isinstance(result, dict) and "message_id" in result and "edit_date" not in result:
            self._tally.excuse(result["chat"]["id"], result["message_id"])


def _answer(status: int, kind: str, body: bytes) -> Message:
    head = f"HTTP/1.1 {status} Fault\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return Message(head.encode(), body)
