"""What is said about what is kept."""

import pytest

from db.repositories.outbox import KEEP_SENT
from db.repositories.upkeep import KEEP_SHELVED, KEEP_THROTTLES
from tests.chat import World, open_world
from tests.factories import make_student


async def test_the_text_goes_by_the_settings(database_url: str) -> None:
    """How long things are kept is what the bot was set to, and anybody may read it."""
    async with open_world(database_url, retention_days=400, audit_days=90) as world:
        said = (await world.person("Eve").send("/privacy")).text
        assert "have not used it for 400 days" in said
        assert "what admins decided, and about whom: 90 days" in said
        assert "for 90 days what admins did" in said


async def test_the_text_goes_by_what_is_tidied(world: World) -> None:
    """The other numbers are those that the tidying goes by."""
    said = (await world.person("Eve").send("/privacy")).text
    assert f"that I sent you something: {KEEP_SENT.days} days, without its words" in said
    assert f"a password was wrong: {KEEP_THROTTLES.days} day" in said
    assert f"to mend it: {KEEP_SHELVED.days} days" in said


@pytest.mark.parametrize(
    "what",
    [
        "when you first and last came",
        "Where you are signed in, since when and until when.",
        "If you are blocked: since when, and why.",
        "what you say about yourself",
        "with copies of its files",
        "whoever sees a course reads its instructor's name, and what they say about themselves",
        "whom you offer a course sees your name and address",
        "The people who run this bot have its database.",
        "courses of yours that nobody took over, with their files and without your name",
    ],
)
async def test_the_text_leaves_nothing_out(world: World, what: str) -> None:
    """Who reads it knows what of them is kept, who sees it, and what stays behind."""
    assert what in (await world.person("Eve").send("/privacy")).text


@pytest.mark.parametrize("signed_in", [True, False])
async def test_it_is_reached_from_the_settings(world: World, signed_in: bool) -> None:  # noqa: FBT001
    """With an account or without; and it leads to deleting, and back."""
    person = await make_student(world) if signed_in else world.person("Eve")
    await person.send("/settings")
    assert (await person.press("Privacy")).text.startswith("What I keep about you\n")
    assert person.labels == ["Delete my data", "‹ Settings"]
    assert (await person.press("‹ Settings")).text.startswith("Settings\n")
