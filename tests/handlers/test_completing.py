"""Completing: done, undone, finished."""

import pytest

from bot.playground.history import ChatMessage
from db.models import ChatSession, Completion, Progress, ProgressStatus
from db.records import CourseRecord
from tests.chat import Person, World
from tests.factories import add_lesson, enroll, lesson_ids, make_course, make_student, remove_lesson, sign_in


async def taken(world: World, *lessons: str, code: str = "COMP1") -> tuple[Person, CourseRecord]:
    """Returns a student who has opened the first of these lessons, and the course."""
    course = await make_course(world, code=code, lessons=lessons)
    ada = await make_student(world, "Ada")
    await enroll(world, ada, course)
    await ada.send("/lesson")
    return ada, course


async def progress_of(world: World, course: CourseRecord) -> Progress:
    [progress] = await world.rows(Progress, Progress.course_id == course.id)
    assert isinstance(progress, Progress)
    return progress


def found(person: Person, message: ChatMessage) -> ChatMessage:
    """Returns the message as it looks now."""
    return next(one for one in person.chat if one.id == message.id)


def labels(message: ChatMessage) -> list[str]:
    return [button.text for button in message.buttons]


async def test_done_completes_and_offers_the_next(world: World) -> None:
    """The answer is a new message with Next first; the lesson keeps its words and loses Done."""
    ada, course = await taken(world, "Lexing", "Parsing")
    lesson = ada.last
    said = await ada.press("Done")
    assert said.text == "Lexing done.  ▓▓▓▓▓░░░░░  50 %"
    assert labels(said) == ["Next: Parsing", "Undo"]
    assert (found(ada, lesson).text, labels(found(ada, lesson))) == (lesson.text, ["Parsing ›"])
    [completion] = await world.rows(Completion)
    assert (completion.lesson_id, completion.completed_at) == ((await lesson_ids(world, course))[0], world.clock())
    assert (await ada.press("Next")).text.startswith("Compilers 101 · 2 of 2\nParsing")
    assert labels(found(ada, said)) == []


async def test_done_may_be_typed(world: World) -> None:
    """It completes the lesson that is open, and without one it says how to open one."""
    ada = await make_student(world)
    assert (await ada.send("/done")).text == "No lesson is open here. /lesson opens the next one."
    assert ada.labels == ["My progress"]
    await make_course(world)
    await ada.send("/enroll COMP1")
    await ada.send("/done")
    assert ada.labels == ["Open the next lesson"]
    await ada.press("Open the next lesson")
    assert (await ada.send("/done")).text == "Lexing done.  ▓▓▓▓▓░░░░░  50 %"


async def test_twice_changes_nothing_and_says_so(world: World) -> None:
    """The second Done keeps the first one's time, says so and leads on."""
    ada, _course = await taken(world, "Lexing", "Parsing")
    button = ada.last
    await ada.press("Done")
    world.clock.advance(hours=1)
    for said in (await ada.send("/done"), await ada.forge(button.id, button.buttons[0].data or "")):
        assert said.text == "Lexing is done already.  ▓▓▓▓▓░░░░░  50 %"
        assert labels(said) == ["Next: Parsing"]
    [completion] = await world.rows(Completion)
    assert completion.completed_at < world.clock()


async def test_an_older_done_button_means_its_own_lesson(world: World) -> None:
    """Two lessons with Done in one chat: each press completes the lesson that it stands under."""
    ada, course = await taken(world, "Lexing", "Parsing", "Types")
    lexing = ada.last
    await ada.send("/lesson 2")
    await ada.forge(lexing.id, lexing.buttons[0].data or "")
    assert ada.last.text.startswith("Lexing done.")
    assert (await ada.send("/done")).text.startswith("Parsing done.")
    assert labels(ada.last) == ["Next: Types", "Undo"]
    assert {row.lesson_id for row in await world.rows(Completion)} == set((await lesson_ids(world, course))[:2])


async def test_next_comes_back_to_what_was_passed_over(world: World) -> None:
    """After the last lesson, Next is the first that is not done."""
    ada, _course = await taken(world, "Lexing", "Parsing", "A title that is far too long for one button")
    await ada.send("/lesson 3")
    assert labels(ada.last) == ["Done ✓", "‹ Parsing"]
    await ada.press("Done")
    assert labels(ada.last) == ["Next: Lexing", "Undo"]
    await ada.send("/lesson 2")
    assert labels(ada.last) == ["Done ✓", "‹ Lexing", "A title that is far too… ›"]


