"""The door."""

from tests.chat import PASSWORD, World
from tests.factories import make_course


async def test_a_stranger_is_greeted_by_name(world: World) -> None:
    """The first word is the person's own name, and the next tap is there."""
    ada = world.person("Ada Lovelace")
    said = await ada.send("/start")
    assert said.text.startswith("Hi Ada! I teach short courses right here in the chat.")
    assert ada.labels == ["Browse courses", "Create an account", "Log in"]


async def test_a_student_finds_the_place_again(world: World) -> None:
    """Every unfinished course is shown with its bar, and one tap goes on."""
    await make_course(world, title="Compilers 101", code="COMP1", lessons=("Lexing", "Parsing"))
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/enroll COMP1")
    said = await ada.send("/start")
    assert said.text == "Welcome back, Ada.\nCompilers 101\n░░░░░░░░░░  0 %"
    assert ada.labels[0] == "Start: Lexing"


async def test_a_student_is_called_by_the_own_name(world: World) -> None:
    """By that of the account, not of the Telegram account, which may be another's; also when a course is finished."""
    await make_course(world, title="Compilers 101", code="COMP1", lessons=("Lexing",))
    phone = world.person("Phone")
    await phone.send("/register")
    for words in ("Ada Lovelace", "ada@example.org", PASSWORD):
        await phone.send(words)
    await phone.press("Student")
    await phone.send("/enroll COMP1")
    assert (await phone.send("/start")).text.startswith("Welcome back, Ada Lovelace.")
    await phone.send("/lesson")
    assert (await phone.send("/done")).text.endswith("Well done, Ada Lovelace!")


async def test_a_wrong_link_is_answered(world: World) -> None:
    """A link to a course that is no more leads to the list."""
    ada = world.person("Ada")
    assert "no such course" in (await ada.send("/start c_GONE")).text
    assert ada.labels == ["Browse courses"]
