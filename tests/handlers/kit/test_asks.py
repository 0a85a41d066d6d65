"""What counts as an answer."""

import pytest

from handlers.kit.asks import check_length, read_email
from handlers.kit.errors import UserError
from tests.chat import World
from tests.handlers.kit.tea import LEAF, Tea


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Earl \n  Grey ", "Earl Grey"),
        ("Earl\tGrey", "Earl Grey"),
        ("Earl\u00a0Grey", "Earl Grey"),
        ("伯爵\u3000紅茶", "伯爵 紅茶"),
        ("\u202eyerG\u202c", "yerG"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("<b>&'", "<b>&'"),
    ],
)
async def test_words_are_kept_without_what_nobody_sees(database_url: str, typed: str, kept: str) -> None:
    """Spaces of every kind are one space, turned-around writing is turned back, and joined signs stay joined."""
    tea = Tea((LEAF,))
    async with tea.open(database_url) as world:
        ada = world.person("Ada")
        await ada.send("/tea")
        await ada.send(typed)
    assert tea.served == [{"leaf": kept}]


@pytest.mark.parametrize("typed", ["\u200b", "\u200d\u200d", "\u2060 \u200c", "\n \u2063"])
async def test_invisible_words_are_no_answer(database_url: str, typed: str) -> None:
    """Nobody is called nothing at all."""
    tea = Tea((LEAF,))
    async with tea.open(database_url) as world:
        ada = world.person("Ada")
        await ada.send("/tea")
        assert (await ada.send(typed)).text == "Please answer with a text message."


def test_length_is_counted_as_telegram_counts() -> None:
    """An emoji outside the basic plane is two; the refusal names both numbers."""
    assert check_length("👍" * 5, 10) == "👍" * 5
    with pytest.raises(UserError):
        check_length("👍" * 5 + "x", 10)


@pytest.mark.parametrize("typed", ["ada@example.org", "Ada.B+tag@sub.example.org"])
def test_an_address_is_read(typed: str) -> None:
    """Ordinary addresses stay as they are."""
    assert read_email(typed) == typed


@pytest.mark.parametrize("typed", ["", "ada", "ada@", "@example.org", "a b@example.org", "x" * 250 + "@example.org"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    """The refusal shows what one looks like."""
    with pytest.raises(UserError):
        read_email(typed)


async def test_the_refusal_tells_both_lengths(world: World) -> None:
    """Who wrote too much learns how much there is room for."""
    ada = world.person("Ada")
    await ada.send("/register")
    said = await ada.send("👍" * 41)
    assert said.text == "That is 82 characters long, and there is room for 80. Please send a shorter one."
