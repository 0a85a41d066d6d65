"""What the page can do that no chat can, and the marks in its list of people."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.playground.events import Events
from bot.playground.images import PIXEL
from bot.playground.miniature import Miniature
from bot.playground.server import build_app
from bot.playground.store import DirectoryStore
from bot.playground.world import Event
from tests.bot.playground.conftest import ADA, IVAN, TOKEN, Call, Clock

ADDRESS = "http://127.0.0.1:8081"
DAY = 24 * 3600


@pytest.fixture
async def page(miniature: Miniature) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=build_app(miniature, Events(miniature.world), can_reset=True))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def told(miniature: Miniature) -> list[Event]:
    """Returns what the listeners are told from now on."""
    events: list[Event] = []
    miniature.world.listeners.append(events.append)
    return events


async def test_calls_of_the_last_answer(page: httpx.AsyncClient, miniature: Miniature, call: Call) -> None:
    """The page shows a person's last act and the calls for them since, refused ones too, and nobody else's."""
    query = miniature.forge(ADA, 5, "x")["callback_query"]["id"]
    await call("sendMessage", chat_id=ADA, text="before")
    update = miniature.say(ADA, "/start")
    await call("getUpdates")
    await call("answerCallbackQuery", callback_query_id=query, text="Done!")
    await call("sendMessage", chat_id=ADA, text="hello")
    await call("setMyCommands", commands=[])
    miniature.say(IVAN, "/start")
    await call("sendMessage", chat_id=IVAN, text="hello, Ivan")
    refused = await page.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": ADA, "text": ""})
    assert refused.status_code == 400

    shown = (await page.get(f"/play/calls/{ADA}")).json()

    assert shown["update"] == update
    assert [one["method"] for one in shown["calls"]] == ["answerCallbackQuery", "sendMessage", "sendMessage"]
    assert shown["calls"][1]["params"] == {"chat_id": ADA, "text": "hello"}
    assert shown["calls"][1]["result"]["text"] == "hello"
    assert shown["calls"][2]["error"] == refused.json()
    assert (await page.get("/play/calls/99")).json() == {"update": None, "calls": []}


async def test_only_so_many_calls_are_remembered(page: httpx.AsyncClient, call: Call) -> None:
    """The fifty newest calls of one answer are kept, as in a broadcast of days."""
    for number in range(51):
        await call("sendMessage", chat_id=ADA, text=str(number))

    calls = (await page.get(f"/play/calls/{ADA}")).json()["calls"]

    assert [one["params"]["text"] for one in calls] == [str(number) for number in range(1, 51)]


async def test_the_clock_goes_forward(
    page: httpx.AsyncClient, miniature: Miniature, clock: Clock, told: list[Event]
) -> None:
    """What is said after the clock was moved is dated then, and whoever launched the server is told."""
    before = (await page.get("/play/state")).json()

    moved = await page.post("/play/clock", json={"seconds": DAY})

    assert before["ahead"] == 0
    assert moved.json() == {"now": before["now"] + DAY, "ahead": DAY, "can_reset": True}
    assert told == [Event("ahead", data=DAY)]
    assert miniature.say(ADA, "good morning")["message"]["date"] == int(clock().timestamp()) + DAY
    await page.post("/play/clock", json={"seconds": 60})
    assert (await page.get("/play/state")).json()["ahead"] == DAY + 60


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, 400), (-60, 400), (1, 200), (366 * DAY, 200), (366 * DAY + 1, 400)]
)
async def test_the_clock_has_limits(page: httpx.AsyncClient, seconds: int, status: int) -> None:
    """The clock never goes back, and a year at most at once."""
    assert (await page.post("/play/clock", json={"seconds": seconds})).status_code == status
    assert (await page.get("/play/state")).json()["ahead"] == (seconds if status == 200 else 0)


async def test_the_time_is_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A playground that is started again is as far ahead as it was: what has happened stays in the past."""
    folder = tmp_path_factory.mktemp("data")
    first = Miniature(token=TOKEN, store=DirectoryStore(folder))
    first.world.forward(DAY)
    first.close()

    again = Miniature(token=TOKEN, store=DirectoryStore(folder))
    assert again.world.ahead == DAY
    again.close()


async def test_beginning_anew_is_asked_for(page: httpx.AsyncClient, miniature: Miniature, told: list[Event]) -> None:
    """To begin anew is asked of whoever launched the server; without one it is refused, with what to do instead."""
    assert (await page.post("/play/reset", json={})).status_code == 200
    assert told == [Event("reset")]

    transport = httpx.ASGITransport(app=build_app(miniature, Events(miniature.world)))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as alone:
        refused = await alone.post("/play/reset", json={})
        assert refused.status_code == 400
        assert "delete their folder" in refused.json()["error"]
        assert (await alone.get("/play/state")).json()["can_reset"] is False
    assert len(told) == 1