async def test_undo_takes_it_back(world: World) -> None:
    """Within the visit the completion goes, its message says so and offers the lesson again."""
    ada, _course = await taken(world, "Lexing", "Parsing")
    done = await ada.press("Done")
    said = await ada.press("Undo")
    assert (said.id, said.text) == (done.id, "Lexing is not done after all.  ░░░░░░░░░░  0 %")
    assert await world.count(Completion) == 0
    assert (await ada.press("Open Lexing again")).text.startswith("Compilers 101 · 1 of 2\nLexing")
    assert labels(ada.last)[0] == "Done ✓"
    assert labels(found(ada, said)) == []
    await ada.press("Done")
    assert await world.count(Completion) == 1


async def test_undo_works_once(world: World) -> None:
    """What another Telegram account of the student completed after it is not taken back by the same button."""
    ada, _course = await taken(world, "Lexing", "Parsing")
    done = await ada.press("Done")
    await ada.press("Undo")
    tablet = await make_student(world, "Ada's tablet", of="Ada")
    await tablet.send("/lesson")
    await tablet.press("Done")
    assert (await ada.forge(done.id, done.buttons[1].data or "")).text.startswith("That can no longer be taken back")
    assert await world.count(Completion) == 1


async def test_undo_ends_with_the_visit(world: World) -> None:
    """Opening a lesson, or logging out, ends it; so does another Done. The completion stays."""
    ada, _course = await taken(world, "Lexing", "Parsing", "Types")
    done = await ada.press("Done")
    data = done.buttons[1].data or ""
    await ada.send("/lesson")
    assert (await ada.forge(done.id, data)).text.startswith("That can no longer be taken back")
    assert ada.labels == ["All lessons"]
    await ada.send("/done")
    assert (await ada.forge(done.id, data)).text.startswith("That can no longer be taken back")
    later = ada.find_button("Undo")
    await ada.send("/logout")
    assert "You need an account" in (await ada.forge(later[0].id, later[1])).text
    await sign_in(world, ada, "Ada")
    assert (await ada.forge(later[0].id, later[1])).text.startswith("That can no longer be taken back")
    assert await world.count(Completion) == 2


async def test_undo_is_not_for_other_lessons(world: World) -> None:
    """A forged Undo of an earlier lesson, or a second Undo, takes nothing back."""
    ada, course = await taken(world, "Lexing", "Parsing", "Types")
    await ada.press("Done")
    await ada.press("Next")
    done = await ada.press("Done")
    [lexing, parsing, types] = await lesson_ids(world, course)
    for lesson in (lexing, types):
        assert (await ada.forge(done.id, f"un:{lesson}")).text.startswith("That can no longer be taken back")
    await ada.forge(done.id, f"un:{parsing}")
    assert (await ada.forge(done.id, f"un:{parsing}")).text.startswith("That can no longer be taken back")
    assert [row.lesson_id for row in await world.rows(Completion)] == [lexing]


async def test_the_last_lesson_completes_the_course(world: World) -> None:
    """Congratulations with the figures and two ways on; no Undo, and the course is finished for good."""
    ada, course = await taken(world, "Lexing", "Parsing")
    await ada.press("Done")
    await ada.press("Next")
    world.clock.advance(days=22, hours=23)
    said = await ada.press("Done")
    assert said.text == "Compilers 101 is complete. 2 of 2, in 23 days. Well done, Ada!"
    assert labels(said) == ["See the course", "Find another"]
    progress = await progress_of(world, course)
    assert (progress.status, progress.completed_at) == (ProgressStatus.COMPLETED, world.clock())
    assert "Undo" not in [label for message in ada.chat for label in labels(message) if message.id >= said.id]
    last = (await lesson_ids(world, course))[-1]
    assert (await ada.forge(said.id, f"un:{last}")).text.startswith("That can no longer be taken back")
    assert (await ada.send("/done")).text == "Parsing is done already.  ▓▓▓▓▓▓▓▓▓▓  100 %"
    assert ada.labels == ["See the course", "Find another"]
    assert await world.count(Completion) == 2


async def test_what_finished_the_course_is_never_undone(world: World) -> None:
    """An Undo that was possible when the other Telegram account completed the course is so no more."""
    ada, course = await taken(world, "Lexing", "Parsing")
    [_lexing, parsing] = await lesson_ids(world, course)
    await ada.press("Done")
    other = await make_student(world, "Ada's tablet", of="Ada")
    assert "is complete" in (await other.forge(1, f"ok:{parsing}")).text
    assert (await ada.press("Undo")).text.startswith("That can no longer be taken back")
    assert await world.count(Completion) == 2


