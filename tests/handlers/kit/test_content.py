import json
from typing import Any

import pytest
from telegram import Message

from handlers.kit.content import (
    Content,
    Kind,
    UnreadableContentError,
    Unsupported,
    UnsupportedContent,
    content_from_message,
)
from handlers.kit.rich import Entity, RichText

FILE: dict[str, Any] = {"file_id": "F1", "file_unique_id": "U1", "file_size": 9}
MOVIE = {**FILE, "width": 4, "height": 3, "duration": 2}


def message(**fields: Any) -> Message:
    """Return a message in a private chat, as it comes from the Bot API."""
    data = {"message_id": 1, "date": 1700000000, "chat": {"id": 7, "type": "private", "first_name": "Ada"}, **fields}
    return Message.de_json(data)


def taken(**fields: Any) -> Content:
    """Return the block that such a message makes."""
    return content_from_message(message(**fields))


def test_text_keeps_its_formatting() -> None:
    """A text message becomes a text block with its entities."""
    bold: Entity = {"type": "bold", "offset": 3, "length": 2}
    assert taken(text="😀 hi", entities=[bold]) == Content(Kind.TEXT, RichText("😀 hi", (bold,)))


def test_text_keeps_its_link_preview() -> None:
    """How the author had the preview shown is kept."""
    options = {"url": "https://example.org/", "prefer_small_media": True}
    assert taken(text="See there", link_preview_options=options).options == {"link_preview_options": options}


@pytest.mark.parametrize(
    ("text", "offset", "length", "kind", "found"),
    [
        ("https://a.org/😀", 0, 16, Kind.LINK, "url"),
        ("See https://a.org/", 4, 14, Kind.TEXT, "url"),
        ("https://a.org/ or so", 0, 14, Kind.TEXT, "url"),
        ("ada@a.org", 0, 9, Kind.TEXT, "email"),
    ],
)
def test_link_is_a_text_that_is_one_address(text: str, offset: int, length: int, kind: Kind, found: str) -> None:
    """A message that is nothing but one web address is a link, any other one a text."""
    assert taken(text=text, entities=[{"type": found, "offset": offset, "length": length}]).kind is kind


def test_photo_is_kept_in_its_largest_size() -> None:
    """Of the sizes of a photo the largest one is taken, wherever it stands."""
    sizes = [{**FILE, "file_id": f"F{width}", "width": width, "height": width} for width in (90, 800, 320)]
    content = taken(photo=sizes)
    assert (content.kind, content.file_id, content.file_unique_id) == (Kind.PHOTO, "F800", "U1")


@pytest.mark.parametrize(
    ("kind", "data", "file_name", "facts"),
    [
        (Kind.VIDEO, {**MOVIE, "file_name": "a.mp4"}, "a.mp4", {"duration": 2, "height": 3, "width": 4}),
        (
            Kind.AUDIO,
            {**FILE, "duration": 2, "title": "Fugue", "file_name": "a.mp3"},
            "a.mp3",
            {"duration": 2, "title": "Fugue"},
        ),
        (Kind.VOICE, {**FILE, "duration": 2}, None, {"duration": 2}),
        (Kind.DOCUMENT, {**FILE, "file_name": "a.pdf"}, "a.pdf", {}),
    ],
)
def test_file_is_kept_with_its_name_and_caption(
    kind: Kind, data: dict[str, Any], file_name: str | None, facts: dict[str, Any]
) -> None:
    """A file becomes a block of its kind, with its name, the caption as formatted, and what is known of it."""
    italic: Entity = {"type": "italic", "offset": 0, "length": 4}
    content = taken(**{kind.value: data}, caption="Look", caption_entities=[italic])
    text = RichText("Look", (italic,))
    assert content == Content(kind, text, file_id="F1", file_unique_id="U1", file_name=file_name, facts=facts)


def test_animation_is_no_document() -> None:
    """An animation, which Telegram calls a document too, is taken as the animation."""
    assert taken(animation=MOVIE, document=FILE).kind is Kind.ANIMATION


def test_live_photo_is_its_still_picture() -> None:
    """A live photo, which Telegram sends with its still picture, is taken as a photo."""
    still = [{**FILE, "width": 9, "height": 9}]
    assert taken(photo=still, live_photo=MOVIE).kind is Kind.PHOTO


