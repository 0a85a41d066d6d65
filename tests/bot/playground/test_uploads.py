"""Files that the page sends: albums, documents, and answers to a message."""

import httpx

from bot.playground.images import PIXEL
from bot.playground.miniature import Miniature
from tests.bot.playground.conftest import ADA, IVAN
from tests.bot.playground.test_server import client

__all__ = ["client"]


async def test_uploads_of_the_page(client: httpx.AsyncClient, miniature: Miniature) -> None:
    """Several pictures are an album with one caption; other files are sent as what they are."""
    pictures = [("files", (f"{number}.png", PIXEL, "image/png")) for number in range(12)]
    sound = ("files", ("a.mp3", b"x", "audio/mpeg"))
    facts = {"person": str(IVAN), "caption": "look", "caption_entities": '[{"type":"bold","offset":0,"length":4}]'}

    answer = await client.post("/play/upload", data=facts, files=[*pictures, sound])

    assert answer.status_code == 200
    seen = miniature.chat(IVAN)
    albums = [one.album for one in seen]
    assert [one.kind for one in seen] == ["photo"] * 12 + ["audio"]
    assert (len(set(albums[:10])), len(set(albums[10:12])), albums[12]) == (1, 1, None)
    assert [one.caption for one in seen] == ["look"] + [""] * 12
    assert seen[0].entities == [{"type": "bold", "offset": 0, "length": 4}]

    await client.post("/play/upload", data=facts | {"as_documents": "true"}, files=pictures[:1])
    assert miniature.chat(IVAN)[-1].kind == "document"
    assert (await client.post("/play/upload", data=facts)).status_code == 400


async def test_files_that_answer_a_message(client: httpx.AsyncClient, miniature: Miniature) -> None:
    """Each of the files is a reply; to a message that is not there, none is sent."""
    answered = miniature.chat(ADA)[0].id
    pictures = [("files", (f"{number}.png", PIXEL, "image/png")) for number in range(2)]
    files = [*pictures, ("files", ("a.txt", b"x", "text/plain"))]
    facts = {"person": str(ADA), "reply_to": str(answered)}

    assert (await client.post("/play/upload", data=facts, files=files)).status_code == 200
    sent = miniature.take_updates()
    assert [update["message"]["reply_to_message"]["message_id"] for update in sent] == [answered] * 3

    for wrong in ("999", "none"):
        refused = await client.post("/play/upload", data=facts | {"reply_to": wrong}, files=files)
        assert refused.status_code == 400, wrong
    assert miniature.take_updates() == []
