import pytest

from bot.playground.detection import detect
from bot.playground.entities import Entity
from bot.playground.errors import ApiError
from bot.playground.formatting import caption, message_text, typed


def entity(kind: str, offset: int, length: int, **facts: object) -> Entity:
    return {"type": kind, "offset": offset, "length": length, **facts}


def refusal(text: str, *entities: Entity, **params: object) -> str:
    with pytest.raises(ApiError) as caught:
        message_text({"text": text, "entities": list(entities), **params})
    return caught.value.description.removeprefix("Bad Request: ")


def test_text_limit_counts_utf16_after_parsing() -> None:
    """4,096 code units are a message, tags and white space at the ends not counted; one more is too long."""
    assert message_text({"text": f"  <b>{'x' * 4096}</b>\n", "parse_mode": "HTML"}).text == "x" * 4096
    assert message_text({"text": "🏟" * 2048}).text == "🏟" * 2048
    assert refusal("x" * 4097) == "message is too long"
    assert refusal("🏟" * 2048 + "x") == "message is too long"


def test_caption_limit() -> None:
    """1,024 code units are a caption, one more is too long, none is fine."""
    assert caption({}).text == ""
    assert caption({"caption": "x" * 1024}).text == "x" * 1024
    with pytest.raises(ApiError, match="message caption is too long"):
        caption({"caption": "x" * 1025})


def test_empty_texts() -> None:
    """No text and a text of white space are refused, each in its own words."""
    assert refusal("") == "message text is empty"
    assert refusal(" \n ") == "text must be non-empty"
    assert refusal("<b> </b>", parse_mode="HTML") == "text must be non-empty"


def test_only_html_is_parsed() -> None:
    """Markdown, which Telegram would take, is refused here."""
    assert refusal("*a*", parse_mode="MarkdownV2") == "unsupported parse_mode"
    assert message_text({"text": "<b>a</b>", "parse_mode": "html"}).entities == [entity("bold", 0, 1)]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (entity("bold", -1, 1), "receive an entity with incorrect offset -1"),
        (entity("bold", 0, -1), "receive an entity with incorrect length -1"),
        (entity("bold", 100, 1), "entity begins after the end of the text at UTF-16 offset 100"),
        (entity("bold", 0, 6), "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 6"),
        (entity("sparkle", 0, 1), "can't parse MessageEntity: Unsupported type specified"),
        (entity("text_link", 0, 1), "can't parse MessageEntity: Can't find field \"url\""),
        (entity("text_link", 0, 1, url="not-a-url"), "entity URL 'not-a-url' is invalid: Wrong HTTP URL"),
        (entity("text_link", 0, 1, url=""), "entity URL '' is invalid: URL host is empty"),
        (
            entity("text_link", 0, 1, url="ftp://a.example"),
            "entity URL 'ftp://a.example' is invalid: Unsupported URL protocol",
        ),
    ],
)
def test_bad_entities(given: Entity, reason: str) -> None:
    """Entities that do not fit the text are refused in Telegram's words."""
    assert refusal("hello", given) == reason


def test_trimming_moves_entities() -> None:
    """White space goes from both ends, at the beginning up to the first entity, and entities move with the text."""
    found = message_text({"text": " \n hello  \n", "entities": [entity("bold", 3, 8)]})
    assert (found.text, found.entities) == ("hello", [entity("bold", 0, 5)])

    found = message_text({"text": "  a", "entities": [entity("bold", 1, 2)]})
    assert (found.text, found.entities) == (" a", [entity("bold", 0, 2)])


def test_control_characters() -> None:
    """Carriage returns go, other control characters become spaces, and entities stay in place."""
    found = message_text({"text": "a\r\n\tb", "entities": [entity("bold", 4, 1)]})

    assert (found.text, found.entities) == ("a\n b", [entity("bold", 3, 1)])


def test_bold_is_cut_around_code() -> None:
    """Code contains no other formatting: bold is cut in pieces around it, a link in it goes."""
    source = '<b>one <code>two</code> three</b> <pre><a href="a.example">four</a></pre>'

    assert message_text({"text": source, "parse_mode": "HTML"}).entities == [
        entity("bold", 0, 4),
        entity("code", 4, 3),
        entity("bold", 7, 6),
        entity("pre", 14, 4),
    ]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("/start c_PY101", {"bot_command": "/start"}),
        ("see /help@syllabot_bot.", {"bot_command": "/help@syllabot_bot"}),
        ("and/or 1/2 </b> /привет", {}),
        ("write to ada@example.org, please", {"email": "ada@example.org"}),
        ("(https://a.example/x?y=1#z).", {"url": "https://a.example/x?y=1#z"}),
        ("on example.com/a and x.y", {"url": "example.com/a"}),
        ("🏟 @ada and @a", {"mention": "@ada"}),
        ("#compilers #1", {"hashtag": "#compilers"}),
    ],
)
def test_detection(text: str, kinds: dict[str, str]) -> None:
    """Telegram finds commands, addresses, links, mentions and hashtags by itself."""
    units = text.encode("utf-16-le")
    found = detect(text, [])

    words = {one["type"]: units[one["offset"] * 2 :][: one["length"] * 2].decode("utf-16-le") for one in found}
    assert words == kinds
    assert len(found) == len(kinds)


def test_nothing_is_found_in_code_and_links() -> None:
    """A command in code and an address that is a link already stay as they are."""
    given = [entity("code", 0, 5), entity("text_link", 6, 9, url="https://b.example/")]

    assert detect("/help a.example", given) == given


def test_typed_text_has_both() -> None:
    """What a person formats and what Telegram finds are together, in order."""
    found = typed(" /start now ", [entity("bold", 8, 3)])

    assert found.text == "/start now"
    assert found.entities == [entity("bot_command", 0, 6), entity("bold", 7, 3)]
