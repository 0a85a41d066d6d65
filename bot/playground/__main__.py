"""``python -m bot.playground``: the playground's server as a process of its own."""

import argparse
import asyncio
import os
import sys
import threading
from pathlib import Path

from bot.playground.server import PlaygroundServer, PortError, listen, open_miniature
from bot.playground.store import StoreTakenError


def main() -> int:
    """Serve until SIGTERM or SIGINT; return the exit status."""
    options = _options()
    try:
        listening = listen(options.port)
    except PortError as error:
        sys.stderr.write(f"playground: {error}\n")
        return 2
    try:
        server = PlaygroundServer(
            open_miniature(options.data, options.token),
            webhook_second=options.webhook_second,
            can_reset=options.can_reset,
        )
    except StoreTakenError as error:
        sys.stderr.write(f"playground: {error}\n")
        return 2
    if options.stop_with_parent:
        threading.Thread(target=_stop_at_end_of_input, args=[server], daemon=True).start()
    asyncio.run(server.run_on(listening))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.playground", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="on 127.0.0.1; 0 is any free one")
    parser.add_argument("--data", type=Path, required=True, help="the directory that keeps all chats")
    parser.add_argument("--token", required=True, help="the token that the bot will use: <digits>:<anything>")
    parser.add_argument("--stop-with-parent", action="store_true", help="end when the standard input ends")
    parser.add_argument("--can-reset", action="store_true", help="let the page ask whoever reads the standard output")
    parser.add_argument(
        "--webhook-second",
        type=float,
        default=1.0,
        help="seconds that a failed delivery to a webhook pauses where Telegram pauses for one",
    )
    return parser.parse_args()


def _stop_at_end_of_input(server: PlaygroundServer) -> None:
    """However the parent ends, kill -9 included, its end of the pipe is closed.

    The pipe itself is read, for a thread that waits in ``sys.stdin`` would break the interpreter's own end.
    """
    while os.read(0, 1024):
        pass
    server.stop()


if __name__ == "__main__":
    sys.exit(main())
