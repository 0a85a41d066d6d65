"""Announcements: an instructor writes to the students of a course, sees it first, follows it, and stops it."""

import pytest

from db.models import AuditEntry, Broadcast, CourseStatus, Progress
from db.records import CourseRecord
from handlers.announcements import MAX_A_DAY
from handlers.broadcast_presses import SendBroadcast
from tests.chat import Person, World
from tests.crowds import NEWS, end, go_on, heard
from tests.factories import enroll, make_course, make_student, meet_author, set_status
from tests.handlers.admin.test_blocking import block
from tests.handlers.test_students import leave, open_list

HEADING = "📣 Compilers 101 · Ivan Petrov"
QUESTION = "Now send the message, just as your students are to see it"


async def at_the_desk(world: World, *names: str) -> tuple[Person, list[Person], CourseRecord]:
    """Returns an instructor before the desk of their course, its students, and the course."""
    ivan, course = await meet_author(world), await make_course(world)
    people = [await make_student(world, name) for name in names]
    for person in people:
        await person.send("/start")
        await enroll(world, person, course)
    await ivan.send("/mycourses")
    await ivan.press("1")
    return ivan, people, course


def news_of(person: Person) -> list[str]:
    """Returns what was announced to somebody."""
    return [words for words in person.said if words.startswith("📣")]


async def test_from_the_desk_to_the_report(world: World) -> None:
    """What the instructor saw is what each student gets, once; the message that was pressed ends as the report."""
    ivan, (ada, bob), _course = await at_the_desk(world, "Ada", "Bob")
    eve = world.person("Eve")
    await eve.send("/start")
    assert QUESTION in (await ivan.press("Announce")).text
    await ivan.send(NEWS, entities=[{"type": "italic", "offset": 0, "length": 4}])
    *_before, preview, card = [one for one in ivan.chat if one.from_bot]
    assert (preview.text, preview.buttons) == (f"{HEADING}\n\n{NEWS}", [])
    assert [(one["type"], one["offset"]) for one in preview.entities] == [("bold", 3), ("italic", len(HEADING) + 3)]
    assert card.text.startswith("Announcement 1 · not sent yet\nAbove is what they will see.")
    assert "For the students of Compilers 101: 2 people can be reached." in card.text
    assert ivan.labels == ["Send to 2 people", "Cancel"]
    await ivan.press("Send to")
    assert (card.id, ivan.labels) == (ivan.last.id, ["Stop"])
    assert f"“{NEWS}”\nFor the students of Compilers 101" in ivan.last.text
    world.clock.advance(seconds=50)
    await end(world, 1)
    assert ivan.last.id == card.id
    assert "2 people got it.\nIt took 50 seconds, on 3 May." in ivan.last.text
    await go_on(world)
    for person in (ada, bob):
        assert news_of(person) == [preview.text]
        assert person.last.entities == preview.entities
    assert news_of(eve) == []
    assert await world.count(AuditEntry) == 0, "the log is the admins'"


async def test_two_phones_are_one_person(world: World) -> None:
    """It comes to the one that was used last, and is counted once."""
    ivan, (ada,), _course = await at_the_desk(world, "Ada")
    tablet = await make_student(world, "Ada (tablet)", of="Ada")
    world.clock.advance(days=1)
    await ada.send("/start")
    await ivan.press("Announce")
    await ivan.send(NEWS)
    await ivan.press("Send to 1 person")
    await end(world, 1)
    assert (len(news_of(ada)), len(news_of(tablet))) == (1, 0)


async def test_who_does_not_take_the_course_hears_nothing(world: World) -> None:
    """Whoever left, was removed, is blocked or signed out: not counted, and not written to."""
    ivan, people, course = await at_the_desk(world, "Ada", "Bob", "Cleo", "Dan", "Eve")
    ada, bob, cleo, dan, _eve = people
    await block(world.admin())
    await leave(bob, course)
    await cleo.send("/logout")
    async with world.application.database.transaction() as repos:
        user = (await repos.sessions.open(dan.id, 0, world.clock())).user
        assert user is not None
        progress = await repos.progress.lock(user.id, course.id)
        assert progress is not None
        await repos.progress.leave(progress, world.clock(), is_removed=True)
    await ivan.press("Announce")
    await ivan.send(NEWS)
    await ivan.press("Send to 1 person")
    await end(world, 1)
    assert [len(news_of(person)) for person in people] == [0, 0, 0, 0, 1]
    assert news_of(ada) == []


async def test_the_command_asks_which_course(world: World) -> None:
    """With one course it is that one, with several a choice of those with students; a code says it, too."""
    ivan = await meet_author(world)
    assert "you have none yet" in (await ivan.send("/announce")).text
    assert ivan.labels == ["Write a course"]
    first, ada = await make_course(world), await make_student(world)
    assert (await ivan.send("/announce")).text == "Nobody takes Compilers 101 yet, so there is nobody to write to."
    assert ivan.labels == ["Share", "‹ Desk"]
    await enroll(world, ada, first)
    assert QUESTION in (await ivan.send("/announce")).text
    await ivan.send("/cancel")
    second = await make_course(world, code="STAT1", title="Statistics")
    assert (await ivan.send("/announce")).text == "To the students of which course?"
    assert ivan.labels == ["Compilers 101"]
    await enroll(world, ada, second)
    await ivan.send("/announce")
    assert ivan.labels == ["Statistics", "Compilers 101"]
    await ivan.press("Statistics")
    await ivan.send(NEWS)
    assert ivan.said[-2] == f"📣 Statistics · Ivan Petrov\n\n{NEWS}"
    assert QUESTION in (await ivan.send("/announce COMP1")).text
    await ivan.send("/cancel")
    assert "no such course" in (await ivan.send("/announce NONE1")).text


