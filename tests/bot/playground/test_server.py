import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.types import Message, Scope

from bot.playground import server
from bot.playground.events import Events
from bot.playground.images import PIXEL
from bot.playground.miniature import Miniature
from bot.playground.server import build_app
from tests.bot.playground.conftest import ADA, TOKEN

ADDRESS = "http://127.0.0.1:8081"
PAGE = Path(server.__file__).with_name("page")


@pytest.fixture
async def client(miniature: Miniature) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=build_app(miniature, Events(miniature.world)))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client


def api(method: str) -> str:
    return f"/bot{TOKEN}/{method}"


async def test_ways_to_call(client: httpx.AsyncClient) -> None:
    """Parameters come in the query, a form, multipart or JSON, by GET or POST."""
    params = {"chat_id": str(ADA), "text": "hello"}

    answers = [
        await client.get(api("sendMessage"), params=params),
        await client.post(api("sendMessage"), params=params),
        await client.post(api("sendMessage"), data=params),
        await client.post(api("sendMessage"), files={name: (None, value) for name, value in params.items()}),
        await client.post(api("sendMessage"), json={"chat_id": ADA, "text": "hello"}),
    ]

    assert [answer.status_code for answer in answers] == [200] * 5
    assert {answer.json()["result"]["text"] for answer in answers} == {"hello"}


async def test_refusals_over_http(client: httpx.AsyncClient) -> None:
    """A refusal has the status, the code and the words of the Bot API."""
    answer = await client.post(api("sendMessage"), json={"chat_id": 5, "text": "hello"})
    assert answer.status_code == 400
    assert answer.json() == {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}

    assert (await client.get("/bot43:OTHER/getMe")).json()["description"] == "Unauthorized"
    assert (await client.get(api("getMy"))).status_code == 404
    broken = await client.post(api("sendMessage"), content="{", headers={"Content-Type": "application/json"})
    assert broken.json()["description"] == "Bad Request: can't parse JSON object"


async def test_upload_and_download(client: httpx.AsyncClient) -> None:
    """A file goes up with multipart and comes down by its path."""
    answer = await client.post(api("sendDocument"), data={"chat_id": ADA}, files={"document": ("a.txt", b"notes")})
    file_id = answer.json()["result"]["document"]["file_id"]

    path = (await client.get(api("getFile"), params={"file_id": file_id})).json()["result"]["file_path"]
    assert (await client.get(f"/file/bot{TOKEN}/{path}")).content == b"notes"
    assert (await client.get(f"/file/bot43:OTHER/{path}")).status_code == 401


async def test_album_over_http(client: httpx.AsyncClient) -> None:
    """An album's files are attached by name."""
    media = [{"type": "photo", "media": "attach://one"}, {"type": "photo", "media": "attach://two"}]
    answer = await client.post(
        api("sendMediaGroup"),
        data={"chat_id": ADA, "media": json.dumps(media)},
        files={"one": ("1.png", PIXEL), "two": ("2.png", PIXEL)},
    )

    assert len(answer.json()["result"]) == 2


@pytest.mark.parametrize("path", ["/", "/page.js", "/play/state", f"/bot{TOKEN}/getMe"])
async def test_foreign_hosts(client: httpx.AsyncClient, path: str) -> None:
    """A name that is not this machine's, or another port, is refused: nobody rebinds their name to us."""
    for host in ("evil.example", "evil.example:8081", "127.0.0.1:80", "127.0.0.1"):
        assert (await client.get(path, headers={"Host": host})).status_code == 403
    for host in ("127.0.0.1:8081", "localhost:8081"):
        assert (await client.get(path, headers={"Host": host})).status_code == 200


async def test_foreign_pages(client: httpx.AsyncClient, miniature: Miniature) -> None:
    """A page of another site cannot post."""
    body = {"person": ADA, "text": "hello"}

    for origin in ("https://evil.example", "null", "http://localhost:8081", "http://127.0.0.1:8082"):
        answer = await client.post("/play/say", json=body, headers={"Origin": origin})
        assert answer.status_code == 403
    assert miniature.take_updates() == []
    assert (await client.post("/play/say", json=body, headers={"Origin": ADDRESS})).status_code == 200


