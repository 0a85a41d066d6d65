"""The catalog: find a course, enroll, leave."""

import pytest

from db.models import CourseStatus, Progress
from tests.chat import World
from tests.factories import make_course, set_status


async def test_published_courses_are_listed(world: World) -> None:
    """Everybody sees what is published, newest first, and nobody sees a draft."""
    await make_course(world, title="Compilers 101", code="COMP1", lessons=("Lexing", "Parsing"))
    await make_course(world, title="Secret plans", code="SECR1", status=CourseStatus.DRAFT)
    ada = world.person("Ada")
    said = (await ada.send("/courses")).text
    assert said == "Courses · 1\n1. Compilers 101 · Ivan Petrov · 2 lessons · 0 students"
    assert "no such course" in (await ada.send("/start c_SECR1")).text


async def test_courses_are_found_by_words_of_title_and_description(world: World) -> None:
    """Beginnings of words count, case does not, and signs do no harm."""
    await make_course(world, title="Compilers 101", code="COMP1", description="From characters to running code.")
    await make_course(world, title="Statistics, gently", code="STAT1")
    ada = world.person("Ada")
    assert "Compilers 101" in (await ada.send("/courses COMP running")).text
    assert "Statistics" not in ada.last.text
    assert (await ada.send('/courses zebra "OR*')).text.startswith('Nothing found for “zebra "OR*”.')
    await ada.press("All courses")
    assert "Statistics, gently" in ada.last.text


async def test_the_list_turns_its_pages_in_place(world: World) -> None:
    """Seven courses are two pages; turning edits the same message, there and back."""
    for number in range(7):
        await make_course(world, title=f"Course {number}", code=f"C{number}")
    ada = world.person("Ada")
    first = await ada.send("/courses")
    assert [button.text for button in first.buttons] == ["1", "2", "3", "4", "5", "1 / 2", "›"]
    second = await ada.press("›")
    assert second.id == first.id
    assert "Course 1 " in second.text
    assert "Course 6" not in second.text
    assert (await ada.press("‹")).text == first.text


@pytest.mark.parametrize("turn", ["›", "‹"])
async def test_a_page_that_is_empty_by_now_is_the_first(world: World, turn: str) -> None:
    """Turning to a page whose courses were hidden meanwhile shows what there is."""
    courses = [await make_course(world, title=f"Course {number}", code=f"C{number}") for number in range(6)]
    ada = world.person("Ada")
    await ada.send("/courses")
    if turn == "‹":
        await ada.press("›")
    for each in courses[:1] if turn == "›" else courses[1:]:
        await set_status(world, each, CourseStatus.DRAFT)
    said = await ada.press(turn)
    assert said.text.startswith("Courses · 5\n1. Course 5" if turn == "›" else "Courses · 1\n1. Course 0")
    assert not {"‹", "›"} & set(ada.labels)


async def test_no_courses_at_all_is_said_kindly(world: World) -> None:
    """An empty catalog is not a list of nothing."""
    assert (await world.person("Ada").send("/courses")).text == "There are no courses yet. Please look in again soon."


async def test_a_title_is_shown_as_it_is(world: World) -> None:
    """A course called `<b>&"` is shown as such, everywhere."""
    await make_course(world, title='<b>&"{name}', code="ODD1", description="<i>&amp;{0}")
    ada = world.person("Ada")
    assert '<b>&"{name}' in (await ada.send("/courses")).text
    card = await ada.press("1")
    assert card.text.startswith('<b>&"{name}\nby Ivan Petrov\n\n<i>&amp;{0}')


async def test_a_link_comes_back_to_its_course_after_registration(world: World) -> None:
    """A deep link shows the card, and the new account lands on it again."""
    await make_course(world, title="Compilers 101", code="COMP1")
    ada = world.person("Ada")
    assert (await ada.send("/start c_COMP1")).text.startswith("Compilers 101")
    assert "You need an account" in (await ada.press("Enroll")).text
    await ada.press("Create an account")
    for words in ("Ada", "ada@example.org", "correct horse"):
        await ada.send(words)
    await ada.press("Student")
    assert ada.last.text.startswith("Compilers 101\nby Ivan Petrov")
    assert "Enjoy!" in (await ada.press("Enroll")).text


async def test_enrolling_twice_is_one_enrollment(world: World) -> None:
    """The second time changes nothing and says so."""
    await make_course(world, code="COMP1")
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/enroll comp1")
    assert "already" in (await ada.send("/enroll COMP1")).text
    assert await world.count(Progress) == 1


@pytest.mark.parametrize(("typed", "answer"), [("/enroll", "Which course?"), ("/enroll NOPE", "no such course")])
async def test_a_missing_or_unknown_code_is_explained(world: World, typed: str, answer: str) -> None:
    """The refusal offers the list."""
    ada = world.person("Ada")
    await ada.register()
    assert answer in (await ada.send(typed)).text
    assert ada.labels == ["Browse courses"]


async def test_leaving_asks_first_and_keeps_the_progress(world: World) -> None:
    """Stay stays, Leave leaves, and coming back finds the old enrollment."""
    await make_course(world, title="Compilers 101", code="COMP1")
    ada = world.person("Ada")
    await ada.register()
    await ada.send("/enroll COMP1")
    await ada.send("/start c_COMP1")
    assert "Leave Compilers 101?" in (await ada.press("Leave")).text
    await ada.press("Stay")
    [progress] = await world.rows(Progress)
    assert progress.left_at is None
    await ada.press("Leave")
    assert "You have left" in (await ada.press("Leave")).text
    assert "Welcome back to Compilers 101" in (await ada.press("Come back")).text
    [progress] = await world.rows(Progress)
    assert progress.left_at is None


async def test_a_hidden_course_takes_no_newcomers(world: World) -> None:
    """A forged press on a draft is answered as if there were no such course."""
    course = await make_course(world, code="DRAFT1", status=CourseStatus.DRAFT)
    ada = world.person("Ada")
    await ada.register()
    for data in (f"en:{course.id}", f"c:{course.id}", "en:999", "c:999"):
        assert "no such course" in (await ada.forge(1, data)).text
    assert await world.count(Progress) == 0


async def test_a_course_hidden_meanwhile_does_not_keep_anybody_out(world: World) -> None:
    """Who came by a link registers all the same when the course is unpublished before they are done."""
    course = await make_course(world, code="COMP1")
    ada = world.person("Ada")
    await ada.send("/start c_COMP1")
    await set_status(world, course, CourseStatus.DRAFT)
    await ada.register()
    assert ada.last.text == "Welcome, Ada! Your account is ready."
    assert "ada@example.org" in (await ada.send("/me")).text


async def test_a_card_shows_how_far_its_student_is(world: World) -> None:
    """The card has the bar and the next lesson, and offers nothing to continue when all is done."""
    await make_course(world, title="Compilers 101", code="COMP1", lessons=("Lexing", "Parsing"))
    ada = world.person("Ada")
    await ada.register()
    assert "Enjoy!" in (await ada.send("/enroll COMP1")).text
    assert ada.labels == ["Start: Lexing"]
    await ada.press("Start: Lexing")
    await ada.send("/done")
    card = await ada.send("/start c_COMP1")
    assert "▓▓▓▓▓░░░░░  1/2 · 50 %" in card.text
    assert ada.labels[0] == "Continue: Parsing"
    await ada.press("Continue: Parsing")
    await ada.send("/done")
    await ada.send("/start c_COMP1")
    assert ada.labels == ["Lessons", "Leave", "‹ Courses"]
