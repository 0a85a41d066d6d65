"""The admins' menu."""

from tests.chat import World


async def test_only_admins_see_the_menu(world: World) -> None:
    """A stranger and an instructor learn who admins are; an admin needs no account."""
    admin, olga, eve = world.admin(), await world.teacher("Olga"), world.person("Eve")
    for person in (olga, eve):
        assert "Only admins can do that" in (await person.send("/admin")).text
    assert (await admin.send("/admin")).text == "Admin\nNobody waits for an answer."
    assert admin.labels == ["Find a person", "What was decided"]