async def test_foreign_pictures(client: httpx.AsyncClient, miniature: Miniature) -> None:
    """A picture on a page of another site, or of another program of this machine, makes no calls."""
    picture = f"{api('sendMessage')}?chat_id={ADA}&text=hello"
    for site in ("cross-site", "same-site"):
        assert (await client.get(picture, headers={"Sec-Fetch-Site": site})).status_code == 403
    assert [message.text for message in miniature.chat(ADA)] == ["/start"]
    for site in ("none", "same-origin"):
        assert (await client.get(picture, headers={"Sec-Fetch-Site": site})).status_code == 200


async def test_page(client: httpx.AsyncClient) -> None:
    """The page and its parts come from here, and may load from nowhere else."""
    page = await client.get("/")

    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    parts = [part.name for part in PAGE.iterdir()]
    assert {"page.js", "style.css", "icon.svg"} <= set(parts)
    for part in parts:
        answer = await client.get(f"/{part}")
        assert answer.status_code == 200
        assert "http:" not in answer.text.replace("http://www.w3.org/2000/svg", "").replace("`http://${", "").replace(
            '"http:"', ""
        )
    assert (await client.get("/../server.py")).status_code == 404


async def test_state_and_chat(client: httpx.AsyncClient, miniature: Miniature) -> None:
    """The page learns who there is, what was said last, and a whole chat with its menu."""
    await client.post(api("setMyCommands"), json={"commands": [{"command": "start", "description": "Begin"}]})

    state = (await client.get("/play/state")).json()
    assert [(person["name"], person["started"]) for person in state["people"]] == [
        ("Ada Lovelace", True),
        ("Ivan", False),
    ]
    assert state["people"][0]["last"]["text"] == "/start"
    assert state["listening"] is False
    await client.get(api("getUpdates"))
    assert (await client.get("/play/state")).json()["listening"] is True

    chat = (await client.get(f"/play/chat/{ADA}")).json()
    assert [message["text"] for message in chat["messages"]] == ["/start"]
    assert chat["commands"] == [{"command": "start", "description": "Begin"}]
    assert (await client.get("/play/chat/99")).status_code == 404


async def test_acts_over_http(client: httpx.AsyncClient, miniature: Miniature) -> None:
    """The page's acts are the person's; an impossible one is answered with its reason."""
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    sent = await client.post(api("sendMessage"), json={"chat_id": ADA, "text": "hello", "reply_markup": keyboard})
    bold = [{"type": "bold", "offset": 0, "length": 2}]

    async def act(name: str, **body: object) -> int:
        return (await client.post(f"/play/{name}", json={"person": ADA, **body})).status_code

    assert await act("say", text="hi there", entities=bold) == 200
    own = miniature.chat(ADA)[-1]
    assert own.entities == bold
    assert await act("edit", message_id=own.id, text="hi again") == 200
    assert await act("press", message_id=sent.json()["result"]["message_id"], data="b") == 200
    assert await act("block", blocked=True) == 200
    assert await act("block", blocked=False) == 200
    kinds = [next(name for name in update if name != "update_id") for update in miniature.take_updates()]
    assert kinds == ["message", "edited_message", "callback_query", "my_chat_member", "my_chat_member"]

    refused = await client.post("/play/press", json={"person": ADA, "message_id": own.id, "data": "b"})
    assert refused.status_code == 400
    assert "no button" in refused.json()["error"]
    assert await act("say") == 400
    assert await act("say", text="x", entities=[{"type": "bold", "offset": 5, "length": 9}]) == 400


async def test_add_person(client: httpx.AsyncClient) -> None:
    """The page can add people, who need a name."""
    answer = await client.post("/play/person", json={"first_name": "Edsger", "language_code": "nl"})

    people = (await client.get("/play/state")).json()["people"]
    assert (people[-1]["id"], people[-1]["language_code"]) == (answer.json()["id"], "nl")
    assert (await client.post("/play/person", json={"first_name": " "})).status_code == 400


