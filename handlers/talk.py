"""The talk as a whole: finds the view for a request, minds who may do it and which dialog is open."""

from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from db.repositories import Repositories
from handlers import policies
from handlers.kit.dialog import Ask, Dialog, DialogPress
from handlers.kit.engine import Engine, Place
from handlers.kit.errors import DialogOpen, Keep, UserError
from handlers.kit.press import BadPress, Press
from handlers.kit.renderer import Renderer
from handlers.kit.reply import Button, Erase, Rekey, Reply, Screen, screen
from handlers.kit.request import Request
from handlers.kit.router import Command, Event, Route, Router
from handlers.kit.text import _, lines
from handlers.policies import Action
from handlers.presses import Help, LeaveDialog

K = TypeVar("K")
V = TypeVar("V")


# Only read, so they are answered in the middle of a dialog, which then goes on.
HARMLESS = frozenset({"help", "me"})


class Talk:
    """All routers as one."""

    def __init__(self, routers: Iterable[Router]) -> None:
        """Joins the routers.

        Raises:
            ValueError: when two of them claim the same command, button, event, dialog or renderer.
        """
        self.commands: dict[str, Command] = {}
        self.presses: dict[str, tuple[type[Press], Route]] = {}
        self.events: dict[Event, Route] = {}
        self.renderers: dict[str, Renderer[Any]] = {}
        dialogs: dict[str, Dialog] = {}
        for router in (*routers, self._own()):
            _join(self.commands, router.commands.items())
            _join(self.presses, ((press.prefix, (press, route)) for press, route in router.presses.items()))
            _join(self.events, router.events.items())
            _join(dialogs, ((dialog.name, dialog) for dialog in router.dialogs))
            _join(self.renderers, ((renderer.name, renderer) for renderer in router.renderers))
        self.engine = Engine(dialogs)

    def _own(self) -> Router:
        own = Router()
        own.command("cancel", _("Leave what you are in the middle of"))(self._cancel)
        own.command("help", _("What you can do here"), action=Action.KNOW, looks=True)(self._help)
        own.press(Help, action=Action.KNOW, looks=True)(self._help)
        own.press(DialogPress)(self._press_dialog)
        own.press(LeaveDialog)(self._leave_dialog)
        return own

    def find_press(self, data: str) -> tuple[Press | None, Route]:
        """Returns the press that callback data stands for and its route; the route for old buttons otherwise."""
        found = self.presses.get(data.partition(":")[0])
        if found:
            try:
                return found[0].unpack(data), found[1]
            except BadPress:
                pass
        return None, Route(self._old_button, Action.TALK)

    def holds_secret(self, route: Route, request: Request) -> bool:
        """Whether the update may hold a password: a secret question's answer, or words after a command that guards."""
        name, args = _split_command(request.message.text or "") if request.message else ("", "")
        is_asked = self.engine.expects_secret(request)
        if args and name in self.commands:
            # A password may begin like a command.
            return is_asked or self.commands[name].guards
        return is_asked and not isinstance(route, Command)

    async def respond(self, route: Route, request: Request, repos: Repositories) -> Reply:
        """Returns what the route's view says, or asks first when a dialog would be left.

        Raises:
            UserError: when the person may not do this, or made a mistake.
            Pending: when slow work must be done first.
        """
        self._admit(route, request)
        typed = request.message.text if request.message else None
        # Who is blocked goes on where they were when they are not any more.
        opened = None if policies.Who.of(request).is_blocked else self.engine.current(request)
        if opened and isinstance(route, Command) and typed:
            if self.holds_secret(route, request):
                return self._erasing(request, await self._interrupt(route, request, repos, f"/{route.name}"))
            return await self._interrupt(route, request, repos, typed)
        if opened and route is self.events[Event.WORDS]:
            if not self._is_stray_command(opened[1], typed):
                return await self.engine.answer(request, repos)
            said = await route.view(request, repos)
            return said.with_parts(*self.engine.question(request, fresh=True).parts)
        if route is self.events[Event.EDITED]:
            return await self._edited(route, request, repos)
        try:
            return await self._run(route, request, repos)
        except DialogOpen:
            return self._ask_first(request, request.press.pack() if request.press else typed or "/help")

    def _admit(self, route: Route, request: Request) -> None:
        """Refuses who is blocked, whatever they are in the middle of; a password leaves the chat all the same."""
        try:
            policies.admit(request, route.action)
        except UserError as error:
            error.erase = self.holds_secret(route, request)
            raise

    async def _interrupt(self, command: Command, request: Request, repos: Repositories, waiting: str) -> Reply:
        """Answers a command in the middle of a dialog; only what leaves the dialog waits for the person's word."""
        if command.name == "cancel":
            return await self._run(command, request, repos)
        if command.name not in HARMLESS:
            return self._ask_first(request, waiting)
        said = await self._run(command, request, repos)
        return said.with_parts(*self.engine.question(request, fresh=True).parts)

    async def _run(self, route: Route, request: Request, repos: Repositories) -> Reply:
        policies.require(request, route.action)
        return await route.view(request, repos)

    def _ask_first(self, request: Request, waiting: str) -> Reply:
        opened = self.engine.current(request)
        if opened is None:
            return self.engine.question(request)
        dialog, _ask, place = opened
        replace(place, waiting=waiting[:256]).keep(request)
        text = _("You are in the middle of “{title}”. Leave it? Its answers would be forgotten.").format(
            title=dialog.title
        )
        what = waiting.split(maxsplit=1)[0] if waiting.startswith("/") else None
        leave = _("Leave for {command}").format(command=what) if what else _("Leave it")
        return screen(text, [Button(_("Stay"), LeaveDialog(0)), Button(leave, LeaveDialog(1))])

    async def _leave_dialog(self, request: Request, repos: Repositories) -> Reply:
        place = Place.of(request)
        press = request.press
        if place is None or place.waiting is None or not isinstance(press, LeaveDialog):
            return self.engine.old_button(request)
        if not press.go:
            replace(place, waiting=None).keep(request)
            return self.engine.question(request)
        request.session.dialog = None
        route, request = self._resume(request, place.waiting)
        try:
            return _giving_up_buttons(await self._run(route, request, repos))
        except UserError as error:
            # What the view wrote is taken back, but the person has left the dialog all the same.
            error.keep = _closing_dialog(request.telegram_id, error.keep)
            raise

    def _resume(self, request: Request, waiting: str) -> tuple[Route, Request]:
        """Returns the route and request of what the person wanted to leave the dialog for."""
        if not waiting.startswith("/"):
            press, route = self.find_press(waiting)
            return route, replace(request, press=press)
        name, args = _split_command(waiting)
        command = self.commands.get(name)
        route = command if command is not None else Route(self._old_button, Action.TALK)
        return route, replace(request, press=None, args=args)

    def _is_stray_command(self, ask: Ask, typed: str | None) -> bool:
        """Whether a text is a command that does not exist; a password may look like one."""
        return not ask.secret and bool(typed and typed.startswith("/"))

    async def _edited(self, route: Route, request: Request, repos: Repositories) -> Reply:
        """Answers an edited message: a part of an open question is changed, and nothing else is read again."""
        opened = self.engine.current(request)
        if self.holds_secret(route, request):
            return self._erasing(request, await self._unread(route, request, repos))
        if opened is None or self._is_stray_command(opened[1], request.message.text if request.message else None):
            return await self._unread(route, request, repos)
        return await self.engine.edit(request, repos) or await self._unread(route, request, repos)

    async def _unread(self, route: Route, request: Request, repos: Repositories) -> Reply:
        opened = self.engine.current(request)
        if opened is None:
            return await route.view(request, repos)
        again = _("I read messages as they were sent first. Please send your answer as a new message.")
        if opened[1].many:
            again = _("That message is none of the parts that you have sent so far, so nothing is changed.")
        return self.engine.question(request, fresh=True, reason=again)

    def _erasing(self, request: Request, said: Reply) -> Reply:
        erase = (Erase(request.message.message_id),) if request.message else ()
        return replace(said, parts=(*erase, *said.parts))

    async def _cancel(self, request: Request, _repos: Repositories) -> Reply:
        return self.engine.cancel(request)

    async def _help(self, request: Request, _repos: Repositories) -> Reply:
        who = policies.Who.of(request)
        possible = [command for command in self.commands.values() if policies.may(who, command.action)]
        rows = (_("/{name} {usage} – {description}") if one.usage else _("/{name} – {description}") for one in possible)
        said = (
            row.format(name=one.name, usage=one.usage, description=one.description)
            for row, one in zip(rows, possible, strict=True)
        )
        return screen(lines(_("What you can do here:"), *said))

    async def _old_button(self, request: Request, _repos: Repositories) -> Reply:
        return self.engine.old_button(request)

    async def _press_dialog(self, request: Request, repos: Repositories) -> Reply:
        if not isinstance(request.press, DialogPress):
            return self.engine.old_button(request)
        return await self.engine.press(request, repos, request.press)


def _split_command(typed: str) -> tuple[str, str]:
    """Returns the name and the arguments of a typed command; no name for other words."""
    if not typed.startswith("/"):
        return "", ""
    command, *args = typed.split(maxsplit=1)
    return command[1:].partition("@")[0].lower(), "".join(args).strip()


def _closing_dialog(telegram_id: int, keep: Keep | None) -> Keep:
    async def keep_and_close(repos: Repositories) -> None:
        if keep is not None:
            await keep(repos)
        await repos.sessions.close_dialog(telegram_id)

    return keep_and_close


def _giving_up_buttons(said: Reply) -> Reply:
    """Returns a reply after which the pressed message asks nothing more: a screen replaces it, or its buttons go."""
    replaces = any(isinstance(part, Screen) and not part.is_new for part in said.parts)
    return said if replaces else Reply((Rekey(), *said.parts), said.toast)


def _join(known: dict[K, V], new: Iterable[tuple[K, V]]) -> None:
    for key, value in new:
        if key in known:
            message = f"{key} is declared twice"
            raise ValueError(message)
        known[key] = value
