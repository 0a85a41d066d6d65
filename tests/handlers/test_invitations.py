"""Invitations, as an instructor makes, sends and revokes them."""

import re

import pytest

from db.models import Course, Invitation
from handlers.invitations import MAX_INVITATIONS, MAX_PEOPLE
from tests.chat import Person, World
from tests.factories import invite, make_course, make_student, meet_author


async def share(world: World, *, private: bool = True) -> Person:
    """Returns an instructor before the share screen of their only course."""
    ivan = await meet_author(world)
    await make_course(world)
    await ivan.send("/mycourses")
    await ivan.press("1")
    await ivan.press("Share")
    if private:
        await ivan.press("Only by invitation")
    return ivan


async def test_a_course_becomes_private_and_open_again(world: World) -> None:
    """One button each way, in place; the desk says which it is."""
    ivan = await share(world)
    assert ivan.last.text == (
        "Compilers 101 · only by invitation\n\n"
        "Nobody else finds this course: not in /courses, not by its code. Its students go on.\n\n"
        "There is no invitation yet."
    )
    assert ivan.labels == ["New invitation", "Open to everyone", "‹ Desk"]
    assert "nobody enrolled yet · only by invitation" in (await ivan.press("‹ Desk")).text
    await ivan.press("Share")
    assert "Whoever opens this link sees the course" in (await ivan.press("Open to everyone")).text
    [course] = await world.rows(Course)
    assert not course.is_private
    assert "Compilers 101" in (await world.person("Eve").send("/courses")).text


@pytest.mark.parametrize(
    ("answer", "shown"), [("10", "0 of 10 people came · made 3 May"), (None, "0 people came · made 3 May")]
)
async def test_an_invitation_has_a_link(world: World, answer: str | None, shown: str) -> None:
    """It says for how many it is and how many came, and its link lets people in."""
    ivan = await share(world)
    await ivan.press("New invitation")
    await (ivan.send(answer) if answer else ivan.press("Any number"))
    assert ivan.last.text.startswith("Compilers 101 · an invitation\n\nWhoever opens this link can enroll:\nhttps://")
    assert ivan.last.text.endswith(shown)
    [payload] = re.findall(r"\?start=(\S+)", ivan.last.text)
    assert len(payload) == 16
    ada = await make_student(world)
    await ada.send(f"/start {payload}")
    assert (await ada.press("Enroll")).text.endswith("Enjoy!")
    listed = await ivan.press("‹ Invitations")
    assert listed.text.endswith(shown.replace("0 ", "1. 1 ", 1).replace("1 people", "1 person"))
    await ivan.press("1")
    await ivan.press("QR picture")
    assert (ivan.last.kind, ivan.last.caption.endswith(payload)) == ("photo", True)


async def test_no_two_tokens_are_alike(world: World) -> None:
    """They are random, and as long as their column takes."""
    ivan = await share(world)
    for _number in range(3):
        await ivan.press("New invitation")
        await ivan.press("Any number")
        await ivan.press("‹ Invitations")
    tokens = {each.token for each in await world.rows(Invitation)}
    assert all(token.isalnum() and len(token) == 14 for token in tokens)
    assert len(tokens) == 3


async def test_a_revoked_invitation_is_gone(world: World) -> None:
    """It is asked first; then the list has it no more, and an old button says what became of it."""
    ivan = await share(world)
    await ivan.press("New invitation")
    await ivan.press("Any number")
    message = ivan.last.id
    assert (await ivan.press("Revoke")).text.startswith("Revoke this invitation?")
    assert "Whoever opens this link" in (await ivan.press("Keep it")).text
    await ivan.press("Revoke")
    assert (await ivan.press("Revoke it")).text.endswith("It was revoked on 3 May. Its link opens nothing any more.")
    [found] = await world.rows(Invitation)
    world.clock.advance(days=1)
    again = await ivan.forge(message, f"ivr:{found.id}:1")
    assert again.text.endswith("It was revoked on 3 May. Its link opens nothing any more.")
    assert (await ivan.press("‹ Invitations")).text.endswith("There is no invitation yet.")


@pytest.mark.parametrize(
    ("answer", "good"),
    [("1", True), (str(MAX_PEOPLE), True), ("0", False), (str(MAX_PEOPLE + 1), False), ("-1", False), ("ten", False)],
)
async def test_a_number_of_people_has_limits(world: World, answer: str, good: bool) -> None:  # noqa: FBT001
    """What is no number, or too small or large, is asked again."""
    ivan = await share(world)
    await ivan.press("New invitation")
    await ivan.send(answer)
    assert ("an invitation" in ivan.last.text, await world.count(Invitation)) == (good, int(good))
    if not good:
        assert ivan.last.text == "Please send a number from 1 to 10000."


async def test_a_course_has_room_for_so_many(world: World) -> None:
    """At the limit one has to go first, also when another was made while the question was open."""
    ivan = await share(world)
    [course] = await world.rows(Course)
    for _number in range(MAX_INVITATIONS - 1):
        await invite(world, course)
    await ivan.press("New invitation")
    extra = await invite(world, course)
    full = "A course has room for 20 invitations. Revoke one that nobody needs any more."
    assert (await ivan.press("Any number")).text == full
    await ivan.send("/cancel")
    async with world.application.database.transaction() as repos:
        await repos.invitations.revoke(extra, world.clock())
    said = await ivan.send("/start")
    await ivan.forge(said.id, f"ni:{course.id}")
    assert "an invitation" in (await ivan.press("Any number")).text
    assert (await ivan.forge(said.id, f"ni:{course.id}")).text == full
    assert len((await ivan.press("Invitations")).text) < 4096


async def test_before_publishing_the_link_waits(world: World) -> None:
    """A draft's invitation says that it opens nothing yet."""
    ivan = await meet_author(world)
    await ivan.write_course()
    await ivan.write_lesson("Lexing")
    await ivan.press("Share")
    assert "not published yet" in ivan.last.text
    await ivan.press("Only by invitation")
    await ivan.press("New invitation")
    await ivan.press("Any number")
    assert ivan.last.text.endswith("The course is not published yet: until then, the link opens nothing.")
    await ivan.press("‹ Invitations")
    await ivan.press("‹ Desk")
    await ivan.press("Publish")
    assert ivan.toasts[-1].text == "Published: whoever has an invitation can enroll."
