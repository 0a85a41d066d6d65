"""Who goes hands their courses over to other instructors, or archives them."""

from db.repositories import Repositories
from db.repositories.handovers import OwnCourse
from handlers.addresses import address_of
from handlers.kit.asks import email
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.pages import ROW, in_rows, numbered
from handlers.kit.reply import Button, Notice, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, Value, _, _n, lines
from handlers.policies import Action, require
from handlers.presses import ListMine
from handlers.readers import readers_of
from handlers.reminders import planning
from handlers.settings import BACK
from handlers.settings_presses import AnswerOffer, ArchiveMine, HandOver, ShowFarewell

# With the longest titles and names, a screen stays below the 4096 of a message.
SHOWN = 10
_COURSES = Button(_("‹ My courses"), ShowFarewell())


async def courses_screen(request: Request, repos: Repositories, *, news: Value | None = None) -> Screen:
    """Returns the courses that an instructor who wants to go has to see to."""
    assert request.user is not None  # noqa: S101 (the callers looked)
    own = await repos.handovers.list_own(request.user.id)
    if not own:
        onwards = Button(_("Go on"), ShowFarewell())
        return Screen(lines(news, _("All your courses are seen to."), between="\n\n"), keyboard(onwards, BACK))
    heading = _n(
        "You teach {n} course. Before you go, hand it over to another instructor, or archive it: then its students can "
        "still read it, and nobody new comes.",
        "You teach {n} courses. Before you go, hand them over to other instructors, or archive them: then their "
        "students can still read them, and nobody new comes.",
        len(own),
    )
    shown = list(enumerate(own[:SHOWN], 1))
    more = len(own) - len(shown)
    rest = _n("… and {n} more", "… and {n} more", more) if more else None
    numbers = [Button(_("Hand over {number}").format(number=n), HandOver(one.course_id)) for n, one in shown]
    rows = in_rows(numbers, ROW // 2) if len(own) > 1 else []
    all_of_them = Button(_("Hand over all") if len(own) > 1 else _("Hand over"), HandOver(None))
    archive = Button(_("Archive all") if len(own) > 1 else _("Archive"), ArchiveMine())
    text = lines(news, heading, lines(*(_row(number, one) for number, one in shown), rest), between="\n\n")
    return Screen(text, keyboard(*rows, [all_of_them, archive], BACK))


def _row(number: int, one: OwnCourse) -> Text:
    if one.offered_to is None:
        return numbered(number, Bold(one.title))
    row = _("{number}. {title} · offered to {name}, who has not answered yet")
    return row.format(number=number, title=Bold(one.title), name=one.offered_to)


async def _instructor(request: Request, repos: Repositories) -> int:
    """Returns the id of the instructor whose address the message is."""
    require(request, Action.AUTHOR)
    assert request.user is not None  # noqa: S101 (the action)
    address = await email(request, repos)
    user = await repos.users.get_by_email(address)
    if user is not None and user.id == request.user.id:
        raise UserError(_("That is you. Please send the address of somebody else who teaches here."))
    chats = await readers_of(request, repos, user.id) if user else []
    appointed = any(chat.telegram_id in request.rules.instructor_ids for chat in chats)
    if user is None or not chats or not (appointed or user.role == "instructor"):
        text = _(
            "No instructor with the address {email} is signed in here. Ask them to come here first, or send another."
        )
        raise UserError(text.format(email=address))
    return user.id


async def _offer(request: Request, repos: Repositories, answers: Answers) -> Reply:
    require(request, Action.AUTHOR)
    assert request.user is not None  # noqa: S101 (the action)
    own = await repos.handovers.list_own(request.user.id)
    offered = [one for one in own if answers["course_id"] in {None, one.course_id}]
    receiver = await repos.users.get(answers["address"], lock=True)
    if receiver is None or not offered:
        raise UserError(_("There is nothing left to hand over, or nobody to take it."), _COURSES)
    await repos.handovers.offer([one.course_id for one in offered], receiver.id, request.now)
    # Also what was offered to them before: one answer is for all.
    waiting = await repos.handovers.list_offered(request.user.id, receiver.id)
    asked = Screen(
        lines(_asking(request, len(waiting)), *(Bold(title) for title in waiting[:SHOWN]), _rest(len(waiting))),
        keyboard(
            [
                Button(_("Take over"), AnswerOffer(request.user.id, 1)),
                Button(_("Decline"), AnswerOffer(request.user.id, 0)),
            ]
        ),
    )
    told = [Notice(chat, asked) for chat in await readers_of(request, repos, receiver.id)]
    news = _("I have asked {name}, and will tell you.").format(name=receiver.name)
    return reply(await courses_screen(request, repos, news=news), *told)


def _asking(request: Request, number: int) -> Text:
    assert request.user is not None  # noqa: S101 (the caller looked)
    return _n(
        "{name} ({email}) would like to hand a course over to you, with its students:",
        "{name} ({email}) would like to hand {n} courses over to you, with their students:",
        number,
    ).format(name=request.user.name, email=address_of(request.user))


def _rest(number: int) -> Text | None:
    return _n("… and {n} more", "… and {n} more", number - SHOWN) if number > SHOWN else None


hand_over = Dialog(
    "hand_over",
    _("Hand over"),
    Ask("address", _("To whom? Send the email address of an instructor."), parse=_instructor),
    done=_offer,
)
router = Router(hand_over)


@router.press(HandOver, action=Action.AUTHOR)
async def begin_handover(request: Request, repos: Repositories) -> Reply:
    """Begins to ask who gets a course, or all of them."""
    press, user = request.press, request.user
    assert isinstance(press, HandOver)  # noqa: S101 (its route)
    assert user is not None  # noqa: S101 (the route's action)
    own = {one.course_id for one in await repos.handovers.list_own(user.id)}
    if not own or (press.course_id is not None and press.course_id not in own):
        raise UserError(_("That course is not yours to hand over, or not any more."), _COURSES)
    return start(hand_over, request, course_id=press.course_id)


@router.press(ArchiveMine, action=Action.AUTHOR)
async def archive_mine(request: Request, repos: Repositories) -> Reply:
    """Archives all courses of an instructor, once they are sure."""
    press, user = request.press, request.user
    assert isinstance(press, ArchiveMine)  # noqa: S101 (its route)
    assert user is not None  # noqa: S101 (the route's action)
    if not press.sure:
        own = await repos.handovers.list_own(user.id)
        if not own:
            return reply(await courses_screen(request, repos))
        text = _n(
            "Archive {title}? Its students can still read it, and nobody new comes. It is not changed any more, unless "
            "somebody takes it out of the archive.",
            "Archive all your {n} courses? Their students can still read them, and nobody new comes. They are not "
            "changed any more, unless somebody takes them out of the archive.",
            len(own),
        )
        question = text.format(title=Bold(own[0].title))
        return screen(question, [_COURSES, Button(_("Yes, archive"), ArchiveMine(1))])
    number = await repos.handovers.archive_all(user.id)
    news = _n("{n} course is archived.", "{n} courses are archived.", number)
    return reply(await courses_screen(request, repos, news=news))


@router.press(AnswerOffer, action=Action.AUTHOR)
async def answer_offer(request: Request, repos: Repositories) -> Reply:
    """Takes over the courses that another instructor offers, or declines, and tells that one."""
    press, user = request.press, request.user
    assert isinstance(press, AnswerOffer)  # noqa: S101 (its route)
    assert user is not None  # noqa: S101 (the route's action)
    titles = await repos.handovers.take(press.user_id, user.id, accept=bool(press.accept))
    if not titles:
        raise UserError(_("This offer is gone: it was answered or taken back."), Button(_("My courses"), ListMine()))
    givers = await readers_of(request, repos, press.user_id)
    told = [Notice(chat, _answered(user.name, len(titles), accept=bool(press.accept))) for chat in givers]
    if not press.accept:
        return screen(_("You have declined, and I have said so."), Button(_("My courses"), ListMine())).with_parts(
            *told
        )
    await repos.users.ensure_instructor(user.id)
    await planning.begin_own(request, repos)
    text = _n("{n} course is yours now. Thank you!", "{n} courses are yours now. Thank you!", len(titles))
    return screen(text, Button(_("My courses"), ListMine())).with_parts(*told)


def _answered(name: str, number: int, *, accept: bool) -> Screen:
    if accept:
        text = _n("{name} has taken over {n} course of yours.", "{name} has taken over {n} courses of yours.", number)
    else:
        text = _n(
            "{name} cannot take over {n} course of yours.", "{name} cannot take over {n} courses of yours.", number
        )
    return Screen(text.format(name=name), keyboard(_COURSES))
