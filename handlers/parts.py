"""The parts of a lesson: listed, shown, moved and removed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from db.records import BlockRecord, CourseRecord, LessonRecord
from db.repositories import Repositories
from handlers.desk_presses import AddParts, ListParts, MovePart, OpenPart, RemovePart, ReplacePart, ShowPart
from handlers.kit.content import Content, Kind, UnreadableContentError
from handlers.kit.errors import UserError
from handlers.kit.graphemes import shorten
from handlers.kit.pages import Page, numbered
from handlers.kit.reply import Button, Rekey, Reply, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Renderable, Text, _, _n, lines
from handlers.lessons import blocks_under
from handlers.outline import locate, outdated
from handlers.policies import Action
from handlers.presses import DeskLesson, RemoveLesson

PAGE = 20
# As many words of a part as fit on a line of a phone.
MAX_WORDS = 30
_KINDS = {
    Kind.TEXT: _("Text"),
    Kind.LINK: _("Link"),
    Kind.PHOTO: _("Photo"),
    Kind.VIDEO: _("Video"),
    Kind.AUDIO: _("Audio"),
    Kind.VOICE: _("Voice message"),
    Kind.DOCUMENT: _("File"),
    Kind.ANIMATION: _("Animation"),
}
_GONE = _("That part was removed. Here is what the lesson has now.")


class Found(NamedTuple):
    """A part among those of its lesson, whose course is locked."""

    course: CourseRecord
    lesson: LessonRecord
    blocks: Sequence[BlockRecord]
    place: int

    @property
    def block(self) -> BlockRecord:
        """The part itself."""
        return self.blocks[self.place]


router = Router()


async def find_part(request: Request, repos: Repositories, lesson_id: int, block_id: int) -> Found | Screen:
    """Returns a part of a lesson, whose course is locked, or the screen to show instead when it is gone.

    Raises:
        UserError: when there is no such lesson, or the course is another's.
    """
    course, lesson = await locate(request, repos, lesson_id)
    if lesson is None:
        return await outdated(repos, course)
    blocks = await repos.blocks.list_of(lesson.id)
    place = next((place for place, each in enumerate(blocks) if each.id == block_id), None)
    if place is None:
        return await parts_screen(repos, course, lesson, news=_GONE)
    return Found(course, lesson, blocks, place)


@router.press(ListParts, action=Action.DESK)
async def list_parts(request: Request, repos: Repositories) -> Reply:
    """Shows a page of the parts of a lesson, each with its number, its kind and its first words."""
    press = request.press
    assert isinstance(press, ListParts)  # noqa: S101 (its route)
    course, lesson = await locate(request, repos, press.lesson_id)
    if lesson is None:
        return reply(await outdated(repos, course))
    return reply(await parts_screen(repos, course, lesson, press.page))


async def parts_screen(
    repos: Repositories, course: CourseRecord, lesson: LessonRecord, wanted: int = 1, *, news: Text | None = None
) -> Screen:
    """Returns a page of the parts of a lesson, under what is new about them."""
    blocks = await repos.blocks.list_of(lesson.id)
    page = Page.of(blocks, wanted, PAGE)
    heading = _("{course} · {lesson} · {parts}").format(
        course=course.title, lesson=Bold(lesson.title), parts=_n("{n} part", "{n} parts", len(blocks))
    )
    rows = (_numbered(*each) for each in page.shown)
    last = blocks[-1].id if blocks else 0
    return Screen(
        lines(news, lines(heading, *rows), between="\n\n"),
        keyboard(
            *page.numbers(lambda block: OpenPart(lesson.id, block.id)),
            page.turning(lambda number: ListParts(lesson.id, number)),
            [Button(_("Add parts"), AddParts(lesson.id, last)), Button(_("‹ Lesson"), DeskLesson(lesson.id))],
        ),
    )


def _numbered(number: int, block: BlockRecord) -> Text:
    return numbered(number, describe(block.content))


def describe(data: Mapping[str, Any]) -> Renderable:
    """Returns what a part is, in a line: its kind, its file's name and its first words."""
    try:
        made = Content.from_json(data)
    except UnreadableContentError:
        return _("Something that cannot be shown")
    words = " ".join(made.text.text.split())
    said = (shorten(each, MAX_WORDS) for each in (made.file_name, words) if each)
    return lines(_KINDS[made.kind], *said, between=" · ")


