import struct

import pytest
from telegram import Bot

from bot.playground import files
from bot.playground.errors import ApiError
from bot.playground.files import Upload
from bot.playground.images import PIXEL, measure
from bot.playground.miniature import Miniature
from tests.bot.playground.conftest import ADA, TOKEN, Refusal


async def test_upload_comes_back(bot: Bot) -> None:
    """A document can be downloaded as it was sent."""
    message = await bot.send_document(ADA, b"notes", filename="notes.txt", caption="Notes")

    document = message.document
    assert document is not None
    assert (document.file_name, document.mime_type, document.file_size) == ("notes.txt", "text/plain", 5)
    file = await bot.get_file(document)
    assert bytes(await file.download_as_bytearray()) == b"notes"


async def test_known_file_is_sent_again(miniature: Miniature, bot: Bot, refusal: Refusal) -> None:
    """A file id sends the same file again, as the same kind only."""
    update = miniature.send_file(ADA, "voice", b"sound", duration=3)
    voice = update["message"]["voice"]

    again = await bot.send_voice(ADA, voice["file_id"])

    assert again.voice is not None
    assert again.voice.file_id == voice["file_id"]
    assert again.to_dict()["voice"] == voice
    words = await refusal("sendPhoto", chat_id=ADA, photo=voice["file_id"])
    assert words == "Bad Request: can't use file of type VoiceNote as Photo"


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("AgACAgnonsense", "wrong file identifier/HTTP URL specified"),
        ("https://a.example/picture.jpg", "failed to get HTTP URL content"),
        ("attach://missing", "can't parse InputMedia: media not found"),
    ],
)
async def test_unknown_files(refusal: Refusal, file: str, reason: str) -> None:
    """What is no file of this bot is refused; the playground fetches nothing from the network."""
    assert await refusal("sendPhoto", chat_id=ADA, photo=file) == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    ("kind", "data", "status", "words"),
    [
        ("photo", b"", 400, "Bad Request: file must be non-empty"),
        ("photo", b"no picture", 400, "Bad Request: IMAGE_PROCESS_FAILED"),
        ("photo", PIXEL + bytes(files.PHOTO_LIMIT), 413, "Request Entity Too Large"),
        ("video", bytes(files.UPLOAD_LIMIT + 1), 413, "Request Entity Too Large"),
    ],
)
async def test_uploads_that_are_refused(miniature: Miniature, kind: str, data: bytes, status: int, words: str) -> None:
    """Empty files, photos that are no pictures and files over the limits are refused."""
    with pytest.raises(ApiError) as caught:
        await miniature.call(TOKEN, f"send{kind.title()}", {"chat_id": ADA}, {kind: Upload(data)})

    assert (caught.value.error_code, caught.value.description) == (status, words)


async def test_download_limit(miniature: Miniature, bot: Bot, refusal: Refusal) -> None:
    """20 MB can be downloaded, not a byte more."""
    exact = miniature.send_file(ADA, "document", bytes(files.DOWNLOAD_LIMIT))["message"]["document"]
    more = miniature.send_file(ADA, "document", bytes(files.DOWNLOAD_LIMIT + 1))["message"]["document"]

    assert (await bot.get_file(exact["file_id"])).file_size == files.DOWNLOAD_LIMIT
    assert await refusal("getFile", file_id=more["file_id"]) == "Bad Request: file is too big"
    assert await refusal("getFile", file_id="nonsense") == (
        "Bad Request: wrong file_id or the file is temporarily unavailable"
    )


async def test_a_file_id_is_for_one_bot(miniature: Miniature) -> None:
    """Another bot's file id is refused, a new secret behind the same digits changes nothing."""
    document = miniature.send_file(ADA, "document", b"notes")["message"]["document"]
    wish = {"chat_id": ADA, "document": document["file_id"]}
    miniature.change_token("43:other")
    with pytest.raises(ApiError, match="wrong file identifier/HTTP URL specified"):
        await miniature.call("43:other", "sendDocument", wish)
    with pytest.raises(ApiError, match="wrong file_id or the file is temporarily unavailable"):
        await miniature.call("43:other", "getFile", {"file_id": document["file_id"]})
    again = miniature.send_file(ADA, "document", b"notes")["message"]["document"]
    assert again["file_id"] != document["file_id"]
    renewed = f"{TOKEN.partition(':')[0]}:renewed"
    miniature.change_token(renewed)
    assert (await miniature.call(renewed, "sendDocument", wish))["document"] == document


def test_download_of_nothing(miniature: Miniature) -> None:
    """A path that was never given out is not found."""
    with pytest.raises(ApiError, match="Not Found"):
        miniature.download(TOKEN, "documents/file_99.txt")
    with pytest.raises(ApiError, match="Not Found"):
        miniature.download(TOKEN, "../../etc/passwd")


def test_photo_has_sizes(miniature: Miniature) -> None:
    """A photo comes in several sizes, the largest last, each with its own id."""
    header = b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", 2000, 1000)

    sizes = miniature.send_file(ADA, "photo", header)["message"]["photo"]

    assert [(size["width"], size["height"]) for size in sizes] == [(90, 45), (320, 160), (800, 400), (1280, 640)]
    assert len({size["file_id"] for size in sizes}) == 4


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (PIXEL, (1, 1)),
        (b"GIF89a" + struct.pack("<HH", 7, 5), (7, 5)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 5, 7) + b"\x01", (7, 5)),
        (b"RIFF....WEBPVP8X" + bytes(8) + b"\x06\x00\x00\x04\x00\x00", (7, 5)),
        (b"RIFF....WEBPVP8 " + bytes(10) + struct.pack("<HH", 7, 5), (7, 5)),
        (b"RIFF....WEBPVP8L" + bytes(5) + (6 | 4 << 14).to_bytes(4, "little"), (7, 5)),
        (b"\xff\xd8\xff", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"<svg/>", None),
        (b"", None),
    ],
)
def test_measure(data: bytes, size: tuple[int, int] | None) -> None:
    """Pictures are measured by their first bytes; what is cut short or no picture has no size."""
    assert measure(data) == size
