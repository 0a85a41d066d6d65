"""The engine that runs every dialog: questions, answers, Back, Skip, Cancel, and what comes in between."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from db.repositories import Repositories
from handlers.kit.dialog import BACK, CANCEL, DISCARD, DROP, FINISH, KEEP, SKIP, Ask, AskAgain, Dialog, DialogPress
from handlers.kit.errors import DialogOpen, UserError
from handlers.kit.place import Place
from handlers.kit.reply import Button, Erase, Keyboard, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.text import Bold, Text, _, _n, lines

__all__ = ["Engine", "Place", "interpose", "start"]


class Engine:
    """Runs the dialogs that it knows."""

    def __init__(self, dialogs: Mapping[str, Dialog]) -> None:
        """Knows these dialogs by name."""
        self._dialogs = dialogs

    def current(self, request: Request) -> tuple[Dialog, Ask, Place] | None:
        """Returns the open dialog and its question; mends what an upgrade has changed.

        A dialog that is no more, or has no question for this person, is closed. A question that is no more gives way to
        the first without an answer.
        """
        place = Place.of(request)
        dialog = self._dialogs.get(place.name) if place else None
        asked = dialog.asked(request) if dialog else []
        if place is None or dialog is None or not asked:
            request.session.dialog = None
            return None
        ask = next((ask for ask in asked if ask.key == place.step), None)
        if ask is None:
            ask = next((ask for ask in asked if ask.key not in place.answers), asked[-1])
            place = replace(place, step=ask.key)
            place.keep(request)
        return dialog, ask, place

    def question(self, request: Request, *, fresh: bool = False, reason: Text | None = None) -> Reply:
        """Returns the open question as a screen, after the reason why it is asked again."""
        opened = self.current(request)
        if opened is None:
            return reply(Screen(_("That is over already. /help shows what you can do.")))
        dialog, ask, place = opened
        asked = [one.key for one in dialog.asked(request)]
        place_in_row = _("{title} · {step} of {steps}").format(
            title=dialog.title, step=asked.index(ask.key) + 1, steps=len(asked)
        )
        heading = place_in_row if len(asked) > 1 else dialog.title
        parts = place.answers.get(ask.key) if ask.many else None
        asking = _so_far(len(parts)) if parts else ask.question
        text = lines(reason, None if reason else Bold(heading), asking, between="\n\n" if reason else "\n")
        return reply(Screen(text, self.buttons(request, dialog, ask, place), fresh=fresh))

    def buttons(self, request: Request, dialog: Dialog, ask: Ask, place: Place) -> Keyboard:
        """Returns the buttons of a question: its choices first, then the ways on and out."""

        def button(text: Text, act: str) -> Button:
            return Button(text, DialogPress(f"{dialog.name}/{ask.key}", act))

        is_first = dialog.asked(request)[0] is ask
        some = len(place.answers.get(ask.key) or ()) if ask.many else 0
        return keyboard(
            *([button(choice.text, choice.value)] for choice in ask.choices),
            [button(_("Finish"), FINISH), button(_("Remove the last"), f"{DROP}{some}")] if some else None,
            [
                button(ask.skip, SKIP) if ask.optional else None,
                None if is_first else button(_("‹ Back"), BACK),
                button(_("Cancel"), CANCEL),
            ],
        )

    async def answer(self, request: Request, repos: Repositories) -> Reply:
        """Takes a message as the answer to the open question.

        Raises:
            UserError: when it is none; the question stays open.
        """
        opened = self.current(request)
        if opened is None or request.message is None:
            return self.question(request)
        dialog, ask, place = opened
        is_secret = self.expects_secret(request)
        try:
            value = await ask.parse(request, repos)
            if ask.many:
                return self._gather(request, value)
            said = await self._advance(request, repos, value)
        except UserError as error:
            error.keyboard = error.keyboard or self.buttons(request, dialog, ask, place)
            error.erase = is_secret
            raise
        return Reply((Erase(request.message.message_id), *said.parts), said.toast) if is_secret else said

    def expects_secret(self, request: Request) -> bool:
        """Whether words typed now are a password: a secret question is open, or buttons that follow one.

        Who types instead of pressing one of those has sent the password twice, most likely.
        """
        opened = self.current(request)
        if opened is None:
            return False
        dialog, ask, _place = opened
        before = dialog.asked(request)[: dialog.asked(request).index(ask)]
        return ask.secret or bool(ask.choices and before and before[-1].secret)

    def _gather(self, request: Request, value: Any) -> Reply:
        """Adds one more part to the answer; an album's later parts change the count in place."""
        opened = self.current(request)
        assert opened is not None  # noqa: S101 (the caller looked)
        assert request.message is not None  # noqa: S101 (likewise)
        dialog, ask, place = opened
        place = place.with_part(ask.key, value, request.message.message_id)
        place.keep(request)
        parts, album = place.parts(ask.key), value.get("album")
        name = f"album/{album}" if album else None
        again = album is not None and len(parts) > 1 and parts[-2].get("album") == album
        buttons = self.buttons(request, dialog, ask, place)
        count = Screen(_so_far(len(parts)), buttons, remember=name, edits=name if again else None)
        return reply(*_remarks(request, ask), count)

    async def edit(self, request: Request, repos: Repositories) -> Reply | None:
        """Takes an edited message in place of the part that it became; None when it is no part of the open dialog.

        Raises:
            UserError: when it can be none any more; the part stays as it was.
        """
        opened = self.current(request)
        found = opened[2].find_part(request.message.message_id) if opened and request.message else None
        if opened is None or found is None or found[0] not in opened[0].asks:
            return None
        dialog, ask, place = opened
        key, at = found
        try:
            value = await dialog.asks[key].parse(request, repos)
        except UserError as error:
            error.keyboard = error.keyboard or self.buttons(request, dialog, ask, place)
            raise
        if value == place.parts(key)[at]:
            # Telegram reports changes that a bot cannot see, too (Bot API, Update.edited_message).
            return reply()
        place.with_changed_part(key, at, value).keep(request)
        again = self.question(request, fresh=True, reason=_("Part {number} is changed.").format(number=at + 1))
        return reply(*_remarks(request, dialog.asks[key]), *again.parts)

    async def press(self, request: Request, repos: Repositories, press: DialogPress) -> Reply:
        """Takes a button of a question; one of another question shows the open one again.

        Raises:
            UserError: when the answers are refused in the end; the question stays open, and none is lost.
        """
        opened = self.current(request)
        if opened is None or press.dialog_and_step != f"{opened[0].name}/{opened[1].key}":
            return self.old_button(request)
        try:
            return await self._act(request, repos, press, opened)
        except UserError as error:
            dialog, ask, place = opened
            error.keyboard = error.keyboard or self.buttons(request, dialog, ask, place)
            raise

    async def _act(
        self, request: Request, repos: Repositories, press: DialogPress, opened: tuple[Dialog, Ask, Place]
    ) -> Reply:
        dialog, ask, place = opened
        if press.act == CANCEL:
            return self.cancel(request)
        if press.act == DISCARD:
            return self.cancel(request, sure=True)
        if press.act == KEEP:
            return self.question(request)
        if press.act == BACK:
            return self._back(request, dialog, ask, place)
        if press.act == SKIP and ask.optional:
            return await self._advance(request, repos, None)
        has_some = ask.many and bool(place.answers.get(ask.key))
        if press.act == FINISH and has_some:
            return await self._advance(request, repos, place.answers[ask.key])
        if press.act.startswith(DROP) and ask.many:
            # It names how many parts it saw: sent again by Telegram, it takes no second one away.
            is_new = has_some and press.act == f"{DROP}{len(place.answers[ask.key])}"
            return self._drop(request, ask, place) if is_new else self.question(request)
        if press.act in {choice.value for choice in ask.choices}:
            return await self._advance(request, repos, press.act)
        return self.old_button(request)

    def _drop(self, request: Request, ask: Ask, place: Place) -> Reply:
        place.without_last_part(ask.key).keep(request)
        return Reply(self.question(request).parts, toast=_("Removed the last part."))

    def old_button(self, request: Request) -> Reply:
        """Says that the button is of an earlier visit, and shows the open question, if there is one."""
        text = _("This menu is from an earlier visit.")
        if self.current(request) is None:
            return reply(Screen(lines(text, _("/help shows what you can do now."), between=" "), fresh=True))
        return reply(
            Screen(lines(text, _("Here is the current one."), between=" "), fresh=True),
            *self.question(request, fresh=True).parts,
        )

    def cancel(self, request: Request, *, sure: bool = False) -> Reply:
        """Leaves the open dialog; its answers are forgotten. Asks first when that is more than a word or two."""
        opened = self.current(request)
        if opened is None:
            return reply(Screen(_("There is nothing to cancel. /help shows what you can do.")))
        dialog, ask, place = opened
        parts = [part for one in dialog.asks.values() if one.many for part in place.answers.get(one.key) or ()]
        if parts and not sure:
            target = f"{dialog.name}/{ask.key}"
            text = _n("Throw away {n} part that you have sent?", "Throw away {n} parts that you have sent?", len(parts))
            keep = Button(_("Keep writing"), DialogPress(target, KEEP))
            return screen(text, [keep, Button(_("Throw away"), DialogPress(target, DISCARD))])
        request.session.dialog = place.aside
        said = reply(Screen(_("{title}: cancelled. Nothing was changed.").format(title=dialog.title)))
        return self._go_on(request, said) if place.aside else said

    def _back(self, request: Request, dialog: Dialog, ask: Ask, place: Place) -> Reply:
        keys = [one.key for one in dialog.asked(request)]
        step = keys[max(keys.index(ask.key) - 1, 0)]
        replace(place, step=step).keep(request)
        return self.question(request)

    async def _advance(self, request: Request, repos: Repositories, value: Any) -> Reply:
        """Keeps an answer and goes to the next question, or to the end."""
        opened = self.current(request)
        assert opened is not None  # noqa: S101 (the callers looked)
        dialog, ask, place = opened
        place = replace(place, answers={**place.answers, ask.key: value})
        following = self._following(dialog.asked(request), ask, place)
        if following is not None:
            replace(place, step=following.key).keep(request)
            return self.question(request)
        return await self._finish(request, repos, dialog, place)

    def _following(self, asked: list[Ask], ask: Ask, place: Place) -> Ask | None:
        """Returns the next question; none when all have an answer.

        Who went back sees every question up to where they were; then come those that an upgrade has added before. When
        the end asked one again, the answers to the others stand. Many parts are an answer only after Finish.
        """
        behind = asked[asked.index(ask) + 1 :]
        if any(one.many or one.key not in place.answers for one in behind):
            return behind[0]
        return next((one for one in asked if one.key not in place.answers), None)

    async def _finish(self, request: Request, repos: Repositories, dialog: Dialog, place: Place) -> Reply:
        # Closed first: the end of one dialog may begin the next.
        request.session.dialog = place.aside
        try:
            said = await dialog.done(request, repos, place.answers)
        except AskAgain as again:
            replace(place, step=again.key).keep(request)
            return self.question(request, reason=again.reason)
        return self._go_on(request, said) if place.aside else said

    def _go_on(self, request: Request, said: Reply) -> Reply:
        """Returns what was said, and the question of the dialog that had been set aside, if it is still there."""
        return said.with_parts(*self.question(request, fresh=True).parts) if self.current(request) else said


def _remarks(request: Request, ask: Ask) -> list[Screen]:
    """Returns what is to be said of a part that is taken: by itself, for an album's count is written over."""
    return [Screen(remark, fresh=True) for remark in ask.remarks(request)]


def _so_far(number: int) -> Text:
    return _n(
        "Got it, {n} part so far. Send more, or tap Finish.",
        "Got it, {n} parts so far. Send more, or tap Finish.",
        number,
    )


def start(dialog: Dialog, request: Request, **begun_with: Any) -> Reply:
    """Begins a dialog with its first question, and with what is known already.

    Raises:
        DialogOpen: when another one is open; the person is asked whether to leave it.
    """
    if request.session.dialog is not None:
        raise DialogOpen
    return interpose(dialog, request, **begun_with)


def interpose(dialog: Dialog, request: Request, **begun_with: Any) -> Reply:
    """Begins a dialog like `start`; one that is open waits for its end, and then goes on."""
    first = next(ask for ask in dialog.asked(request) if ask.key not in begun_with)
    Place(dialog.name, first.key, dict(begun_with), aside=request.session.dialog).keep(request)
    return Engine({dialog.name: dialog}).question(request)
