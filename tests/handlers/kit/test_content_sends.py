import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.kit.content import Content, Kind, Send, sends_for
from handlers.kit.rich import Entity, RichText

HEADER = RichText.styled("Parsing", "bold")
NO_PREVIEW = {"is_disabled": True}


def text(words: str, *entities: Entity, **options: Any) -> Content:
    """Return a text block."""
    return Content(Kind.TEXT, RichText(words, entities), options=options)


def file(kind: Kind, name: str = "F1", caption: str = "", album: str | None = None, **options: Any) -> Content:
    """Return a block that is a file."""
    return Content(kind, RichText(caption), file_id=name, album=album, options=options)


def album(kind: Kind, count: int, name: str = "A") -> list[Content]:
    """Return so many files of one album."""
    return [file(kind, f"F{index}", album=name) for index in range(count)]


def link(offset: int, length: int) -> Entity:
    """Return the entity that Telegram puts on an address."""
    return Entity(type="url", offset=offset, length=length)


def sizes(sends: list[Send]) -> list[int]:
    """Return how many files each call sends."""
    return [len(params.get("media", "1")) for _, params in sends]


def test_nothing_is_shown_by_nothing() -> None:
    """A lesson without blocks needs no calls, a blank text none either."""
    assert sends_for([]) == []
    assert sends_for([text(" \n")], header=RichText(" ")) == []


def test_text_is_sent_with_its_formatting() -> None:
    """A text goes as sendMessage, with entities and preview options only when it has some."""
    options = {"prefer_large_media": True}
    bold = RichText.styled("Hi", "bold")
    styled = Content(Kind.TEXT, bold, options={"link_preview_options": options})
    assert sends_for([text("Hi"), styled]) == [
        ("sendMessage", {"text": "Hi"}),
        ("sendMessage", {"text": "Hi", "entities": [*bold.entities], "link_preview_options": options}),
    ]


def test_link_is_sent_as_a_text() -> None:
    """A link goes as the message it was, so that Telegram shows its preview."""
    assert sends_for([Content(Kind.LINK, RichText("https://a.org"))]) == [("sendMessage", {"text": "https://a.org"})]


def test_long_text_is_split() -> None:
    """A text longer than a message goes as several, in order."""
    sends = sends_for([text("a" * 4000 + "\n\n" + "b" * 4000)])
    assert [(method, params["text"]) for method, params in sends] == [
        ("sendMessage", "a" * 4000),
        ("sendMessage", "b" * 4000),
    ]


def test_split_text_shows_one_preview() -> None:
    """Of a text in several messages only the first one with a link shows a preview, as the whole text would."""
    long = "a" * 4000 + "\n\n" + "b" * 4000 + " https://b.org\n\n" + "c" * 4000 + " https://c.org"
    links = (link(long.index("https://b"), 13), link(long.index("https://c"), 13))
    options = {"show_above_text": True}
    sends = sends_for([text(long, *links, link_preview_options=options)])
    assert [params.get("link_preview_options") for _, params in sends] == [NO_PREVIEW, options, NO_PREVIEW]


def test_header_stands_on_the_first_text() -> None:
    """The header and the first text make one message when both fit."""
    [(method, params)] = sends_for([text("Hi")], header=HEADER)
    assert method == "sendMessage"
    assert params == {"text": "Parsing\n\nHi", "entities": [*HEADER.entities]}


def test_header_stands_on_a_long_text_that_has_room() -> None:
    """The header goes on a text of several messages when they stay as many."""
    sends = sends_for([text("a" * 4000 + "\n\n" + "b" * 4000)], header=HEADER)
    assert [params["text"][:9] for _, params in sends] == ["Parsing\n\n", "b" * 9]


@pytest.mark.parametrize("first", [text("a" * 4096), file(Kind.PHOTO), text(" ")])
def test_header_stands_alone_where_it_has_no_room(first: Content) -> None:
    """The header is a message of its own before a full text, a file or a blank text."""
    own = ("sendMessage", {"text": "Parsing", "entities": [*HEADER.entities], "link_preview_options": NO_PREVIEW})
    assert sends_for([first], header=HEADER) == [own, *sends_for([first])]


def test_header_of_an_empty_lesson() -> None:
    """A lesson without blocks still has its header."""
    assert [method for method, _ in sends_for([], header=HEADER)] == ["sendMessage"]


@pytest.mark.parametrize(
    ("kind", "method", "parameter"),
    [
        (Kind.PHOTO, "sendPhoto", "photo"),
        (Kind.VIDEO, "sendVideo", "video"),
        (Kind.AUDIO, "sendAudio", "audio"),
        (Kind.VOICE, "sendVoice", "voice"),
        (Kind.DOCUMENT, "sendDocument", "document"),
        (Kind.ANIMATION, "sendAnimation", "animation"),
    ],
)
def test_file_is_sent_by_its_method(kind: Kind, method: str, parameter: str) -> None:
    """Every kind of file goes by its own method, with the caption as formatted."""
    caption = RichText.styled("Look", "bold")
    expected = {parameter: "F1", "caption": "Look", "caption_entities": [*caption.entities]}
    assert sends_for([Content(kind, caption, file_id="F1")]) == [(method, expected)]
    assert sends_for([file(kind)]) == [(method, {parameter: "F1"})]


