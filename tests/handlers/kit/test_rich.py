import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import MessageEntity

from handlers.kit.cuts import MAX_ENTITIES
from handlers.kit.rich import Entity, RichText, utf16_length

SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
FAMILY = "👨\u200d👩\u200d👧"


def entity(kind: str, offset: int, length: int) -> Entity:
    """Return an entity with nothing but its place."""
    return Entity(type=kind, offset=offset, length=length)


def texts(pieces: list[RichText]) -> list[str]:
    """Return the bare texts of some pieces."""
    return [piece.text for piece in pieces]


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("жук", 3), ("😀", 2), ("a😀\n", 4), ("\uffff", 1)])
def test_length_is_utf16(text: str, length: int) -> None:
    """A character outside the basic plane counts two, every other one."""
    assert utf16_length(text) == RichText(text).length == length == len(text.encode("utf-16-le")) // 2


def test_from_message_keeps_every_field() -> None:
    """Language, address, person and time of an entity survive the way into plain JSON data."""
    sent: list[dict[str, Any]] = [
        {"type": "pre", "offset": 0, "length": 2, "language": "python"},
        {"type": "text_link", "offset": 2, "length": 2, "url": "https://example.org/"},
        {"type": "text_mention", "offset": 4, "length": 2, "user": {"id": 7, "is_bot": False, "first_name": "Ada"}},
        {"type": "date_time", "offset": 6, "length": 2, "unix_time": 1700000000, "date_time_format": "r"},
        {"type": "custom_emoji", "offset": 8, "length": 2, "custom_emoji_id": "5"},
        {"type": "invented_later", "offset": 8, "length": 2, "colour": "red"},
    ]
    rich = RichText.from_message("aabbccdd😀", [MessageEntity.de_json(data) for data in sent])
    assert list(rich.entities) == sent
    assert all(type(data["type"]) is str for data in rich.entities)


def test_json_round_trip() -> None:
    """What is stored as JSON comes back equal."""
    rich = RichText.styled("Hi 😀", "bold", "italic")
    assert RichText.from_json(json.loads(json.dumps(rich.to_json()))) == rich
    assert RichText.from_json({"text": "plain"}) == RichText("plain")


def test_to_json_is_a_copy() -> None:
    """Changing the data of a text leaves the text as it was."""
    rich = RichText.styled("a", "bold")
    rich.to_json()["entities"][0]["length"] = 9
    assert rich == RichText.styled("a", "bold")


def test_styled_empty_text_has_no_entities() -> None:
    """Nothing cannot be bold: Telegram knows no empty entities."""
    assert RichText.styled("", "bold") == RichText("")


def test_addition_shifts_the_second_text() -> None:
    """Each half of a sum keeps its own formatting, counted in UTF-16 units."""
    total = RichText.styled("😀", "bold") + RichText(" and ") + RichText.styled("b", "italic")
    assert total == RichText("😀 and b", (entity("bold", 0, 2), entity("italic", 7, 1)))


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u200d", "\u00a0"])
def test_blank_text_has_no_pieces(text: str) -> None:
    """A text with nothing to see makes no message, which Telegram would refuse."""
    assert RichText(text).is_blank
    assert RichText(text).split() == []


def test_text_that_fits_is_returned_as_it_is() -> None:
    """A text of exactly the limit stays one piece, spaces at its ends included."""
    rich = RichText.styled(" 😀" + "a" * 6 + " ", "bold")
    assert rich.split(10) == [rich]


