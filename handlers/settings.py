"""/settings: one screen for all that people decide about themselves."""

from babel import Locale, UnknownLocaleError

from db.repositories import Repositories
from handlers.addresses import address_of
from handlers.kit.errors import UserError
from handlers.kit.pages import in_rows
from handlers.kit.reply import Button, Menu, Reply, Row, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Value, _, lines, nearest_language, printable, zone_of
from handlers.kit.zones import Clock, city_of
from handlers.policies import Who
from handlers.presses import LogIn, Register
from handlers.reminders.plan_presses import ShowReminders
from handlers.settings_presses import (
    AskZone,
    ChangeEmail,
    ChangeName,
    ChangePassword,
    Export,
    ListLanguages,
    ListSignIns,
    SetLanguage,
    ShowFarewell,
    ShowPrivacy,
    ShowSettings,
)

BACK = Button(_("‹ Settings"), ShowSettings())
router = Router()


@router.command("settings", _("Language, time zone, your account"), looks=True)
@router.press(ShowSettings, looks=True)
async def show_settings(request: Request, _repos: Repositories) -> Reply:
    """Shows what the person has decided, and what they can change."""
    return reply(settings_screen(request))


def settings_screen(request: Request, *, news: Value | None = None) -> Screen:
    """Returns the screen of all settings, under what is new about them."""
    user = request.user
    facts = lines(
        Bold(_("Settings")),
        _("Language: {language}").format(language=language_name(_spoken(request))),
        _("Time: {time} in {city}").format(time=clock_of(request), city=city_of(zone_name(request))),
        _("Account: {name}, {email}").format(name=user.name, email=address_of(user))
        if user
        else _("You are not signed in."),
    )
    return Screen(lines(news, facts, between="\n\n"), keyboard(*_rows(request)))


def _rows(request: Request) -> list[Row]:
    language = Button(_("Language"), ListLanguages()) if len(request.rules.languages) > 1 else None
    data = [Button(_("Privacy"), ShowPrivacy()), Button(_("My data"), Export()), Button(_("Delete"), ShowFarewell())]
    rows: list[Row] = [[language, Button(_("Time zone"), AskZone())]]
    if request.user is None:
        return [*rows, [Button(_("Create an account"), Register()), Button(_("Log in"), LogIn())], data]
    own = [Button(_("Name"), ChangeName()), Button(_("Email"), ChangeEmail()), Button(_("Password"), ChangePassword())]
    signed_in = Button(_("Where you are signed in"), ListSignIns())
    return [*rows, own, [Button(_("Reminders"), ShowReminders()), signed_in], data]


def zone_name(request: Request) -> str:
    """Returns the IANA name of the zone in which this person reads times."""
    chosen = request.session.zone
    return chosen if chosen and zone_of(chosen) else request.rules.zone


def clock_of(request: Request) -> Clock:
    """Returns what the person's clock shows now."""
    at = request.now.astimezone(zone_of(zone_name(request)))
    return Clock(at, at)


def _spoken(request: Request) -> str:
    """Returns the language in which this person is answered: the one of their Telegram may have no catalog."""
    return nearest_language(request.session.language, {tag.lower(): tag for tag in request.rules.languages})


def language_name(tag: str) -> str:
    """Returns what a language that has a catalog calls itself."""
    try:
        name = Locale.parse(tag).get_display_name()
    except (UnknownLocaleError, ValueError):
        name = None
    return (name or tag).capitalize()


@router.press(ListLanguages, looks=True)
async def list_languages(request: Request, _repos: Repositories) -> Reply:
    """Shows the languages that the bot speaks."""
    choices = [Button(language_name(tag), SetLanguage(tag)) for tag in request.rules.languages]
    follow = Button(_("As in my Telegram"), SetLanguage(""))
    return reply(Screen(_("Which language shall I speak?"), keyboard(*in_rows(choices, 2), follow, BACK)))


@router.press(SetLanguage)
async def set_language(request: Request, _repos: Repositories) -> Reply:
    """Speaks another language from now on, whatever Telegram says; or Telegram's again."""
    press, session = request.press, request.session
    assert isinstance(press, SetLanguage)  # noqa: S101 (its route)
    if press.tag and press.tag not in request.rules.languages:
        text = _("I do not speak that language. Please pick one of those that I do.")
        raise UserError(text, Button(_("Languages"), ListLanguages()))
    session.keeps_language = bool(press.tag)
    person = request.update.effective_user
    session.language = press.tag or printable((person.language_code if person else None) or "en")[:16]
    who = Who.of(request)
    # Only the chats of staff have a menu of their own; Telegram translates everybody's.
    menu = Menu(request.recipient, teaches=who.is_instructor) if who.is_instructor or who.is_admin else None
    return reply(settings_screen(request), menu, toast=_("Done."))
