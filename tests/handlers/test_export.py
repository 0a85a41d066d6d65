"""What somebody gets who asks for all their data."""

import datetime as dt
import json
from typing import Any

import pytest

from db.reminding import Mute, first_plan
from tests.chat import PASSWORD, Person, World, open_world
from tests.crowds import begin, end
from tests.factories import invite, make_course, make_student, meet_author, set_private, shelve
from tests.handlers.admin.test_blocking import block
from tests.handlers.test_farewell import ADDRESS, KEY, NAME, leave_traces, untouched
from tests.statements import statements


def received(world: World, person: Person) -> dict[str, Any]:
    """Returns the newest file that somebody got, read as JSON."""
    assert (person.last.kind, person.last.file_name) == ("document", "syllabot.json")
    assert person.last.file_id is not None
    data: dict[str, Any] = json.loads(world.miniature.world.files.content(person.last.file_id)[0])
    return data


@pytest.mark.parametrize("data_key", ["", KEY])
async def test_a_student_gets_everything(database_url: str, data_key: str) -> None:
    """What `/deleteme` would delete stands in the file: the account, chats, courses, requests, decisions, failures."""
    async with open_world(database_url, data_key=data_key) as world:
        ada, tablet = await leave_traces(world)
        await ada.send("/export")
        data = received(world, ada)
        [account] = data["account"]
        assert (account["name"], account["email"], account["role"]) == (NAME, ADDRESS, "student")
        assert {chat["telegram_id"] for chat in data["chats"]} == {ada.id, tablet.id}
        [enrollment] = data["enrollments"]
        assert (enrollment["code"], enrollment["status"]) == ("COMP1", "in_progress")
        assert enrollment["enrolled_at"] == "2026-05-03T09:00:00+00:00"
        [lesson] = data["completed_lessons"]
        assert (lesson["course"], lesson["lesson"]) == ("COMP1", "Lexing")
        assert len(data["requests_to_teach"]) == 1
        assert [entry["subject"] for entry in data["decisions_of_admins"]] == [ADDRESS]
        assert len(data["failed_updates"]) == len(data["unsent_messages"]) - 1 == 1
        assert len(data["wrong_passwords"]) >= 2
        assert {chat["open_dialog"] for chat in data["chats"]} == {None, "password"}
        [plan] = data["reminders"]
        assert (plan["is_on"], plan["hour"], plan["days"][0], len(plan["days"])) == (True, 19, "Monday", 7)
        course = {"course": "COMP1", "title": "Compilers 101"}
        assert data["muted_reminders"] == [{"kind": None, **course}, {"kind": "changed", **course}]
        assert [(told["kind"], told["course"], told["told_at"]) for told in data["told_by_reminders"]] == [
            ("nudge", "COMP1", None)
        ]


async def test_a_pause_is_handed_out_as_a_date(world: World) -> None:
    """And what is muted in every course as that."""
    ada = await make_student(world)
    async with world.application.database.transaction() as repos:
        plan = first_plan(1)
        plan.days, plan.paused_until = 0b1000001, dt.date(2026, 6, 1)
        await repos.reminders.begin(1, None)
        await repos.reminders.save([plan])
        await repos.reminders.mute(Mute(1, "changed", 0))
    await ada.send("/export")
    data = received(world, ada)
    assert (data["reminders"][0]["paused_until"], data["reminders"][0]["days"]) == ("2026-06-01", ["Monday", "Sunday"])
    assert data["muted_reminders"] == [{"kind": "changed", "course": None, "title": None}]


async def test_every_table_about_accounts_is_handed_out(world: World) -> None:
    """Whatever somebody has, its table is looked through for the file."""
    ada, _tablet = await leave_traces(world)
    with statements() as seen:
        await ada.send("/export")
    assert not untouched(seen, "FROM", "JOIN"), "db/repositories/exports.py hands out none of its rows"


async def test_no_secret_is_handed_out(world: World) -> None:
    """Neither a password's hash, also not one in an open dialog, nor who else is there."""
    await world.person("Bob").register()
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/password")
    await ada.send(PASSWORD)
    await ada.send("/export")
    text = json.dumps(received(world, ada))
    assert [word for word in ("$2b$", PASSWORD, "Bob", "bob@example.org", "email_key") if word in text] == []


