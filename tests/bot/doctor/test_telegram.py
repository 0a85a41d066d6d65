import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from bot.doctor.finding import Finding, Level
from tests.bot.doctor.visits import visit
from tests.bot.servers import Listener, listening
from tests.chat import TOKEN
from tests.remote import PATIENCE, WEBHOOK_SECRET, free_port, telegram

ADA = 1001


async def answered(database_url: str, *, date: str = "", **info: Any) -> dict[str, Finding]:
    """Returns what is found at a Bot API that says this of itself and of its webhook."""
    listener, headers = Listener(), {"Date": date} if date else {}
    known = {"username": "a_bot", "url": "", "pending_update_count": 0, **info}
    listener.answer = lambda: web.json_response({"ok": True, "result": known}, headers=headers)
    async with listening(listener) as address:
        root = address.removesuffix(f"/bot{TOKEN}")
        return await visit(bot_token=TOKEN, bot_api_url=root, database_url=database_url)


async def test_a_bot_that_is_well(database_url: str, tmp_path: Path) -> None:
    """A token that is taken, a clock that goes right, and no webhook while the bot polls are good."""
    async with telegram(tmp_path / "playground") as server:
        found = await visit(bot_token=TOKEN, bot_api_url=server.url, database_url=database_url, admin_ids="1,2")
    assert found["token"].level is Level.GOOD
    assert found["token"].words.endswith(" is known at 127.0.0.1.")
    assert found["webhook"] == (Level.GOOD, "None is set, as it should be for `run`; 0 updates wait.")
    assert found["clock"].level is Level.GOOD
    assert found["admins"].words.startswith("2 admins are named by ADMIN_IDS")


async def test_a_token_that_is_refused(database_url: str, tmp_path: Path) -> None:
    """Who can mend it is said, and the token is not."""
    async with telegram(tmp_path / "playground") as server:
        found = await visit(bot_token="42:REVOKED", bot_api_url=server.url, database_url=database_url)
    assert found["token"].level is Level.WRONG
    assert "@BotFather shows the bot's token, or makes a new one" in found["token"].words
    assert "REVOKED" not in str(found)


async def test_no_token(database_url: str) -> None:
    """Without one the playground is what runs; that is no mistake."""
    found = await visit(database_url=database_url)
    assert found["token"].level is Level.CAREFUL
    assert "`run` opens the playground" in found["token"].words
    assert found["webhook"].level is Level.SKIPPED
    assert found["admins"].level is Level.CAREFUL
    assert "/me tells your Telegram id" in found["admins"].words


async def test_the_network_is_away(database_url: str) -> None:
    """What depends on Telegram is skipped; all the rest is looked at."""
    root = f"http://127.0.0.1:{free_port()}"
    found = await visit(bot_token=TOKEN, bot_api_url=root, database_url=database_url)
    assert found["token"].level is Level.WRONG
    assert found["token"].words.startswith(f"{root} cannot be reached: ")
    assert "TEST-TOKEN" not in str(found)
    assert found["webhook"] == (Level.SKIPPED, "Telegram could not be asked.")
    assert found["database"].level is Level.GOOD


async def test_a_webhook_while_the_bot_polls(database_url: str, tmp_path: Path) -> None:
    """It is found, with its host only, whether the bot polls or listens somewhere else; a right one is good."""
    async with telegram(tmp_path / "playground") as server, httpx.AsyncClient(base_url=server.url) as client:
        address = f"http://127.0.0.1:{free_port()}/secret-path"
        await client.get(f"/bot{TOKEN}/setWebhook", params={"url": f"{address}/telegram"})
        usual: dict[str, Any] = {"bot_token": TOKEN, "bot_api_url": server.url, "database_url": database_url}
        polling = await visit(**usual)
        listening_there = await visit(**usual, webhook_url=address, webhook_secret=WEBHOOK_SECRET)
        elsewhere = await visit(**usual, webhook_url="https://bot.example.org", webhook_secret=WEBHOOK_SECRET)
    assert polling["webhook"].level is elsewhere["webhook"].level is Level.WRONG
    assert "One is set, at 127.0.0.1, so `run` hears nothing: start it again" in polling["webhook"].words
    assert "to an address that is not WEBHOOK_URL: start `serve` again" in elsewhere["webhook"].words
    assert listening_there["webhook"] == (Level.GOOD, "Updates come to 127.0.0.1; 0 wait.")
    assert "secret-path" not in f"{polling}{listening_there}{elsewhere}"


