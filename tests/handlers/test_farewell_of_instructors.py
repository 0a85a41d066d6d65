"""An instructor goes, and the courses stay with their students."""

from db.models import Instructor, User
from handlers.farewell import forget
from tests.chat import World
from tests.factories import make_course, meet_author
from tests.handlers.admin.test_blocking import block
from tests.handlers.test_farewell import traces


async def test_archived_courses_stay_without_a_name(world: World) -> None:
    """Their students go on reading; of the instructor an empty row is left, and the card names nobody."""
    ivan = await meet_author(world)
    await make_course(world)
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/enroll COMP1")
    await ivan.send("/deleteme")
    await ivan.press("Archive")
    await ivan.press("Yes, archive")
    await ivan.press("Go on")
    await ivan.press("Delete it")
    assert "Your account is deleted" in (await ivan.send("ivan@teachers.example.org")).text
    assert await traces(world, "Ivan", "teachers", str(ivan.id)) == {"outbox": {"chat_id"}}
    await ada.send("/lesson")
    assert "All about Lexing." in "".join(ada.said)
    said = await ada.send("/start")
    assert "by somebody who has left" in (await ada.forge(said.id, "c:1")).text
    assert await world.count(Instructor) == 1
    [gone] = await world.rows(User, User.gone_at.is_not(None))
    assert (gone.name, gone.email, gone.password_hash) == ("", "", "")
    await ivan.register(email="ivan@teachers.example.org")
    assert "You have no courses yet." in (await ivan.send("/mycourses")).text


async def test_an_instructor_without_courses_goes_whole(world: World) -> None:
    """No empty row is left where nothing hangs on it."""
    olga = await world.teacher("Olga")
    await olga.send("/deleteme")
    await olga.press("Delete it")
    await olga.send("olga@example.org")
    assert [await world.count(model) for model in (User, Instructor)] == [0, 0]


async def test_a_course_that_comes_meanwhile_is_seen_to_first(world: World) -> None:
    """Who takes over a course while the last question is open does not leave it behind."""
    olga = await world.teacher("Olga")
    await olga.send("/deleteme")
    await olga.press("Delete it")
    async with world.application.database.transaction() as repos:
        user = await repos.users.get_by_email("olga@example.org")
        assert user is not None
        await repos.courses.add(code="NEW1", title="New", description="", instructor_id=user.id, now=world.clock())
    assert "There are courses of yours still." in (await olga.send("olga@example.org")).text
    assert await world.count(User) == 1


async def test_a_block_goes_with_the_account(world: World) -> None:
    """Neither its reason nor the name in the log stays behind, also where an empty row does."""
    admin, olga = world.admin(), await world.teacher("Olga")
    await olga.write_course("Rhetoric")
    await block(admin, "olga@example.org", "Olga sold the answers.")
    await admin.press("Release the address")
    await admin.press("Yes, release it")
    assert (await traces(world, "Olga")).keys() >= {"users", "audit_log"}
    [user] = [each for each in await world.rows(User) if each.name == "Olga"]
    async with world.application.database.transaction() as repos:
        found = await repos.users.get(user.id, lock=True)
        assert found is not None
        await forget(repos, found, world.clock())
    assert (await traces(world, "Olga")).keys() <= {"outbox"}
    [gone] = await world.rows(User, User.gone_at.is_not(None))
    assert (gone.blocked_at, gone.blocked_reason) == (None, None)
    for label in ("Unblock", "Demote to student"):
        message, data = admin.find_button(label)
        assert (await admin.forge(message.id, data)).text == "This account is gone."
