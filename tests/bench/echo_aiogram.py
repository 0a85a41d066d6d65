"""aiogram's bare echo bot, without any database: `python tests/bench/echo_aiogram.py`, in the bench's own environment.

As its documentation begins; `--uvloop` runs it on that loop.
"""

import asyncio
import os
import sys

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

dispatcher = Dispatcher()


@dispatcher.message()  # type: ignore[untyped-decorator]
async def echo(message: Message) -> None:
    """Says what was said."""
    await message.answer(message.text or "")


async def main() -> None:
    """Polls until it is ended."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["BOT_API_URL"]))
    await dispatcher.start_polling(Bot(os.environ["BOT_TOKEN"], session=session))


if __name__ == "__main__":
    (uvloop.run if "--uvloop" in sys.argv else asyncio.run)(main())
