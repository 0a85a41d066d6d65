import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from bot import webhook
from bot.metrics import Metrics
from bot.webhook import BODY_LIMIT, Webhook
from db.models import ChatSession
from tests.chat import Person, World

SECRET = "a-secret_of-16-characters"
KNOWN = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


class Hook:
    """A webhook over a world's pipeline, and whoever calls it."""

    def __init__(self, world: World) -> None:
        self.metrics = Metrics()
        self.webhook = Webhook(SECRET, self.metrics)
        self.missing: str | None = None
        self.begun = asyncio.Event()
        self._world = world
        transport = httpx.ASGITransport(app=self.webhook.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://bot.example")

    def open(self) -> None:
        pipeline = self._world.application.pipeline

        async def process(data: dict[str, Any], patience: float | None = None) -> None:
            self.begun.set()
            await pipeline.process(data, patience)

        async def check() -> str | None:
            return self.missing

        self.webhook.open(process, check)

    async def post(self, update: Any, **headers: str) -> httpx.Response:
        return await self.client.post("/telegram", content=json.dumps(update), headers=KNOWN | headers)

    async def ready(self) -> tuple[int, str]:
        answer = await self.client.get("/readyz")
        return answer.status_code, answer.text

    def count(self, status: int) -> float | None:
        return self.metrics.registry.get_sample_value("syllabot_webhook_requests_total", {"status": str(status)})


@pytest.fixture
async def hook(world: World) -> AsyncIterator[Hook]:
    hook = Hook(world)
    hook.open()
    async with hook.client:
        yield hook


@pytest.fixture
def ada(world: World) -> Person:
    return world.person("Ada")


def says(person: Person, text: str) -> dict[str, Any]:
    """Returns the update of a message, which Telegram has not delivered otherwise."""
    person.world.miniature.say(person.id, text)
    [update] = person.world.miniature.take_updates()
    return update


@asynccontextmanager
async def kept_waiting(person: Person) -> AsyncIterator[None]:
    """Keeps the person's lane, as an update does that takes long."""
    async with person.world.application.pipeline._lanes.enter(person.id):
        yield


async def begun(hook: Hook, update: dict[str, Any]) -> asyncio.Task[httpx.Response]:
    """Posts an update; returns when it is being handled."""
    task = asyncio.create_task(hook.post(update))
    await hook.begun.wait()
    return task


async def test_an_update_is_answered(hook: Hook, world: World, ada: Person) -> None:
    """200 with nothing in it says that an update is done, and the reply is on its way."""
    answer = await hook.post(says(ada, "/start"))
    assert (answer.status_code, answer.content) == (200, b"")
    assert await world.count(ChatSession) == 1
    await world.settle()
    assert ada.last.text.startswith("Hi Ada!")
    assert hook.count(200) == 1


async def test_the_answer_comes_after_the_commit(hook: Hook, world: World, ada: Person) -> None:
    """As long as an update is not done, Telegram is not told so."""
    async with kept_waiting(ada):
        answer = await begun(hook, says(ada, "/start"))
        await asyncio.wait([answer], timeout=0)
        assert not answer.done()
        assert await world.count(ChatSession) == 0
    assert (await answer).status_code == 200
    assert await world.count(ChatSession) == 1


async def test_an_update_that_comes_again(hook: Hook, world: World, ada: Person) -> None:
    """What was answered before is confirmed again, and nothing more happens."""
    update = says(ada, "/start")
    assert [(await hook.post(update)).status_code for _ in range(2)] == [200, 200]
    await world.settle()
    assert len(ada.said) == 1


@pytest.mark.parametrize(
    "secret",
    [None, b"", SECRET[:-1].encode(), SECRET.encode() + b"x", SECRET.upper().encode(), b"\xff" * 25, b"\xc3\xa4"],
)
async def test_whoever_does_not_know_the_secret(hook: Hook, world: World, ada: Person, secret: bytes | None) -> None:
    """A wrong or missing secret is refused without a word, before the body is read, and nothing changes."""
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append("the body")
        yield b"{}"

    headers = {} if secret is None else {b"X-Telegram-Bot-Api-Secret-Token": secret}
    answer = await hook.client.post("/telegram", content=body(), headers=headers)
    assert (answer.status_code, answer.content, read) == (403, b"", [])
    answer = await hook.client.post("/telegram", json=says(ada, "/start"), headers=headers)
    assert answer.status_code == 403
    assert await world.count(ChatSession) == 0
    assert hook.count(403) == 2


async def test_the_largest_update(hook: Hook, world: World, ada: Person) -> None:
    """A body of a megabyte is read, and one byte more is not."""
    update = json.dumps(says(ada, "/start")).encode()
    padded = update + b" " * (BODY_LIMIT - len(update))
    assert (await hook.client.post("/telegram", content=padded + b" ", headers=KNOWN)).status_code == 413
    assert await world.count(ChatSession) == 0
    assert (await hook.client.post("/telegram", content=padded, headers=KNOWN)).status_code == 200
    assert await world.count(ChatSession) == 1


async def test_a_body_without_end(hook: Hook) -> None:
    """No more of a body is read than it takes to see that it is too long."""
    part = b" " * (BODY_LIMIT // 4)
    read = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield part

    answer = await hook.client.post("/telegram", content=parts(), headers=KNOWN)
    assert (answer.status_code, read) == (413, 5)


# What no Bot API server sends.
IDS = ("null", '"1"', "true", "1.0", "-1", str(2**63), "1e3", "NaN", "{}", "9" * 5000)
GARBAGE = [b"", b"{", b"{}", b"[]", b"null", b"\xff\xfe", b"update_id=1", b"[" * 100_000]
GARBAGE += [b'{"update_id": %s}' % value.encode() for value in IDS]


@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: body[:30].decode(errors="replace"))
async def test_what_is_no_update(hook: Hook, world: World, body: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """What was damaged on its way is not confirmed, so that it comes again; the log says so, and not what it was."""
    answer = await hook.client.post("/telegram", content=body, headers=KNOWN)
    assert (answer.status_code, answer.content) == (400, b"")
    assert caplog.messages == [f"what came to the webhook is no update: {len(body)} bytes"]
    assert await world.count(ChatSession) == 0


@pytest.mark.parametrize("update_id", [0, 2**31, 2**63 - 1])
async def test_the_ends_of_update_ids(hook: Hook, ada: Person, update_id: int) -> None:
    """Any id that the database can hold is one; also an update of a kind that the bot does not know."""
    assert (await hook.post({"update_id": update_id})).status_code == 200
    assert (await hook.post(says(ada, "/start") | {"update_id": update_id})).status_code == 200


async def test_a_lane_that_is_busy(
    hook: Hook, world: World, ada: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """When a person's earlier updates take too long, Telegram is asked to come again in a second; others go on."""
    monkeypatch.setattr(webhook, "PATIENCE", 0)
    update = says(ada, "/start")
    async with kept_waiting(ada):
        answer = await hook.post(update)
        assert (answer.status_code, answer.headers["Retry-After"], answer.content) == (503, "1", b"")
        assert (await hook.post(says(world.person("Ivan"), "/start"))).status_code == 200
        assert await world.count(ChatSession) == 1
    assert (await hook.post(update)).status_code == 200
    assert await world.count(ChatSession) == 2
    assert f"update {update['update_id']} comes again: earlier ones of the same person take long" in caplog.messages


async def test_a_bug_is_not_confirmed(hook: Hook, ada: Person) -> None:
    """Whatever goes wrong outside of the shelf's reach, Telegram keeps the update."""

    async def break_down(data: dict[str, Any], patience: float | None = None) -> None:
        raise ZeroDivisionError

    async def check() -> None:
        return None

    hook.webhook.open(break_down, check)
    assert (await hook.post(says(ada, "/start"))).status_code == 500


async def test_closing_waits_for_what_is_open(hook: Hook, world: World, ada: Person) -> None:
    """What is being handled when the end comes is finished and confirmed; what comes later is for somebody else."""
    async with kept_waiting(ada):
        answer = await begun(hook, says(ada, "/start"))
        closing = asyncio.create_task(hook.webhook.close())
        await asyncio.wait([closing], timeout=0)
        later = await hook.post(says(ada, "/me"))
        assert (later.status_code, "Retry-After" in later.headers) == (503, False)
        assert await hook.ready() == (503, "stopping")
        assert not closing.done()
    await closing
    assert (await answer).status_code == 200
    assert await world.count(ChatSession) == 1


async def test_closing_does_not_wait_for_ever(
    hook: Hook, world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update that cannot be finished in time is given back to Telegram."""
    monkeypatch.setattr(webhook, "GRACE", 0)
    async with kept_waiting(ada):
        answer = await begun(hook, says(ada, "/start"))
        await hook.webhook.close()
        assert (await answer).status_code == 503
    assert hook.webhook.handling == 0
    assert await world.count(ChatSession) == 0


async def test_a_server_that_is_ended(hook: Hook, world: World, ada: Person) -> None:
    """When the server gives up an answer, the update is given up with it."""
    async with kept_waiting(ada):
        answer = await begun(hook, says(ada, "/start"))
        [handling] = hook.webhook._open
        answer.cancel()
        await asyncio.wait([handling], timeout=1)
        assert handling.cancelled()
    assert await world.count(ChatSession) == 0


async def test_before_it_is_open(world: World, ada: Person) -> None:
    """A process that is starting lives, but takes nothing yet."""
    hook = Hook(world)
    async with hook.client:
        assert (await hook.client.get("/healthz")).status_code == 200
        assert await hook.ready() == (503, "starting")
        assert (await hook.post(says(ada, "/start"))).status_code == 503
    assert await world.count(ChatSession) == 0


async def test_ready(hook: Hook) -> None:
    """/readyz says what is missing, in a word; /healthz does not care."""
    assert await hook.ready() == (200, "ready")
    hook.missing = "database"
    assert await hook.ready() == (503, "database")
    assert (await hook.client.get("/healthz")).status_code == 200


async def test_other_paths_and_methods(hook: Hook) -> None:
    """There is nothing else to see."""
    assert (await hook.client.get("/telegram", headers=KNOWN)).status_code == 405
    for path in ("/", "/metrics", "/telegram/", "/docs"):
        assert (await hook.client.get(path)).status_code in {404, 307}
