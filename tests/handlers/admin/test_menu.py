"""The admins' menu."""

from tests.chat import World
from tests.factories import make_course

EMPTY = (
    "Admin\n0 people, 0 of them new this week\n0 instructors\n0 courses\n0 enrollments, 0 this week\n"
    "0 lessons completed this week\n\nNobody waits for an answer."
)


async def test_only_admins_see_the_menu(world: World) -> None:
    """A stranger and an instructor learn who admins are; an admin needs no account."""
    admin, olga, eve = world.admin(), await world.teacher("Olga"), world.person("Eve")
    for person in (olga, eve):
        assert "Only admins can do that" in (await person.send("/admin")).text
    assert "1 instructor" in (await admin.send("/admin")).text
    assert admin.labels == ["Find a person", "All courses", "Growth", "Broadcasts", "Log"]


async def test_the_menu_counts_what_there_is(world: World) -> None:
    """Totals, and what came since Monday; undone completions are not counted."""
    admin = world.admin()
    assert (await admin.send("/admin")).text == EMPTY
    await make_course(world)
    world.clock.advance(days=1)
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/enroll COMP1")
    await ada.send("/lesson")
    await ada.send("/done")
    said = (await admin.send("/admin")).text.splitlines()
    assert said[1:6] == [
        "2 people, 1 of them new this week",
        "1 instructor",
        "1 course",
        "1 enrollment, 1 this week",
        "1 lesson completed this week",
    ]
    await ada.press("Undo")
    assert "0 lessons completed this week" in (await admin.send("/admin")).text
