from contextlib import suppress
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground import utf16
from bot.playground.entities import Entity
from bot.playground.errors import ApiError
from bot.playground.html import parse_html

SURROGATES = (
    "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
)
# Half of a surrogate pair is no text, and cannot come over HTTP.
texts = st.text(st.characters(exclude_categories=["Cs"]))


def refusal(source: str) -> str:
    with pytest.raises(ApiError) as caught:
        parse_html(source)
    return caught.value.description.removeprefix("Bad Request: can't parse entities: ")


def entity(kind: str, offset: int, length: int, **facts: str) -> Entity:
    return {"type": kind, "offset": offset, "length": length, **facts}


@given(texts)
def test_escaped_text_comes_back(text: str) -> None:
    """Escaped text is read as it was, with no entity in it."""
    assert parse_html(escape(text, quote=False)) == (text, [])
    assert parse_html(escape(text).replace("&#x27;", "'")) == (text, [])


@given(texts, texts.filter(bool), texts)
def test_entity_covers_its_text(before: str, inside: str, after: str) -> None:
    """A tag becomes an entity with the place of its text, in UTF-16 code units."""
    source = f"{escape(before)}<b>{escape(inside)}</b>{escape(after)}"

    text, entities = parse_html(source)

    assert text == before + inside + after
    assert entities == [entity("bold", utf16.length(before), utf16.length(inside))]


@given(texts)
def test_any_text_is_read_or_refused(source: str) -> None:
    """Whatever is sent as HTML is read or refused, and never breaks the parser."""
    with suppress(ApiError):
        text, entities = parse_html(source)
        assert all(0 <= found["offset"] < utf16.length(text) for found in entities)


# From the tests of tdlib/td (test/message_entities.cpp).
@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "&#57311;",
            SURROGATES,
        ),
        ("🏟 🏟&lt;<abacaba", "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;<abac aba>", 'Unsupported start tag "abac" at byte offset 13'),
        ("🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        ("🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ('🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
        ("🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
        ("🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
        ("🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
        ("🏟 🏟&lt;<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<tg-emoji emoji-id="9999999999999999999">x</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_refusals(source: str, reason: str) -> None:
    """What is not well-formed is refused with Telegram's reason and byte offset."""
    assert refusal(source) == reason


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("&ge;&lt;&gt;&amp;&quot;&laquo;&#12345678;", '&ge;<>&"&laquo;&#12345678;', []),
        ("&#65;&#x42;&lt", "AB<", []),
        ("a<i>🏟</i>", "a🏟", [entity("italic", 1, 2)]),
        ("<b></b>", "", []),
        ("<i>a</>", "a", [entity("italic", 0, 1)]),
        ("<B CLASS=x>a</b >", "a", [entity("bold", 0, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [entity("underline", 0, 1), entity("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [entity("strikethrough", at, 1) for at in range(3)]),
        (
            '<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>',
            "ab",
            [entity("spoiler", 0, 1), entity("spoiler", 1, 1)],
        ),
        ('<pre><code class="language-fift">a</code></pre>', "a", [entity("pre", 0, 1, language="fift")]),
        ('<code class="language-fift"><pre>a</pre></code>', "a", [entity("pre", 0, 1, language="fift")]),
        ('<code class="language-fift">a</code>', "a", [entity("code", 0, 1)]),
        ("<pre><code>a</code></pre>", "a", [entity("pre", 0, 1), entity("code", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [entity("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [entity("expandable_blockquote", 0, 1)]),
        (
            '<a href="https://a.example/?a=1&amp;b=2">x</a>',
            "x",
            [entity("text_link", 0, 1, url="https://a.example/?a=1&b=2")],
        ),
        ("<a href=telegram.org>x</a>", "x", [entity("text_link", 0, 1, url="http://telegram.org/")]),
        ("<a>telegram.org</a>", "telegram.org", [entity("text_link", 0, 12, url="http://telegram.org/")]),
        ("<a>no address</a>", "no address", []),
        ('<tg-emoji emoji-id="12345">x</tg-emoji>', "x", [entity("custom_emoji", 0, 1, custom_emoji_id="12345")]),
        ("<code><i><b> </b></i></code>", " ", [entity("code", 0, 1), entity("bold", 0, 1), entity("italic", 0, 1)]),
    ],
)
def test_readings(source: str, text: str, entities: list[Entity]) -> None:
    """What is well-formed is read as Telegram reads it."""
    assert parse_html(source) == (text, entities)


def test_user_link_is_a_mention() -> None:
    """A link to tg://user mentions the person."""
    _, entities = parse_html('<a href="tg://user?id=7">Ada</a>')

    assert entities[0]["type"] == "text_mention"
    assert entities[0]["user"]["id"] == 7