def test_looks_of_a_picture_are_sent() -> None:
    """The spoiler cover and the place of the caption go along, the place only with a caption."""
    looks: dict[str, Any] = {"has_spoiler": True, "show_caption_above_media": True}
    captioned, bare = sends_for([file(Kind.VIDEO, caption="Boo", **looks), file(Kind.VIDEO, **looks)])
    assert captioned == ("sendVideo", {"video": "F1", "caption": "Boo", **looks})
    assert bare == ("sendVideo", {"video": "F1", "has_spoiler": True})


def test_long_caption_follows_as_text() -> None:
    """A caption of 1024 UTF-16 units stays with its file, a longer one follows it, without link previews."""
    fits, long = "😀" * 512, "😀" * 512 + "!"
    assert sends_for([file(Kind.PHOTO, caption=fits)]) == [("sendPhoto", {"photo": "F1", "caption": fits})]
    assert sends_for([file(Kind.PHOTO, caption=long, show_caption_above_media=True)]) == [
        ("sendPhoto", {"photo": "F1"}),
        ("sendMessage", {"text": long, "link_preview_options": NO_PREVIEW}),
    ]


def test_album_is_one_call() -> None:
    """Photos and videos of one album go as one, each with its own caption and looks."""
    parts = [
        file(Kind.PHOTO, "P", "One", album="A", show_caption_above_media=True),
        file(Kind.VIDEO, "V", album="A", has_spoiler=True),
    ]
    media = [
        {"type": "photo", "media": "P", "caption": "One", "show_caption_above_media": True},
        {"type": "video", "media": "V", "has_spoiler": True},
    ]
    assert sends_for(parts) == [("sendMediaGroup", {"media": media})]


def test_long_captions_follow_the_album() -> None:
    """The captions that are too long come after the whole album, in its order."""
    parts = [
        replace(part, text=RichText(letter * 1025)) for part, letter in zip(album(Kind.PHOTO, 2), "ab", strict=True)
    ]
    sends = sends_for([*parts, text("c")])
    assert [params.get("text", "album")[0] for _, params in sends] == ["a", "a", "b", "c"]
    assert sends[0] == ("sendMediaGroup", {"media": [{"type": "photo", "media": f"F{index}"} for index in range(2)]})


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (album(Kind.PHOTO, 1), [1]),
        (album(Kind.PHOTO, 2), [2]),
        (album(Kind.DOCUMENT, 3) + album(Kind.AUDIO, 2), [3, 2]),
        (album(Kind.DOCUMENT, 2) + album(Kind.PHOTO, 1), [2, 1]),
        (album(Kind.PHOTO, 2, "A") + album(Kind.PHOTO, 2, "B"), [2, 2]),
        ([*album(Kind.PHOTO, 2), text("between"), *album(Kind.PHOTO, 2)], [2, 1, 2]),
        (album(Kind.VOICE, 2) + album(Kind.ANIMATION, 2), [1, 1, 1, 1]),
        ([file(Kind.PHOTO), file(Kind.PHOTO)], [1, 1]),
        (album(Kind.PHOTO, 10), [10]),
        (album(Kind.PHOTO, 11), [5, 6]),
        (album(Kind.PHOTO, 21), [7, 7, 7]),
    ],
)
def test_album_keeps_to_what_telegram_groups(blocks: list[Content], expected: list[int]) -> None:
    """Only neighbours of one album and family go together, two to ten a call, and what is left alone goes alone."""
    assert sizes(sends_for(blocks)) == expected


@given(st.integers(2, 200))
def test_no_part_of_a_long_album_is_alone(count: int) -> None:
    """However long an album became, its parts have two to ten files and keep their order."""
    sends = sends_for(album(Kind.PHOTO, count))
    assert all(2 <= size <= 10 for size in sizes(sends))
    assert [item["media"] for _, params in sends for item in params["media"]] == [f"F{n}" for n in range(count)]


def test_a_file_is_a_reference() -> None:
    """What is known by its unique id is looked up when it is sent; words for the case that it is lost go along."""
    blocks = [
        Content(kind, RichText(""), file_id=file_id, file_unique_id="U", album="1")
        for kind, file_id in ((Kind.VOICE, "F"), (Kind.PHOTO, "F"), (Kind.PHOTO, None))
    ]
    voice, album_of_two = sends_for(blocks, header=HEADER, missing="Gone.")[1:]
    known = {"medium": "U", "missing": "Gone.", "file_id": "F"}
    assert voice == ("sendVoice", {"voice": known})
    unknown = {"medium": "U", "missing": "Gone."}
    assert [item["media"] for item in album_of_two[1]["media"]] == [known, unknown]


def test_file_without_an_id_is_refused() -> None:
    """A file that nothing names cannot be sent, which is said before Telegram says it."""
    with pytest.raises(ValueError, match=r"photo a.png has no id"):
        sends_for([Content(Kind.PHOTO, RichText(""), file_name="a.png")])


def test_sends_are_plain_data_of_their_own() -> None:
    """The calls are JSON data, and changing them changes no block."""
    options = {"is_disabled": True}
    block = Content(Kind.TEXT, RichText.styled("Hi", "bold"), options={"link_preview_options": options})
    [(_, params)] = sends_for([block])
    assert json.loads(json.dumps(params)) == params
    params["entities"][0]["length"] = 0
    params["link_preview_options"].clear()
    assert block.text == RichText.styled("Hi", "bold")
    assert options == {"is_disabled": True}