HUGE = {"many digits": "9" * 30, "more than Python reads": "9" * 5000, "infinity": "1e400"}


@pytest.mark.parametrize("number", HUGE.values(), ids=HUGE)
async def test_numbers_that_are_too_large(client: httpx.AsyncClient, number: str) -> None:
    """They are refused as what they are, wherever they stand."""
    json_type = {"Content-Type": "application/json"}
    calls = {
        "sendMessage": f'{{"chat_id": {number}, "text": "a"}}',
        "deleteMessage": f'{{"chat_id": {ADA}, "message_id": {number}}}',
        "getUpdates": f'{{"timeout": {number}}}',
    }
    for method, body in calls.items():
        answer = await client.post(api(method), content=body, headers=json_type)
        assert (answer.status_code, answer.json()["error_code"]) == (400, 400), method
        form = await client.get(api(method), params={"chat_id": number, "text": "a", "message_id": number})
        assert form.status_code == 400, method
    for act in ("say", "read"):
        answer = await client.post(
            f"/play/{act}", content=f'{{"person": {number}, "text": "a", "message_id": 1}}', headers=json_type
        )
        assert answer.status_code == 400, act
    assert (await client.get(f"/play/chat/{number}")).status_code == 404


async def test_a_person_on_the_page(client: httpx.AsyncClient) -> None:
    """The page is told of people what it shows, and no more."""
    people = (await client.get("/play/state")).json()["people"]
    assert people[0].keys() == people[1].keys()
    scripts = "".join(part.read_text(encoding="utf-8") for part in PAGE.glob("*.js"))
    unused = [name for name in people[0] if f".{name}" not in scripts and f'"{name}"' not in scripts]
    assert unused == []
    assert people[0]["last"].keys() == {"text", "kind", "date"}


async def test_shown_files_are_harmless(client: httpx.AsyncClient, miniature: Miniature) -> None:
    """Pictures are shown in place; a page that somebody sends is a download and runs nothing."""
    miniature.send_file(ADA, "photo", PIXEL)
    miniature.send_file(ADA, "document", b"<script>", filename="a.html", mime_type="text/html")
    ids = [message.file_id for message in miniature.chat(ADA)[-2:]]
    picture, page = [await client.get(f"/play/file/{file_id}") for file_id in ids]

    assert picture.headers["content-type"] == "image/jpeg"
    assert page.headers["content-type"] == "application/octet-stream"
    assert page.headers["content-disposition"] == "attachment"
    assert "sandbox" in page.headers["content-security-policy"]
    assert (await client.get("/play/file/nonsense")).status_code == 404


async def test_events(miniature: Miniature) -> None:
    """The page hears of toasts, chat actions, changed chats and a bot that came, until the stream is ended."""
    events = Events(miniature.world)
    app = build_app(miniature, events)
    sent: list[bytes] = []
    headers = [(b"host", b"127.0.0.1:8081")]
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/play/events",
        "raw_path": b"/play/events",
        "query_string": b"",
        "headers": headers,
        "server": ("127.0.0.1", 8081),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message.get("body", b""))
        if message.get("body", b"").startswith(b"retry"):
            query = miniature.forge(ADA, 5, "x")["callback_query"]["id"]
            await miniature.call(TOKEN, "answerCallbackQuery", {"callback_query_id": query, "text": "Done!"})
            await miniature.call(TOKEN, "sendChatAction", {"chat_id": ADA, "action": "typing"})
            await miniature.call(TOKEN, "sendMessage", {"chat_id": ADA, "text": "hello"})
            await miniature.call(TOKEN, "getUpdates", {})
            events.end()

    scope["asgi"] = {"version": "3.0", "spec_version": "2.4"}
    await app(scope, receive, send)

    told = [json.loads(line.removeprefix(b"data: ")) for line in sent if line.startswith(b"data")]
    assert [event["kind"] for event in told] == ["answered", "toast", "action", "chat", "people"]
    assert told[1]["data"] == {"text": "Done!", "alert": False, "url": None}
    assert told[2]["data"] == "typing"
    assert [event["chat_id"] for event in told] == [ADA, ADA, ADA, ADA, 0]
