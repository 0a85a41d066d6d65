"""/privacy: what is kept about people, why, and how long. What it says is what the models and the tidying do."""

from db.repositories import Repositories
from db.repositories.outbox import KEEP_SENT
from db.repositories.upkeep import KEEP_SHELVED, KEEP_THROTTLES
from handlers.kit.reply import Button, Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Lines, Text, _, _n, lines
from handlers.policies import Action
from handlers.settings import BACK
from handlers.settings_presses import ShowFarewell, ShowPrivacy

router = Router()


@router.command("privacy", _("What I keep about you"), action=Action.KNOW, looks=True)
@router.press(ShowPrivacy, action=Action.KNOW, looks=True)
async def show_privacy(request: Request, _repos: Repositories) -> Reply:
    """Says what is kept, why and how long; the numbers are those that the tidying goes by."""
    text = lines(
        Bold(_("What I keep about you")),
        _everybody(),
        _account(),
        _reminders(),
        _others(),
        _time(request),
        _afterwards(request),
        between="\n\n",
    )
    return screen(text, [Button(_("Delete my data"), ShowFarewell()), BACK])


def _everybody() -> Text:
    return _(
        "Of everybody who writes to me: your Telegram number and first name, language and time zone, when you "
        "first and last came, where we are in our talk, and whether I can reach you. I need that to answer you."
    )


def _account() -> Text:
    return _(
        "With an account: your name and email address, to know you again. Your password only as a hash, from which "
        "nobody can read it; I delete the message at once. Where you are signed in, since when and until when. Which "
        "courses you take, which lessons you completed and when, to keep your place. If you are blocked: since when, "
        "and why. If you teach: your wish to do so, what you say about yourself, all that you write into your courses, "
        "with copies of its files, and courses that are offered to you."
    )


def _reminders() -> Text:
    return _(
        "To remind you: on which days and at what time you want that, of what not, what I reminded you of last and "
        "when, so that nothing comes twice, and how often in a row you did not answer."
    )


def _others() -> Text:
    return _(
        "Who sees it: whoever sees a course reads its instructor's name, and what they say about themselves. "
        "Instructors see the names and the progress of their own students, and whom you offer a course sees your name "
        "and address. Admins see all of that, and of everybody the address, since when they are here, how many courses "
        "they take and teach, in how many chats they are signed in, and why they are blocked; where something went "
        "wrong, the Telegram number. The people who run this bot have its database. Nobody else does, and nothing is "
        "sold or passed on."
    )


def _time(request: Request) -> Lines:
    rules = request.rules
    return lines(
        _("How long:"),
        _n(
            "• all of it until you delete it, or have not used it for {n} day; an account whose courses go on stays",
            "• all of it until you delete it, or have not used it for {n} days; an account whose courses go on stays",
            rules.retention_days,
        ),
        _n(
            "• that I sent you something: {n} day, without its words",
            "• that I sent you something: {n} days, without its words",
            KEEP_SENT.days,
        ),
        _n("• that a password was wrong: {n} day", "• that a password was wrong: {n} days", KEEP_THROTTLES.days),
        _n(
            "• what you sent when something went wrong on my side, to mend it: {n} day",
            "• what you sent when something went wrong on my side, to mend it: {n} days",
            KEEP_SHELVED.days,
        ),
        _n(
            "• what admins decided, and about whom: {n} day",
            "• what admins decided, and about whom: {n} days",
            rules.audit_days,
        ),
    )


def _afterwards(request: Request) -> Lines:
    ways = _(
        "/export sends you all of it, but for your password's hash and the files. /deleteme deletes it at once; if you "
        "are blocked, ask the people who run this bot."
    )
    stays = _n(
        "What stays then: for {sent} days that I sent something to your Telegram number; for {n} day what admins did, "
        "without your name and address but with the words that they searched for, and by which admin's Telegram "
        "number, which also stays beside the wishes to teach, the failures that they saw to and the messages that "
        "they sent to many; what you announced to your students, under your name; and courses of yours that nobody "
        "took over, with their files and without your name.",
        "What stays then: for {sent} days that I sent something to your Telegram number; for {n} days what admins did, "
        "without your name and address but with the words that they searched for, and by which admin's Telegram "
        "number, which also stays beside the wishes to teach, the failures that they saw to and the messages that "
        "they sent to many; what you announced to your students, under your name; and courses of yours that nobody "
        "took over, with their files and without your name.",
        request.rules.audit_days,
    )
    return lines(ways, stays.format(sent=KEEP_SENT.days), between=" ")