async def test_an_instructor_gets_what_they_wrote(world: World) -> None:
    """Each course with its lessons, and what they say."""
    ivan = await meet_author(world)
    await make_course(world, title="Compilers 101")
    await ivan.send("/export")
    [course] = received(world, ivan)["courses"]
    assert (course["title"], [lesson["title"] for lesson in course["lessons"]]) == (
        "Compilers 101",
        ["Lexing", "Parsing"],
    )
    assert "All about Lexing." in str(course["lessons"][0]["content"])


async def test_a_stranger_gets_the_chat(world: World) -> None:
    """Without an account there is what is kept of the Telegram account, and no more."""
    eve = world.person("Eve")
    await eve.send("/login nobody@example.org")
    await eve.send("wrong horse")
    await eve.press("Cancel")
    await shelve(world, eve)
    await end(world, await begin(world, "News of mine", by=eve.id))
    await begin(world, "News of another's", by=eve.id + 1)
    await shelve(world, world.person("Bob"))
    await eve.send("/settings")
    await eve.press("My data")
    assert (eve.last.caption or "").startswith(
        "This is all that I keep of this Telegram account. You are not signed in"
    )
    data = received(world, eve)
    assert data.keys() == {"chats", "failed_updates", "wrong_passwords", "unsent_messages", "sent_to_many"}
    assert [(chat["telegram_id"], chat["first_name"]) for chat in data["chats"]] == [(eve.id, "Eve")]
    assert [entry["content"]["message"]["from"]["first_name"] for entry in data["failed_updates"]] == ["Eve"]
    assert [entry["failures"] for entry in data["wrong_passwords"]] == [1]
    assert [message["method"] for message in data["unsent_messages"]] == ["sendDocument"]
    assert [sent["content"]["text"] for sent in data["sent_to_many"]] == ["News of mine"]


async def test_whoever_is_signed_out_gets_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that waited to be made is not made where the sign-in has ended meanwhile."""
    ada, tablet = world.person("Ada"), world.person("Ada")
    await ada.register()
    await tablet.send("/login ada@example.org")
    await tablet.send(PASSWORD)
    waiting = [world.miniature.say(tablet.id, "/export")]
    world.miniature.take_updates()
    sender = world.application.sender
    held: list[Any] = []
    monkeypatch.setattr(sender, "deliver", lambda rows, behind=(): held.extend(rows))
    for update in waiting:
        await world.application.pipeline.process(update)
    monkeypatch.undo()
    await ada.send("/password")
    await ada.send("battery staple")
    sender.deliver(held)
    await sender.drain()
    assert tablet.last.text == "You are not signed in any more, so I keep your data to myself. /login, then /export."


async def test_a_blocked_person_still_gets_everything(world: World) -> None:
    """Why and by which decision they are blocked stands in it; also long after their time to be signed in was over."""
    admin, ada = world.admin(), world.person("Ada")
    await ada.register()
    await block(admin)
    world.clock.advance(days=200)
    await ada.send("/export")
    data = received(world, ada)
    assert data["account"][0]["blocked_reason"] == "Sold the answers."
    assert [(entry["action"], entry["detail"]) for entry in data["decisions_of_admins"]] == [
        ("look up", None),
        ("block", "Sold the answers."),
    ]


async def test_an_admin_gets_what_they_sent_to_many(world: World) -> None:
    """The words of broadcasts are their author's, too, and nobody else's."""
    admin = world.admin()
    await admin.register()
    await end(world, await begin(world, "News of mine"))
    await begin(world, "News of another's", by=admin.id + 1)
    await admin.send("/export")
    [sent] = received(world, admin)["sent_to_many"]
    assert (sent["state"], sent["content"]["text"]) == ("done", "News of mine")


async def test_invitations_are_in_it_without_their_links(world: World) -> None:
    """Whoever finds the file enrolls by none of them."""
    ivan = await meet_author(world)
    course = await make_course(world)
    await set_private(world, course)
    invitation = await invite(world, course, 10)
    await ivan.send("/export")
    data = received(world, ivan)
    [shown] = data["courses"]
    assert (shown["is_private"], [each["max_people"] for each in shown["invitations"]]) == (True, [10])
    assert invitation.token not in json.dumps(data)
