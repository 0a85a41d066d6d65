"""Parts that are written for a lesson that is there already: more of them, or others in place of one."""

from db.repositories import Repositories
from handlers.desk_presses import AddParts, ReplacePart
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.materials import MAX_PARTS, ROOM, content, remarks
from handlers.kit.reply import Reply, Screen, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import _, _n, lines
from handlers.outline import locate, outdated
from handlers.parts import PAGE, find_part, parts_screen
from handlers.policies import Action


async def _add(request: Request, repos: Repositories, answers: Answers) -> Reply:
    return await _insert(request, repos, answers, replaces=False)


async def _replace(request: Request, repos: Repositories, answers: Answers) -> Reply:
    return await _insert(request, repos, answers, replaces=True)


_ANY = _("Text, links, pictures, video, audio, voice or files, in as many messages as you like. Formatting is kept.")
add_parts = Dialog(
    "add_parts",
    _("More for the lesson"),
    Ask(
        "content",
        lines(_("Send what comes next."), _ANY, between=" "),
        parse=content,
        many=True,
        remarks=remarks,
    ),
    done=_add,
)
replace_part = Dialog(
    "replace_part",
    _("Replace a part"),
    Ask(
        "content",
        lines(_("Send what takes its place."), _ANY, between=" "),
        parse=content,
        many=True,
        remarks=remarks,
    ),
    done=_replace,
)
router = Router(add_parts, replace_part)


async def _insert(request: Request, repos: Repositories, answers: Answers, *, replaces: bool) -> Reply:
    """Puts new parts after another one, or in its place; at the end of the lesson when that one is gone."""
    course, lesson = await locate(request, repos, answers["lesson_id"])
    if lesson is None:
        return reply(await outdated(repos, course))
    blocks, new = await repos.blocks.list_of(lesson.id), answers["content"]
    block = next((each for each in blocks if each.id == answers["block_id"]), None)
    old = block if replaces else None
    if len(blocks) - (old is not None) + len(new) > MAX_PARTS:
        raise _no_room()
    after = block or (blocks[-1] if blocks else None)
    await repos.blocks.insert(lesson.id, after.position if after else 0, new, request.now)
    if old is not None:
        await repos.blocks.remove(old)
    news = _("The part is replaced.") if old else _n("{n} part is added.", "{n} parts are added.", len(new))
    first = blocks.index(after) + (old is None) if after else 0
    return reply(await parts_screen(repos, course, lesson, first // PAGE + 1, news=news))


def _no_room() -> UserError:
    return UserError(
        _n(
            "A lesson has room for {n} part. Remove some, or write another lesson.",
            "A lesson has room for {n} parts. Remove some, or write another lesson.",
            MAX_PARTS,
        )
    )


@router.press(AddParts, action=Action.DESK)
async def begin_adding(request: Request, repos: Repositories) -> Reply:
    """Begins to write more parts, which come after another one."""
    press = request.press
    assert isinstance(press, AddParts)  # noqa: S101 (its route)
    course, lesson = await locate(request, repos, press.lesson_id)
    if lesson is None:
        return reply(await outdated(repos, course))
    room = MAX_PARTS - len(await repos.blocks.list_of(lesson.id))
    if room < 1:
        raise _no_room()
    return start(add_parts, request, lesson_id=lesson.id, block_id=press.block_id, **{ROOM: room})


@router.press(ReplacePart, action=Action.DESK)
async def begin_replacing(request: Request, repos: Repositories) -> Reply:
    """Begins to write what takes the place of a part."""
    press = request.press
    assert isinstance(press, ReplacePart)  # noqa: S101 (its route)
    found = await find_part(request, repos, press.lesson_id, press.block_id)
    if isinstance(found, Screen):
        return reply(found)
    room = MAX_PARTS - len(found.blocks) + 1
    return start(replace_part, request, lesson_id=found.lesson.id, block_id=found.block.id, **{ROOM: room})