def test_limit_must_hold_an_emoji() -> None:
    """A limit that no emoji fits into is a mistake of the caller."""
    with pytest.raises(ValueError, match="1 UTF-16"):
        RichText("abc").split(1)


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("One. Two\nthree\n\nFour\nfive. Six", 24, ["One. Two\nthree", "Four\nfive. Six"]),
        ("One. Two\n \nthree four five six", 24, ["One. Two", "three four five six"]),
        ("One. Two three\nfour five six", 24, ["One. Two three", "four five six"]),
        ("One two. Three four five six", 24, ["One two.", "Three four five six"]),
        ("“One two.” Three four five six", 24, ["“One two.”", "Three four five six"]),
        ("One two three four five six", 24, ["One two three four five", "six"]),
        ("日本語です。漢字とかな。おわり", 12, ["日本語です。漢字とかな。", "おわり"]),
        ("One two.   \n\n\n   Three", 12, ["One two.", "Three"]),
        ("\n\n Onetwothree four", 12, ["Onetwothree", "four"]),
        ("Onetwothree \n\n", 12, ["Onetwothree"]),
        ("One two ", 4, ["One", "two"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ],
)
def test_cuts_between_the_largest_units(text: str, limit: int, pieces: list[str]) -> None:
    """A cut prefers paragraphs to lines to sentences to words to letters, and drops the whitespace there."""
    assert texts(RichText(text).split(limit)) == pieces


def test_title_is_not_left_alone() -> None:
    """A paragraph break at the very beginning is no good place to cut while there is another."""
    assert texts(RichText("Hi\n\nOne two. Three four five").split(20)) == ["Hi\n\nOne two.", "Three four five"]


def test_title_is_left_alone_before_letters_are_torn() -> None:
    """An early paragraph break is still better than a cut inside a word."""
    assert texts(RichText("Hi\n\n" + "x" * 18).split(20)) == ["Hi", "x" * 18]


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("aaa😀b", 4, ["aaa", "😀b"]),
        ("aaae\u0301\u0323b", 4, ["aaa", "e\u0301\u0323b"]),
        ("ab" + FAMILY, 8, ["ab", FAMILY]),
        ("ab👍🏽c", 5, ["ab", "👍🏽c"]),
        ("🇩🇪🇫🇷🇮🇹", 10, ["🇩🇪🇫🇷", "🇮🇹"]),
        ("a" + SCOTLAND, 14, ["a", SCOTLAND]),
        ("ab1\ufe0f\u20e3", 4, ["ab", "1\ufe0f\u20e3"]),
        (FAMILY, 3, ["👨\u200d", "👩\u200d", "👧"]),
    ],
)
def test_hard_cut_spares_what_reads_as_one_character(text: str, limit: int, pieces: list[str]) -> None:
    """Accents, flags and joined emoji stay whole unless one alone is longer than a message."""
    assert texts(RichText(text).split(limit)) == pieces


def test_entity_goes_on_in_the_next_piece() -> None:
    """Code that is cut is code in both pieces, in the same language."""
    code: Entity = {"type": "pre", "offset": 0, "length": 15, "language": "python"}
    first, second = RichText("one = 1\ntwo = 2", (code,)).split(8)
    assert first == RichText("one = 1", ({**code, "length": 7},))
    assert second == RichText("two = 2", ({**code, "length": 7},))


def test_indentation_of_code_survives_a_cut() -> None:
    """Only the line break goes at a cut in code, not the spaces that begin the next line."""
    source = "def f():\n    pass\n\n    return"
    pieces = RichText.styled(source, "pre").split(18)
    assert pieces == [RichText.styled("def f():\n    pass", "pre"), RichText.styled("    return", "pre")]


def test_indentation_of_prose_is_dropped() -> None:
    """Outside of code the spaces at a cut go, as Telegram would trim them anyway."""
    assert texts(RichText("def f():\n    pass").split(10)) == ["def f():", "pass"]


@pytest.mark.parametrize("kind", ["pre", "code", "blockquote", "expandable_blockquote"])
def test_block_is_moved_whole_to_the_next_piece(kind: str) -> None:
    """A line break before a block is a better place than the blank line inside it."""
    text = "Some words.\nx = 1\n\ny = 2"
    block = entity(kind, 12, 12)
    assert texts(RichText(text).split(20)) == ["Some words.\nx = 1", "y = 2"]
    assert RichText(text, (block,)).split(20) == [
        RichText("Some words."),
        RichText("x = 1\n\ny = 2", (entity(kind, 0, 12),)),
    ]


def test_block_that_ends_with_a_line_break_can_be_cut_off() -> None:
    """The whitespace at the end of a quotation does not hide the gap behind it."""
    rich = RichText("quote quote\n\nwords words", (entity("blockquote", 0, 12),))
    assert rich.split(20) == [RichText("quote quote", (entity("blockquote", 0, 11),)), RichText("words words")]