@pytest.mark.parametrize("act", ["clock", "reset", "rename", "read", "delete"])
async def test_foreign_pages_cannot(page: httpx.AsyncClient, told: list[Event], act: str) -> None:
    """A page of another site can neither move the clock nor begin anew, nor anything else."""
    body = {"seconds": 60, "person": ADA, "first_name": "Eve", "message_id": 1}
    answer = await page.post(f"/play/{act}", json=body, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert told == []


async def test_a_press_is_answered(page: httpx.AsyncClient, call: Call, told: list[Event]) -> None:
    """The page learns the query of a press, and that it was answered, also without words."""
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    message = await call("sendMessage", chat_id=ADA, text="hello", reply_markup=keyboard)
    pressed = await page.post("/play/press", json={"person": ADA, "message_id": message["message_id"], "data": "b"})

    await call("answerCallbackQuery", callback_query_id=pressed.json()["query"])

    assert told[-1] == Event("answered", ADA, pressed.json()["query"])


async def test_unread(page: httpx.AsyncClient, call: Call) -> None:
    """What the bot says counts as unread until it was seen, one's own words never, and marks do not go back."""

    async def unread() -> int:
        return int((await page.get("/play/state")).json()["people"][0]["unread"])

    assert await unread() == 0
    ids = [(await call("sendMessage", chat_id=ADA, text=text))["message_id"] for text in "abc"]
    assert await unread() == 3
    await page.post("/play/read", json={"person": ADA, "message_id": ids[1]})
    assert await unread() == 1
    await page.post("/play/read", json={"person": ADA, "message_id": ids[0]})
    assert await unread() == 1


async def test_rename(page: httpx.AsyncClient, miniature: Miniature) -> None:
    """Another name or language is what the bot sees with the next message; nobody is without a name."""
    names = {"person": ADA, "first_name": " Augusta ", "last_name": "", "language_code": "de"}
    assert (await page.post("/play/rename", json=names)).status_code == 200

    sender = miniature.say(ADA, "hello")["message"]["from"]

    assert (sender["first_name"], "last_name" in sender, sender["language_code"]) == ("Augusta", False, "de")
    assert (await page.post("/play/rename", json=names | {"first_name": " "})).status_code == 400
    assert (await page.post("/play/rename", json=names | {"person": 99})).status_code == 400


async def test_languages_have_regions(page: httpx.AsyncClient, call: Call) -> None:
    """Somebody whose language is that of a region sees the menu and the description of the language."""
    await call("setMyCommands", commands=[{"command": "kurse", "description": "Kurse"}], language_code="de")
    await call("setMyDescription", description="Kurse im Chat", language_code="de")
    await page.post("/play/rename", json={"person": ADA, "first_name": "Ada", "language_code": "de-AT"})

    chat = (await page.get(f"/play/chat/{ADA}")).json()

    assert chat["commands"] == [{"command": "kurse", "description": "Kurse"}]
    assert chat["description"] == "Kurse im Chat"


async def test_delete(page: httpx.AsyncClient, miniature: Miniature, told: list[Event]) -> None:
    """Who deletes a message sees it no more, and the bot is told nothing, as in Telegram."""
    message_id = miniature.say(ADA, "oops")["message"]["message_id"]
    miniature.take_updates()
    told.clear()

    assert (await page.post("/play/delete", json={"person": ADA, "message_id": message_id})).status_code == 200

    assert [message.text for message in miniature.chat(ADA)] == ["/start"]
    assert miniature.take_updates() == []
    assert told == [Event("chat", ADA)]
    assert (await page.post("/play/delete", json={"person": ADA, "message_id": message_id})).status_code == 400


async def test_what_a_file_is(page: httpx.AsyncClient, miniature: Miniature, call: Call) -> None:
    """The page is told a file's size, length and title, and that a picture is to be a surprise."""
    miniature.send_file(ADA, "audio", b"x" * 2048, duration=61, performer="Ada", title="Notes")
    photo = miniature.send_file(ADA, "photo", PIXEL)["message"]["photo"][-1]["file_id"]
    await call("sendPhoto", chat_id=ADA, photo=photo, has_spoiler=True)

    sound, plain, hidden = (await page.get(f"/play/chat/{ADA}")).json()["messages"][-3:]

    assert (sound["file_size"], sound["duration"], sound["title"]) == (2048, 61, "Ada – Notes")
    assert (plain["file_size"], plain["title"], plain["hidden"], hidden["hidden"]) == (len(PIXEL), None, False, True)