async def test_no_webhook_yet(database_url: str, tmp_path: Path) -> None:
    """Before the first `serve` none is set, and nothing is wrong."""
    async with telegram(tmp_path / "playground") as server:
        found = await visit(
            bot_token=TOKEN,
            bot_api_url=server.url,
            database_url=database_url,
            webhook_url="https://bot.example.org",
            webhook_secret=WEBHOOK_SECRET,
        )
    assert found["webhook"].level is Level.GOOD
    assert "until `serve` starts and registers WEBHOOK_URL" in found["webhook"].words


async def test_deliveries_that_fail(database_url: str, tmp_path: Path) -> None:
    """While somebody waits, that is wrong, and Telegram's reason is told."""
    async with telegram(tmp_path / "playground") as server, httpx.AsyncClient(base_url=server.url) as client:
        address = f"http://127.0.0.1:{free_port()}/telegram"
        await client.get(f"/bot{TOKEN}/setWebhook", params={"url": address})
        await server.send(ADA, "/start")
        async with asyncio.timeout(PATIENCE):
            while "last_error_date" not in (await client.get(f"/bot{TOKEN}/getWebhookInfo")).text:
                pass
        found = await visit(
            bot_token=TOKEN,
            bot_api_url=server.url,
            database_url=database_url,
            webhook_url=address,
            webhook_secret=WEBHOOK_SECRET,
        )
    assert found["webhook"].level is Level.WRONG
    assert "Telegram could not deliver an update 0 minutes ago (" in found["webhook"].words
    assert ", and 1 wait: see that `serve` runs" in found["webhook"].words


@pytest.mark.parametrize(
    ("ago", "pending", "level"),
    [(120, 0, Level.CAREFUL), (3500, 0, Level.CAREFUL), (3700, 0, Level.GOOD), (3700, 1, Level.WRONG)],
)
async def test_a_delivery_that_failed_once(
    database_url: str, ago: int, pending: int, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For an hour it is worth a word; later only when somebody still waits."""
    monkeypatch.setenv("WEBHOOK_URL", "https://bot.example.org")
    found = await answered(
        database_url,
        url="https://bot.example.org/telegram",
        pending_update_count=pending,
        last_error_date=int(time.time()) - ago,
        last_error_message="Connection refused",
    )
    assert found["webhook"].level is level
    assert ("(Connection refused)" in found["webhook"].words) is (level is not Level.GOOD)


@pytest.mark.parametrize(("pending", "level"), [(99, Level.GOOD), (100, Level.CAREFUL)])
async def test_many_wait(database_url: str, pending: int, level: Level) -> None:
    """A hundred updates do not wait for a bot that runs."""
    found = await answered(database_url, pending_update_count=pending)
    assert found["webhook"].level is level
    assert f"{pending} updates wait" in found["webhook"].words


@pytest.mark.parametrize(("seconds", "words"), [(3600, "behind the Bot API's"), (-3600, "ahead of the Bot API's")])
async def test_a_clock_that_goes_wrong(database_url: str, seconds: int, words: str) -> None:
    """It is held against the Date of the Bot API's answer."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    found = await answered(database_url, date=date)
    assert found["clock"].level is Level.WRONG
    assert words in found["clock"].words
    assert "let NTP set it" in found["clock"].words


async def test_a_server_without_a_clock(database_url: str, *, is_postgresql: bool) -> None:
    """A Date that is none tells nothing, and disturbs nobody."""
    found = await answered(database_url, date="yesterday")
    assert found["clock"].level is (Level.GOOD if is_postgresql else Level.SKIPPED)
    assert found["token"] == (Level.GOOD, "@a_bot is known at 127.0.0.1.")


async def test_a_page_instead_of_the_bot_api(database_url: str) -> None:
    """What a proxy says is not taken for Telegram's word."""
    found = await answered(database_url, url=None)
    assert found["token"].level is Level.WRONG
    assert "cannot be reached: no answer to getWebhookInfo" in found["token"].words