def test_piece_has_no_more_entities_than_telegram_shows() -> None:
    """A text with more formatting than one message may have is cut before Telegram would drop some of it."""
    count = 2 * MAX_ENTITIES + 1
    rich = RichText("ab " * count, tuple(entity("bold", 3 * index, 2) for index in range(count)))
    assert not rich.fits()
    assert [len(piece.entities) for piece in rich.split()] == [MAX_ENTITIES, MAX_ENTITIES, 1]


def test_links_and_hashtags_use_up_no_entities() -> None:
    """What Telegram finds by itself does not count as formatting."""
    count = 2 * MAX_ENTITIES
    rich = RichText("#a " * count, tuple(entity("hashtag", 3 * index, 2) for index in range(count)))
    assert rich.split() == [rich]


KINDS = st.sampled_from(["bold", "italic", "spoiler", "text_link", "code", "pre", "blockquote", "hashtag"])
ATOMS = st.sampled_from(
    ["a", "б", "漢", ".", "。", "😀", "👍🏽", "🇩🇪", FAMILY, "e\u0301", " ", "\n", "\n\n", "\n  ", "\t"]
)
TEXTS = st.lists(ATOMS | st.text(max_size=3), max_size=60).map("".join)


@st.composite
def rich_texts(draw: st.DrawFn) -> RichText:
    """Draw a text with entities that may overlap in every way."""
    text = draw(TEXTS)
    offsets = [utf16_length(text[:index]) for index in range(len(text) + 1)]
    nested = []
    for _ in range(draw(st.integers(0, 6)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        nested.append(entity(draw(KINDS), offsets[start], offsets[end] - offsets[start]))
    return RichText(text, tuple(nested))


def formats(rich: RichText) -> list[tuple[str, list[str]]]:
    """Return every character with the kinds of its formatting."""
    spans = [(data["offset"], data["offset"] + data["length"], data["type"]) for data in rich.entities]
    offsets = [utf16_length(rich.text[:index]) for index in range(len(rich.text))]
    return [
        (character, sorted(kind for start, end, kind in spans if start <= offset < end))
        for character, offset in zip(rich.text, offsets, strict=True)
    ]


def kept(whole: RichText, pieces: list[RichText]) -> Iterator[tuple[str, list[str]]]:
    """Yield what of `whole` is in `pieces`, failing where more than nothing to see is missing."""
    position = 0
    for piece in pieces:
        start = whole.text.index(piece.text, position)
        assert RichText(whole.text[position:start]).is_blank
        position = start + len(piece.text)
        yield from formats(whole)[start:position]
    assert RichText(whole.text[position:]).is_blank


@given(rich_texts(), st.integers(2, 40))
def test_pieces_are_valid_messages(rich: RichText, limit: int) -> None:
    """Every piece is within the limit, shows something, and has entities that lie in it and are not empty."""
    for piece in rich.split(limit):
        assert 0 < piece.length <= limit
        assert not piece.is_blank
        for data in piece.entities:
            assert data["length"] > 0
            assert 0 <= data["offset"] <= piece.length - data["length"]


@given(rich_texts(), st.integers(2, 40))
def test_pieces_keep_text_and_formatting(rich: RichText, limit: int) -> None:
    """All but whitespace at the cuts is there, in order, each character formatted as before."""
    pieces = rich.split(limit)
    assert [character for piece in pieces for character in formats(piece)] == list(kept(rich, pieces))


@given(rich_texts(), st.integers(2, 40))
def test_pieces_of_pieces_are_the_same(rich: RichText, limit: int) -> None:
    """A piece is not cut again."""
    pieces = rich.split(limit)
    assert [again for piece in pieces for again in piece.split(limit)] == pieces


@given(rich_texts(), rich_texts())
def test_sum_keeps_formatting(first: RichText, second: RichText) -> None:
    """Every character of a sum is formatted as in its half."""
    assert formats(first + second) == formats(first) + formats(second)