async def test_a_lesson_added_later_leaves_the_course_finished(world: World) -> None:
    """It can be done, and undone, and the course was finished all the while."""
    ada, course = await taken(world, "Lexing")
    await ada.press("Done")
    finished_at = (await progress_of(world, course)).completed_at
    world.clock.advance(days=1)
    await add_lesson(world, course, "Types")
    assert (await ada.send("/lesson")).text.startswith("Compilers 101 · 2 of 2\nTypes")
    assert (await ada.press("Done")).text == "Types done.  ▓▓▓▓▓▓▓▓▓▓  100 %"
    assert ada.labels == ["See the course", "Find another", "Undo"]
    assert "Types is not done after all" in (await ada.press("Undo")).text
    progress = await progress_of(world, course)
    assert (progress.status, progress.completed_at) == (ProgressStatus.COMPLETED, finished_at)


async def test_an_edit_that_leaves_nothing_to_do_finishes_at_the_next_act(world: World) -> None:
    """Removing the last open lesson finishes nothing by itself, and looking on does not either; learning on does."""
    acts = [
        "/lesson",
        "/lesson 1",
        "/lesson COMP{0}",
        "/done",
        "go:{course}",
        "l:{first}:0",
        "ok:{first}",
        "un:{first}",
    ]
    acts += ["l:{last}:0", "ok:{last}", "un:{last}"]
    for number, act in enumerate(acts):
        ada, course = await taken(world, "Lexing", "Parsing", code=f"COMP{number}")
        first, last = await lesson_ids(world, course)
        await ada.press("Done")
        await ada.press("Next")
        await remove_lesson(world, last)
        assert "1/1 · 100 %" in (await ada.send("/progress")).text
        await ada.send(f"/progress COMP{number}")
        assert (await progress_of(world, course)).status is ProgressStatus.IN_PROGRESS
        typed = act.format(number, course=course.id, first=first, last=last)
        before = len(ada.said)
        await (ada.send(typed) if typed.startswith("/") else ada.forge(1, typed))
        said = [text for text in ada.said[before:] if "is complete" in text]
        assert said == ["Compilers 101 is complete. 1 of 1, in 1 day. Well done, Ada!"], act
        assert (await progress_of(world, course)).status is ProgressStatus.COMPLETED
        await ada.send("/lesson 1")
        assert sum("is complete" in text for text in ada.said) == 1, act
        await ada.send("/logout")


async def test_finishing_from_the_list(world: World) -> None:
    """A course that an edit left with nothing to do offers the button that finishes it."""
    ada, course = await taken(world, "Lexing", "Parsing")
    await ada.press("Done")
    await remove_lesson(world, (await lesson_ids(world, course))[1])
    await ada.send("/progress")
    assert "is complete" in (await ada.press("Finish Compilers 101")).text


async def test_a_removed_lesson_cannot_be_done(world: World) -> None:
    """The open lesson was removed meanwhile: nothing is written, and the way on is shown."""
    ada, course = await taken(world, "Lexing", "Parsing")
    await remove_lesson(world, (await lesson_ids(world, course))[0])
    for said in (await ada.send("/done"), await ada.press("Done")):
        assert said.text == "Lexing is no longer part of Compilers 101."
        assert labels(said) == ["Open the next lesson"]
    assert await world.count(Completion) == 0


@pytest.mark.parametrize("ends", ["by logging out", "by itself"])
async def test_another_student_of_the_same_phone_inherits_nothing(world: World, ends: str) -> None:
    """Whoever signs in where somebody else was signed in has no lesson open, and nothing to undo."""
    ada, _course = await taken(world, "Lexing", "Parsing")
    done = await ada.press("Done")
    if ends == "by itself":
        world.clock.advance(days=31)
    else:
        await ada.send("/logout")
    bob = Person(world, ada.id, "Bob Babbage")
    await bob.register()
    await bob.send("/enroll COMP1")
    assert "No lesson is open" in (await bob.send("/done")).text
    assert "can no longer" in (await bob.forge(done.id, done.buttons[1].data or "")).text
    assert await world.count(Completion) == 1


async def test_done_keeps_the_session_of_its_own_chat(world: World) -> None:
    """What is open in one Telegram account is not open in the other one of the same student."""
    ada, _course = await taken(world, "Lexing", "Parsing")
    tablet = await make_student(world, "Ada's tablet", of="Ada")
    assert "No lesson is open here" in (await tablet.send("/done")).text
    await ada.press("Done")
    [session] = await world.rows(ChatSession, ChatSession.telegram_id == tablet.id)
    assert session.undo_lesson_id is None