@router.press(OpenPart, action=Action.DESK)
async def open_part(request: Request, repos: Repositories) -> Reply:
    """Shows where a part stands among its neighbours, and what can be done with it."""
    press = request.press
    assert isinstance(press, OpenPart)  # noqa: S101 (its route)
    found = await find_part(request, repos, press.lesson_id, press.block_id)
    return reply(found if isinstance(found, Screen) else _part_screen(found))


def _part_screen(found: Found) -> Screen:
    lesson, blocks, place = found.lesson, found.blocks, found.place
    heading = _("{course} · {lesson} · part {number} of {total}").format(
        course=found.course.title, lesson=Bold(lesson.title), number=place + 1, total=len(blocks)
    )
    around = list(enumerate(blocks, 1))[max(place - 1, 0) : place + 2]
    neighbours = (Bold(_numbered(*each)) if each[1] is found.block else _numbered(*each) for each in around)
    ids = lesson.id, found.block.id
    up = Button(_("↑ Move up"), MovePart(*ids, -1, place)) if place > 0 else None
    down = Button(_("↓ Move down"), MovePart(*ids, 1, place)) if place + 1 < len(blocks) else None
    return Screen(
        lines(heading, lines(*neighbours), between="\n\n"),
        keyboard(
            [Button(_("Show"), ShowPart(*ids)), Button(_("Replace"), ReplacePart(*ids))],
            [up, down],
            [Button(_("Add after it"), AddParts(*ids)), Button(_("Remove"), RemovePart(*ids))],
            Button(_("‹ Parts"), ListParts(lesson.id, place // PAGE + 1)),
        ),
    )


@router.press(ShowPart, action=Action.DESK)
async def show_part(request: Request, repos: Repositories) -> Reply:
    """Shows a part as students see it, as new messages, with the way back."""
    press = request.press
    assert isinstance(press, ShowPart)  # noqa: S101 (its route)
    found = await find_part(request, repos, press.lesson_id, press.block_id)
    if isinstance(found, Screen):
        return reply(found)
    heading = _("Part {number} of {total}").format(number=found.place + 1, total=len(found.blocks))
    back = keyboard(Button(_("‹ Part"), OpenPart(press.lesson_id, press.block_id)))
    return reply(Rekey(), blocks_under(heading, found.lesson, [found.block.content], back))


@router.press(MovePart, action=Action.DESK)
async def move_part(request: Request, repos: Repositories) -> Reply:
    """Swaps a part with the one above or below; at the ends nothing moves."""
    press = request.press
    assert isinstance(press, MovePart)  # noqa: S101 (its route)
    found = await find_part(request, repos, press.lesson_id, press.block_id)
    if isinstance(found, Screen):
        return reply(found)
    there = found.place + (1 if press.by > 0 else -1)
    if found.place != press.place:
        return reply(_part_screen(found))
    if not 0 <= there < len(found.blocks):
        at_the_end = _("It is the last one already.") if press.by > 0 else _("It is the first one already.")
        return reply(_part_screen(found), toast=at_the_end)
    await repos.blocks.swap(found.block, found.blocks[there])
    moved = await find_part(request, repos, press.lesson_id, press.block_id)
    return reply(moved if isinstance(moved, Screen) else _part_screen(moved))


@router.press(RemovePart, action=Action.DESK)
async def remove_part(request: Request, repos: Repositories) -> Reply:
    """Takes a part out of its lesson, once the person is sure; the last one stays."""
    press = request.press
    assert isinstance(press, RemovePart)  # noqa: S101 (its route)
    found = await find_part(request, repos, press.lesson_id, press.block_id)
    if isinstance(found, Screen):
        return reply(found)
    course, lesson = found.course, found.lesson
    ids = lesson.id, found.block.id
    if len(found.blocks) == 1:
        text = _("A lesson needs at least one part. Replace this one, or remove the whole lesson.")
        remove = Button(_("Remove the lesson"), RemoveLesson(lesson.id))
        raise UserError(text, [Button(_("Replace"), ReplacePart(*ids)), remove])
    what = _numbered(found.place + 1, found.block)
    if not press.sure:
        text = _("Remove this part of {lesson}? It cannot be brought back.").format(lesson=Bold(lesson.title))
        buttons = [Button(_("Keep it"), OpenPart(*ids)), Button(_("Remove it"), RemovePart(*ids, 1))]
        return reply(Screen(lines(text, what, between="\n\n"), keyboard(buttons)))
    await repos.blocks.remove(found.block)
    page = found.place // PAGE + 1
    return reply(await parts_screen(repos, course, lesson, page, news=_("The part is removed.")))