async def test_an_archived_course_is_left_in_peace(world: World) -> None:
    """It is said at once, and when the course goes into the archive between the draft and Send."""
    ivan, (ada,), course = await at_the_desk(world, "Ada")
    await ivan.press("Announce")
    await ivan.send(NEWS)
    await set_status(world, course, CourseStatus.ARCHIVED)
    assert "Compilers 101 is archived" in (await ivan.press("Send to")).text
    assert "Compilers 101 is archived" in (await ivan.send("/announce")).text
    assert ivan.labels == ["Take out of the archive", "‹ Desk"]
    await make_course(world, code="STAT1", title="Statistics")
    assert "Nobody takes your courses at the moment" in (await ivan.send("/announce")).text
    await go_on(world)
    assert news_of(ada) == []


async def test_nobody_to_be_reached_is_said(world: World) -> None:
    """Also when the last one signs out while the message is written."""
    ivan, (ada,), _course = await at_the_desk(world, "Ada")
    await ivan.press("Announce")
    await ada.send("/logout")
    assert "None of the students of Compilers 101 can be reached" in (await ivan.send(NEWS)).text
    assert await world.count(Broadcast) == 0


async def test_so_many_announcements_a_day(world: World) -> None:
    """The last one goes out, the next is refused, before it is written and after; a day later there is room again."""
    ivan, (ada,), course = await at_the_desk(world, "Ada")
    full = "3 announcements a day are the most for a course. Please go on tomorrow."
    await ivan.press("Announce")
    await ivan.send("One too many")
    draft = SendBroadcast(1).pack()
    for number in range(1, MAX_A_DAY + 1):
        await ivan.send("/announce")
        await ivan.send(f"News {number}")
        await ivan.press("Send to")
        await end(world, number + 1)
    assert (await ivan.send("/announce")).text == full
    assert (await ivan.forge(ivan.last.id, draft)).text == full
    world.clock.advance(hours=23, minutes=59)
    assert (await ivan.send("/announce COMP1")).text == full
    world.clock.advance(minutes=1)
    await ivan.forge(ivan.last.id, draft)
    await end(world, 1)
    assert news_of(ada)[-1] == f"{HEADING}\n\nOne too many"
    assert len(news_of(ada)) == MAX_A_DAY + 1
    assert QUESTION in (await ivan.send(f"/announce {course.code}")).text


async def test_it_must_fit_with_its_heading(world: World) -> None:
    """A text that would fit alone is asked for again; one sign less, and it goes."""
    ivan, _people, _course = await at_the_desk(world, "Ada")
    room = 4096 - len(f"{HEADING}\n\n") - 1  # the emoji counts twice
    await ivan.press("Announce")
    assert "With the course's title above it" in (await ivan.send("x" * (room + 1))).text
    await ivan.send("x" * room)
    assert ivan.labels == ["Send to 1 person", "Cancel"]


async def test_a_file_has_the_heading_in_its_caption(world: World) -> None:
    """With words or without, it stays one message; the list knows it by what it is."""
    ivan, (ada,), _course = await at_the_desk(world, "Ada")
    await ivan.press("Announce")
    await ivan.send_file("photo")
    await ivan.press("Send to")
    await end(world, 1)
    assert (ada.last.kind, ada.last.caption) == ("photo", HEADING)
    assert "a photo" in (await ivan.press("‹ Announcements")).text


async def test_stop_ends_it_at_once(world: World) -> None:
    """What waits is taken out, and nobody gets it any more."""
    ivan, people, _course = await at_the_desk(world, "Ada", "Bob")
    await ivan.press("Announce")
    await ivan.send(NEWS)
    await ivan.press("Send to")
    said = await ivan.press("Stop")
    assert "Announcement 1 · stopped" in said.text
    assert "0 people got it.\n2 were left out." in said.text
    await go_on(world)
    assert [news_of(person) for person in people] == [[], []]


async def test_a_cancelled_one_goes_to_nobody(world: World) -> None:
    """The list comes back, and the old button says that it was cancelled."""
    ivan, (ada,), _course = await at_the_desk(world, "Ada")
    await ivan.press("Announce")
    await ivan.send(NEWS)
    message, data = ivan.find_button("Send to")
    assert (await ivan.press("Cancel")).text == "Announcements · 0\nNothing was announced so far."
    assert ivan.labels == ["New announcement", "‹ My courses"]
    assert "This announcement was cancelled" in (await ivan.forge(message.id, data)).text
    await ivan.press("‹ Announcements")
    assert QUESTION in (await ivan.press("New announcement")).text
    await go_on(world)
    assert news_of(ada) == []


async def test_the_students_page_has_the_button(world: World) -> None:
    """Beside the list of those who get it; an archived course's has none."""
    ivan, _people, course = await at_the_desk(world, "Ada")
    await open_list(ivan)
    assert ivan.labels == ["1", "Announce", "As a file", "‹ Desk"]
    assert QUESTION in (await ivan.press("Announce")).text
    await ivan.send("/cancel")
    await set_status(world, course, CourseStatus.ARCHIVED)
    await open_list(ivan)
    assert ivan.labels == ["1", "As a file", "‹ Desk"]


@pytest.mark.parametrize("words", ["<b>&amp;</b>", "A_b*c`"])
async def test_words_are_shown_as_they_were_typed(world: World, words: str) -> None:
    """Whatever signs they hold."""
    ivan, (ada,), _course = await at_the_desk(world, "Ada")
    await ivan.press("Announce")
    await ivan.send(words)
    await ivan.press("Send to")
    await end(world, 1)
    assert heard(world, [ada.id], f"{HEADING}\n\n{words}") == [1]
    assert await world.count(Progress) == 1
