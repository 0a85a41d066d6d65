"""How a lesson looks: its heading, its blocks, and the ways on from it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from db.records import CourseRecord, LessonRecord
from db.standing import Path, Step
from handlers.kit.content import Content, Kind, UnreadableContentError
from handlers.kit.graphemes import shorten
from handlers.kit.reply import Blocks, Button, Keyboard, Row, keyboard
from handlers.kit.text import Bold, Renderable, Text, _, lines
from handlers.presses import Done, ShowCourseProgress, ShowLesson

MAX_LABEL = 24
# Each knows its id and its title.
AnyLesson: TypeAlias = LessonRecord | Step
# In the place of a file that neither Telegram nor the bot has any more.
MISSING_FILE = _("(A file is missing here. Please tell your instructor.)")


def lesson_blocks(course: CourseRecord, path: Path, lesson: AnyLesson, contents: Iterable[Mapping[str, Any]]) -> Blocks:
    """Returns a lesson as it is shown to a student who has come so far."""
    index = path.find(lesson.id)
    is_done = path.steps[index].is_done
    place = _("{course} · {number} of {total} · done ✓") if is_done else _("{course} · {number} of {total}")
    heading = lines(place.format(course=course.title, number=index + 1, total=path.total), Bold(lesson.title))
    return blocks_under(heading, lesson, contents, lesson_keyboard(course, path, lesson))


def blocks_under(
    heading: Renderable, lesson: AnyLesson, contents: Iterable[Mapping[str, Any]], buttons: Keyboard
) -> Blocks:
    """Returns stored blocks of a lesson, or some of them, as messages under a heading."""
    return Blocks(
        heading=heading,
        contents=tuple(part for data in contents for part in _parts(data)),
        footer=_("That was {title}.").format(title=Bold(lesson.title)),
        keyboard=buttons,
    )


def lesson_keyboard(course: CourseRecord, path: Path, lesson: AnyLesson) -> Keyboard:
    """Returns the ways on from a lesson: Done first, or the next lesson when it is done."""
    index = path.find(lesson.id)
    before = path.steps[index - 1] if index else None
    after = path.steps[index + 1] if index + 1 < path.total else None
    back = _open(_("‹ {title}"), before) if before else None
    on = _open(_("{title} ›"), after) if after else None
    if not path.steps[index].is_done:
        return keyboard(Button(_("Done ✓"), Done(lesson.id)), [back, on])
    return keyboard(on or _way_on(course, path), back)


def _way_on(course: CourseRecord, path: Path) -> Row:
    """Returns the button after the last lesson: what was passed over, else all of them."""
    if path.next_lesson:
        return _open(_("Continue: {title}"), path.next_lesson)
    return Button(_("All lessons"), ShowCourseProgress(course.id))


def _open(label: Text, lesson: AnyLesson) -> Button:
    return Button(label.format(title=short(lesson.title)), ShowLesson(lesson.id, 1))


def short(title: str) -> str:
    """Returns a title as it fits on a button."""
    return shorten(title, MAX_LABEL)


def _parts(data: Mapping[str, Any]) -> Iterator[Content | Renderable]:
    """Yields a stored block as it can be shown; what cannot be shown is said, and hides nothing else."""
    try:
        content = Content.from_json(data)
    except UnreadableContentError:
        yield _("(This part cannot be shown. Please tell your instructor.)")
        return
    if content.kind.is_text or content.file_id or content.file_unique_id:
        yield content
        return
    yield MISSING_FILE
    yield Content(Kind.TEXT, content.text)
