"""What one person's talk with the bot must have come to: a plain model, which knows no database and no second time."""

from dataclasses import dataclass, field
from typing import Any

from tests.chat import PASSWORD

STEPS = {"register": ("name", "email", "password", "role"), "login": ("email", "password")}
CODE = "COMP1"


@dataclass
class Account:
    """Somebody who can sign in."""

    password: str
    # Whether they take the course; None when they never did.
    takes: bool | None = None
    done: set[int] = field(default_factory=set)


@dataclass
class Dialog:
    """A row of questions in the middle."""

    name: str
    step: str
    answers: dict[str, Any] = field(default_factory=dict)
    waiting: str | None = None


@dataclass
class Model:
    """One Telegram account, and those that were made with it; each thing is told to it once."""

    lessons: list[int]
    accounts: dict[str, Account] = field(default_factory=dict)
    email: str | None = None
    dialog: Dialog | None = None
    lesson: int | None = None
    undoable: int | None = None

    @property
    def taker(self) -> Account | None:
        """Who is signed in, if they take the course."""
        account = self.accounts.get(self.email or "")
        return account if account and account.takes else None

    def say(self, words: str) -> None:
        """Types a command or an answer."""
        command, _space, args = words.partition(" ")
        if self.dialog is None:
            self._command(command, args)
        elif not words.startswith("/"):
            self._answer(self.dialog, words)
        elif command == "/cancel":
            self.dialog = None
        elif command not in {"/help", "/me"}:
            # Words behind a command may be the password that was asked for.
            is_asked = self.dialog.step in {"password", "role"}
            self.dialog.waiting = command if is_asked and args else words

    def press(self, data: str) -> None:
        """Presses a button, of now or of long ago."""
        prefix, *rest = data.split(":")
        match prefix:
            case "reg" | "in":
                self._begin("register" if prefix == "reg" else "login", data)
            case "leave":
                self._leave_dialog(go=rest == ["1"])
            case "d":
                self._press_dialog(*rest)
            case "en":
                self._command("/enroll", CODE)
            case "lv" if self.taker and rest[1] == "1":
                self.taker.takes, self.lesson = False, None
            case "ok":
                self._complete(int(rest[0]))
            case "un":
                self._undo(int(rest[0]))
            case "l" if self.taker:
                self._open(int(rest[0]))
            case "go":
                self._command("/lesson", "")

    def _begin(self, name: str, waiting: str) -> None:
        if self.email is not None:
            return
        if self.dialog is None:
            self.dialog = Dialog(name, STEPS[name][0])
        else:
            self.dialog.waiting = waiting

    def _command(self, command: str, args: str) -> None:
        if command in {"/register", "/login"}:
            self._begin(command[1:], command)
        elif command == "/logout" and self.email:
            self.email = self.lesson = self.undoable = None
        elif command == "/enroll" and self.email and args:
            self.accounts[self.email].takes = True
        elif command == "/lesson" and self.taker:
            left = [lesson for lesson in self.lessons if lesson not in self.taker.done]
            if args or left:
                self._open(self.lessons[int(args) - 1] if args else left[0])
        elif command == "/done" and self.lesson is not None:
            self._complete(self.lesson)

    def _answer(self, dialog: Dialog, words: str) -> None:
        taken = words in self.accounts and dialog.name == "register"
        if (
            dialog.step == "role"
            or (dialog.step == "email" and ("@" not in words or taken))
            or (dialog.step == "password" and len(words) < 8)
        ):
            return
        if (dialog.name, dialog.step) == ("login", "password"):
            account = self.accounts.get(dialog.answers["email"])
            if account and account.password == words:
                self._sign_in(dialog.answers["email"])
            return
        dialog.answers[dialog.step] = words
        steps = STEPS[dialog.name]
        dialog.step = steps[steps.index(dialog.step) + 1]

    def _press_dialog(self, place: str, act: str) -> None:
        dialog = self.dialog
        if dialog is None or place != f"{dialog.name}/{dialog.step}":
            return
        steps = STEPS[dialog.name]
        if act == "cancel":
            self.dialog = None
        elif act == "back":
            dialog.step = steps[max(steps.index(dialog.step) - 1, 0)]
        elif dialog.step == "role":
            email = dialog.answers["email"]
            self.accounts[email] = Account(dialog.answers["password"])
            self._sign_in(email)

    def _leave_dialog(self, *, go: bool) -> None:
        dialog = self.dialog
        if dialog is None or dialog.waiting is None:
            return
        waiting, dialog.waiting = dialog.waiting, None
        if go:
            self.dialog = None
            if waiting.startswith("/"):
                self.say(waiting)
            else:
                self.press(waiting)

    def _sign_in(self, email: str) -> None:
        self.email, self.dialog, self.lesson, self.undoable = email, None, None, None

    def _open(self, lesson: int) -> None:
        self.lesson, self.undoable = lesson, None

    def _complete(self, lesson: int) -> None:
        if self.taker and lesson not in self.taker.done:
            self.taker.done.add(lesson)
            self.undoable = lesson

    def _undo(self, lesson: int) -> None:
        # A finished course stays finished.
        if self.taker and self.undoable == lesson and len(self.taker.done) < len(self.lessons):
            self.taker.done.remove(lesson)
            self.undoable = None

    def sensible(self, email: str) -> str:
        """What somebody who wants to get on would type now, or `press` for the newest button."""
        if self.dialog is not None:
            answers = {"name": "Ada", "email": email, "password": PASSWORD, "role": "press"}
            return answers[self.dialog.step]
        if self.email is None:
            return "/login" if email in self.accounts else "/register"
        if self.taker is None:
            return f"/enroll {CODE}"
        return "/lesson" if self.lesson is None or self.lesson in self.taker.done else "/done"
