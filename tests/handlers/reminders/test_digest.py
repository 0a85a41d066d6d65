"""What a reminder says, and its buttons."""

from zoneinfo import ZoneInfo

import pytest

from db.reminding import Person
from handlers.kit.reply import Screen
from handlers.kit.text import Catalogs
from handlers.reminders.digest import ask_whether_to_go_on, digest, single
from tests.handlers.reminders.clocks import BERLIN, at, plan
from tests.handlers.reminders.somebody import due

ADA = Person(plan(), "Ada <3", teaches=False, is_blocked=False, to=None)
EVENING = at(BERLIN, 2026, 5, 3, 19)


def words(screen: Screen) -> str:
    """Returns the text as it is sent."""
    return str(screen.text.render(Catalogs(ZoneInfo("UTC")).translator("en")))


def labels(screen: Screen) -> list[list[str]]:
    """Returns the rows of buttons."""
    to = Catalogs(ZoneInfo("UTC")).translator("en")
    return [[str(button.text.render(to)) for button in row] for row in screen.keyboard]  # type: ignore[union-attr]


def test_the_first_thing_has_the_button_and_the_fourth_is_a_number() -> None:
    """Three sentences and the rest counted; what can be done about it stands below."""
    screen = digest(ADA, [due(words=f"Thing {number}.") for number in range(5)], EVENING, BERLIN)
    assert words(screen) == "Good evening, Ada &lt;3.\nThing 0.\nThing 1.\nThing 2.\nAnd 2 more."
    assert labels(screen) == [["Open"], ["Later", "Why this?", "Mute"]]


def test_a_single_thing_stands_alone() -> None:
    """Nothing is counted that is not there."""
    assert words(single(ADA, due(words="It ends."), EVENING, BERLIN)) == "Good evening, Ada &lt;3.\nIt ends."


@pytest.mark.parametrize(
    ("hour", "greeting"), [(8, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening")]
)
def test_the_greeting_is_that_of_their_wall(hour: int, greeting: str) -> None:
    """Whatever time it is where the bot runs."""
    said = words(digest(ADA, [due()], at(BERLIN, 2026, 5, 3, hour), BERLIN))
    assert said.startswith(f"Good {greeting}, ")


def test_who_does_not_answer_is_asked() -> None:
    """With both answers, and what happens without one."""
    screen = ask_whether_to_go_on(ADA, EVENING, BERLIN)
    assert words(screen).startswith("Good evening, Ada &lt;3.\n")
    assert "If you do not answer I stop" in words(screen)
    assert labels(screen) == [["Go on", "Stop"]]