def test_part_of_an_album_knows_it() -> None:
    """A file of an album keeps the album's id, so that the parts find together again."""
    assert taken(video=MOVIE, media_group_id="42").album == "42"


def test_looks_of_a_picture_are_kept() -> None:
    """The spoiler cover and the caption's place above the picture are kept."""
    content = taken(video=MOVIE, has_media_spoiler=True, show_caption_above_media=True, caption="Boo")
    assert content.options == {"has_spoiler": True, "show_caption_above_media": True}


def test_looks_that_a_kind_has_not_are_dropped() -> None:
    """A flag that sendDocument does not take is not kept."""
    assert taken(document=FILE, has_media_spoiler=True).options == {}


PLACE = {"longitude": 1, "latitude": 2}
STICKER = {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
POLL = {
    "id": "1",
    "question": "?",
    "options": [],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"sticker": STICKER}, Unsupported.STICKER),
        ({"poll": POLL}, Unsupported.POLL),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, Unsupported.CONTACT),
        ({"location": PLACE}, Unsupported.LOCATION),
        ({"venue": {"location": PLACE, "title": "T", "address": "A"}, "location": PLACE}, Unsupported.LOCATION),
        ({"video_note": {**FILE, "length": 1, "duration": 1}}, Unsupported.VIDEO_NOTE),
        ({"dice": {"value": 1, "emoji": "🎲"}}, Unsupported.DICE),
        ({"rich_message": {"blocks": []}}, Unsupported.RICH_MESSAGE),
        ({"new_chat_title": "Fun"}, Unsupported.OTHER),
        ({"sent_from_the_future": True}, Unsupported.OTHER),
    ],
)
def test_what_no_lesson_is_made_of(fields: dict[str, Any], reason: Unsupported) -> None:
    """A message that cannot be shown again as a block is refused with the reason."""
    with pytest.raises(UnsupportedContent) as refusal:
        taken(**fields)
    assert refusal.value.reason is reason


@pytest.mark.parametrize(
    "content",
    [
        Content(Kind.TEXT, RichText.styled("Hi", "bold"), options={"link_preview_options": {"is_disabled": True}}),
        Content(
            Kind.PHOTO,
            RichText(""),
            file_id="F1",
            file_unique_id="U1",
            file_name="a.png",
            album="42",
            options={"has_spoiler": True},
        ),
        Content(Kind.VOICE, RichText(""), file_unique_id="U1", facts={"duration": 2}),
    ],
)
def test_json_round_trip(content: Content) -> None:
    """What is stored as JSON comes back equal."""
    assert Content.from_json(json.loads(json.dumps(content.to_json()))) == content


def test_stored_form_is_stable() -> None:
    """The first version's JSON is read for ever: this one was written by it."""
    stored = {
        "version": 1,
        "kind": "video",
        "text": "Hi",
        "entities": [{"type": "bold", "offset": 0, "length": 2}],
        "file_id": "F1",
        "file_unique_id": "U1",
        "album": "42",
        "options": {"has_spoiler": True},
    }
    content = Content(
        Kind.VIDEO,
        RichText.styled("Hi", "bold"),
        file_id="F1",
        file_unique_id="U1",
        album="42",
        options={"has_spoiler": True},
    )
    assert Content.from_json(stored) == content
    assert content.to_json() == stored


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": 2}, "version 2.*reads version 1"),
        ({"version": None}, "version None"),
        ({"kind": "hologram"}, "hologram"),
        ({"options": {"has_spoiler": True}}, "text takes no has_spoiler"),
    ],
)
def test_unknown_content_is_refused(change: dict[str, Any], sentence: str) -> None:
    """Content of an unknown version, kind or option is an error that names it."""
    with pytest.raises(UnreadableContentError, match=sentence):
        Content.from_json({"version": 1, "kind": "text", "text": "Hi", **change})


def test_incomplete_content_is_refused() -> None:
    """Content that lacks what every block has is an error that names it."""
    with pytest.raises(UnreadableContentError, match="without 'kind'"):
        Content.from_json({"version": 1, "text": "Hi"})


def test_option_that_the_method_does_not_take_is_refused() -> None:
    """A voice message cannot be made with a spoiler: sendVoice knows none."""
    with pytest.raises(ValueError, match="voice takes no has_spoiler"):
        Content(Kind.VOICE, RichText(""), file_id="F1", options={"has_spoiler": True})
