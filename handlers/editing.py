"""Editing: what a course says about itself, and the picture above it."""

from db.records import CourseRecord
from db.repositories import Repositories
from handlers.authoring import MAX_DESCRIPTION, MAX_TITLE
from handlers.desk import require_course
from handlers.desk_presses import (
    ChooseLanguage,
    DescribeCourse,
    EditCourse,
    RemoveCover,
    RenameCourse,
    SetCover,
    SetLanguage,
)
from handlers.kit.asks import line, text
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.materials import photo
from handlers.kit.reply import Button, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, _, lines
from handlers.languages import LANGUAGES, language_name
from handlers.policies import Action
from handlers.presses import Desk

# As many languages as fit side by side.
ROW = 3


async def _rename(request: Request, repos: Repositories, answers: Answers) -> Reply:
    course = await require_course(request, repos, answers["course_id"], lock=True)
    return await _say_anew(repos, course._replace(title=answers["title"]))


async def _describe(request: Request, repos: Repositories, answers: Answers) -> Reply:
    course = await require_course(request, repos, answers["course_id"], lock=True)
    return await _say_anew(repos, course._replace(description=answers["description"] or ""))


async def _set_cover(request: Request, repos: Repositories, answers: Answers) -> Reply:
    course = await require_course(request, repos, answers["course_id"], lock=True)
    await repos.courses.set_cover(course.id, answers["photo"], request.now)
    return reply(await _edit_screen(repos, course))


rename_course = Dialog(
    "rename_course",
    _("Course title"),
    Ask("title", _("What should it be called? (up to 80 characters)"), parse=line(MAX_TITLE)),
    done=_rename,
)
describe_course = Dialog(
    "describe_course",
    _("Course description"),
    Ask(
        "description",
        _("Describe it in a few sentences. (up to 2000 characters)"),
        parse=text(MAX_DESCRIPTION),
        optional=True,
        skip=_("No description"),
    ),
    done=_describe,
)
cover = Dialog(
    "cover",
    _("Cover picture"),
    Ask(
        "photo",
        _("Send a photo. The course's card stands under it; what is too long for that follows in a message below."),
        parse=photo,
    ),
    done=_set_cover,
)
router = Router(rename_course, describe_course, cover)


async def _say_anew(repos: Repositories, course: CourseRecord) -> Reply:
    await repos.courses.describe(course)
    return reply(await _edit_screen(repos, course))


@router.press(EditCourse, action=Action.DESK, looks=True)
async def show_edit(request: Request, repos: Repositories) -> Reply:
    """Shows what a course says about itself, and what of it can be changed."""
    assert isinstance(request.press, EditCourse)  # noqa: S101 (its route)
    return reply(await _edit_screen(repos, await require_course(request, repos, request.press.course_id)))


async def _edit_screen(repos: Repositories, course: CourseRecord) -> Screen:
    has_cover = (await repos.courses.require_card(course.id)).cover is not None
    language = language_name(course.language)
    figures = lines(
        _("Language: {language}").format(language=language) if language else _("Language: not said"),
        _("Cover picture: yes") if has_cover else _("Cover picture: none"),
    )
    return Screen(
        lines(Bold(course.title), course.description or _("No description yet."), figures, between="\n\n"),
        keyboard(
            [Button(_("Title"), RenameCourse(course.id)), Button(_("Description"), DescribeCourse(course.id))],
            [Button(_("Language"), ChooseLanguage(course.id)), Button(_("Cover picture"), SetCover(course.id))],
            Button(_("Remove the cover"), RemoveCover(course.id)) if has_cover else None,
            Button(_("‹ Desk"), Desk(course.id)),
        ),
    )


async def _begin(request: Request, repos: Repositories, dialog: Dialog, course_id: int) -> Reply:
    course = await require_course(request, repos, course_id)
    return start(dialog, request, course_id=course.id)


@router.press(RenameCourse, action=Action.DESK)
async def begin_rename(request: Request, repos: Repositories) -> Reply:
    """Begins to give a course another title."""
    assert isinstance(request.press, RenameCourse)  # noqa: S101 (its route)
    return await _begin(request, repos, rename_course, request.press.course_id)


@router.press(DescribeCourse, action=Action.DESK)
async def begin_description(request: Request, repos: Repositories) -> Reply:
    """Begins to give a course another description."""
    assert isinstance(request.press, DescribeCourse)  # noqa: S101 (its route)
    return await _begin(request, repos, describe_course, request.press.course_id)


@router.press(SetCover, action=Action.DESK)
async def begin_cover(request: Request, repos: Repositories) -> Reply:
    """Begins to give a course a cover picture."""
    assert isinstance(request.press, SetCover)  # noqa: S101 (its route)
    return await _begin(request, repos, cover, request.press.course_id)


@router.press(RemoveCover, action=Action.DESK)
async def remove_cover(request: Request, repos: Repositories) -> Reply:
    """Takes a course's cover picture away."""
    assert isinstance(request.press, RemoveCover)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id, lock=True)
    await repos.courses.set_cover(course.id, None, request.now)
    return reply(await _edit_screen(repos, course), toast=_("The cover picture is removed."))


@router.press(ChooseLanguage, action=Action.DESK, looks=True)
async def choose_language(request: Request, repos: Repositories) -> Reply:
    """Shows the languages that a course can be in, each by its own name."""
    assert isinstance(request.press, ChooseLanguage)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id)

    def button(tag: str) -> Button:
        return Button(_marked(language_name(tag) or tag, is_it=tag == course.language), SetLanguage(course.id, tag))

    buttons = [button(tag) for tag in LANGUAGES]
    rows = [buttons[first : first + ROW] for first in range(0, len(buttons), ROW)]
    none = Button(_marked(_("Do not say"), is_it=course.language is None), SetLanguage(course.id))
    text = _("Which language is {title} in?").format(title=Bold(course.title))
    return screen(text, *rows, none, Button(_("‹ Edit"), EditCourse(course.id)))


def _marked(label: Text | str, *, is_it: bool) -> Text | str:
    return _("{language} ✓").format(language=label) if is_it else label


@router.press(SetLanguage, action=Action.DESK)
async def set_language(request: Request, repos: Repositories) -> Reply:
    """Says which language a course is in; a language that no button names is none."""
    press = request.press
    assert isinstance(press, SetLanguage)  # noqa: S101 (its route)
    course = await require_course(request, repos, press.course_id, lock=True)
    return await _say_anew(repos, course._replace(language=press.tag if press.tag in LANGUAGES else None))
