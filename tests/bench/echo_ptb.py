"""python-telegram-bot's bare echo bot, without any database: `python -m tests.bench.echo_ptb`.

As its documentation begins; `--concurrent` handles updates side by side, `--aiohttp` does that over our HTTP client
and uvloop.
"""

import asyncio
import logging
import os
import sys
from typing import Any

import uvloop
from telegram import Update
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

from bot.http import AiohttpRequest


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Says what was said."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main() -> None:
    """Polls until it is ended."""
    builder: Any = ApplicationBuilder().token(os.environ["BOT_TOKEN"]).base_url(os.environ["BOT_API_URL"] + "/bot")
    if "--aiohttp" in sys.argv:
        asyncio.set_event_loop(uvloop.new_event_loop())
        builder = builder.request(AiohttpRequest(256)).get_updates_request(AiohttpRequest(1, read_timeout=60))
    if len(sys.argv) > 1:
        builder = builder.concurrent_updates(True)  # noqa: FBT003 -- PTB's own way
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    # At INFO, httpx would write a line for each call.
    logging.basicConfig(level=logging.WARNING)
    main()
