"""What reaches the bot without being asked for: free text, edits, groups, block and unblock."""

from telegram import ChatMember

from db.repositories import Repositories
from handlers.kit.reply import Button, Reply, Screen, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Event, Router
from handlers.kit.text import Text, _
from handlers.policies import Action
from handlers.presses import Help, ListCourses

MAX_QUOTED = 32
_OUTSIDE, _INSIDE = {ChatMember.LEFT, ChatMember.BANNED}, {ChatMember.MEMBER, ChatMember.ADMINISTRATOR}
router = Router()


@router.event(Event.WORDS)
async def answer_words(request: Request, _repos: Repositories) -> Reply:
    """Answers free text, an unknown command, a sticker: says what works instead."""
    typed = (request.message.text or "") if request.message else ""
    if typed.startswith("/"):
        text = _("I do not know {command}.").format(command=typed.split()[0][:MAX_QUOTED])
    elif typed:
        text = _("I did not get that. I work with commands and buttons; /courses and a word searches the courses.")
    else:
        text = _("Thank you, but I can only use that inside a lesson that is being written.")
    return _with_ways_on(text)


def ask_for_patience(request: Request) -> Screen:
    """Returns what somebody reads once who sends more than they can be answered."""
    text = _(
        "That is a lot at once, {name}! I read all of it and answer about once a second; no need to send anything "
        "again. Only when a hundred answers wait for you, I stop reading until there are fewer."
    )
    return Screen(text.format(name=request.session.first_name), fresh=True)


@router.event(Event.EDITED)
async def answer_edit(_request: Request, _repos: Repositories) -> Reply:
    """Says that an edited message is not read again."""
    return _with_ways_on(_("I read messages as they were sent first. To change something, please send it anew."))


# All of the group would read why somebody is blocked.
@router.event(Event.GROUP, action=Action.KNOW)
async def answer_group(request: Request, _repos: Repositories) -> Reply:
    """Invites a group's member, who has spoken to the bot, to the private chat."""
    return _invitation(request)


def _invitation(request: Request) -> Reply:
    link = f"https://t.me/{request.rules.bot_username}"
    return screen(_("I teach in private, one chat a person. Come over:"), Button(_("Open our chat"), url=link))


@router.event(Event.CHAT_MEMBER, action=Action.KNOW)
async def notice_member(request: Request, _repos: Repositories) -> Reply:
    """Remembers who blocked the bot, and says hello to a group that takes it in."""
    change = request.update.my_chat_member
    if change is None:
        return reply()
    if change.chat.type != change.chat.PRIVATE:
        came = change.new_chat_member.status in _INSIDE and change.old_chat_member.status in _OUTSIDE
        return _invitation(request) if came and change.chat.type != change.chat.CHANNEL else reply()
    if change.new_chat_member.status == ChatMember.BANNED:
        request.session.unreachable_since = request.now
    return reply()


def _with_ways_on(text: Text) -> Reply:
    return reply(Screen(text, ((Button(_("Browse courses"), ListCourses()), Button(_("Help"), Help())),), fresh=True))
