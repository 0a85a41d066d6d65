"""Any order of updates, repetitions, old buttons, restarts and kills: the database holds what a plain model holds."""

import asyncio
import contextlib
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from db.models import ChatSession, Completion, Outgoing, Progress, ProgressStatus, ShelvedUpdate, User
from tests.bot.redelivery import CODE, Model
from tests.chat import PASSWORD, Person, World, open_world
from tests.factories import lesson_ids, make_course

COMMANDS = ("/register", "/login", "/logout", "/cancel", "/me", "/progress", "/lesson", "/lesson 2", "/done", "/enroll")
# Buttons that may have been there at any time.
KNOWN = ["lv:{course}:1", "en:{course}", "go:{course}", "l:{lesson}:0", "ok:{lesson}", "un:{lesson}"]
KNOWN += ["reg", "in", "leave:0", "leave:1"]
Update = dict[str, Any]
ago = st.integers(0, 8)


class Stage:
    """One Telegram and one database, and a bot on them that can be ended in two ways."""

    def __init__(self, runner: asyncio.Runner, database_url: str) -> None:
        """Begins with a course."""
        self.run = runner.run
        self._url = database_url
        self._numbers = count(1)
        self.world = self._enter(open_world(database_url))
        course = self.run(make_course(self.world, code=CODE, lessons=("One", "Two", "Three")))
        self.course = course.id
        self.lessons = self.run(lesson_ids(self.world, course))

    def _enter(self, opening: contextlib.AbstractAsyncContextManager[World]) -> World:
        self._opening = opening
        return self.run(opening.__aenter__())

    def close(self) -> None:
        """Ends the bot politely."""
        self.run(self._opening.__aexit__(None, None, None))

    def restart(self) -> None:
        """Ends the bot, and starts it again."""
        self.close()
        self.world = self._enter(open_world(self._url, miniature=self.world.miniature, clock=self.world.clock))
        self.run(self.world.settle())

    def die(self, update: Update, steps: int) -> None:
        """Ends the bot so many steps into an update, without sending what was committed; then starts it again."""
        self.run(self._begin(update, steps))
        self.world.clock.advance(minutes=1)
        self.restart()

    async def _begin(self, update: Update, steps: int) -> None:
        sender = self.world.application.sender
        # Like a killed one: nothing more is sent, and the lease is not given back.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sender, "deliver", lambda *_rows: None)
            task = asyncio.create_task(self.world.application.pipeline.process(update))
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        sender.stop = sender.marks.write  # type: ignore[method-assign]

    async def process(self, update: Update) -> None:
        """Returns when the update is answered."""
        async with asyncio.timeout(20):
            await self.world.application.pipeline.process(update)
            await self.world.settle()

    def newcomer(self) -> tuple[Person, list[str]]:
        """Returns somebody who was never here, and addresses that are free."""
        number = next(self._numbers)
        return self.world.person("Ada", 5000 + number), [f"{letter}{number}@example.org" for letter in "ab"]


class Talk(RuleBasedStateMachine):
    """One person's talk with the bot, beside its model."""

    def __init__(self, stage: Stage) -> None:
        """Begins with a stranger."""
        super().__init__()
        self.stage = stage
        self.person, self.emails = stage.newcomer()
        self.model = Model(stage.lessons)
        self.updates: list[Update] = []
        self.presses: list[Update] = []
        self.buttons: list[tuple[int, str]] = []
        self.dies_after: int | None = None

    @initialize(steps=st.sampled_from([0, 3, 9, 12]))
    def begin(self, steps: int) -> None:
        """Comes to the middle of a dialog, or of the course."""
        for _ in range(steps):
            self.get_on(0)

    @rule(words=st.sampled_from([*COMMANDS, "/logout", f"/enroll {CODE}"]))
    def command(self, words: str) -> None:
        """Types a command."""
        self.say(words)

    @rule(words=st.sampled_from(["Ada", "0", "1", PASSWORD, "wrong horse"]))
    def answer(self, words: str) -> None:
        """Types an answer, whatever was asked."""
        self.say(words)

    def say(self, words: str) -> None:
        words = self.emails[int(words)] if words in {"0", "1"} else words
        self.model.say(words)
        self.bring(self.stage.world.miniature.say(self.person.id, words))

    @rule(email=st.integers(0, 1))
    def get_on(self, email: int) -> None:
        """Does what comes next."""
        words = self.model.sensible(self.emails[email])
        if words == "press":
            self.press_button(*next(one for one in reversed(self.buttons) if one[1].endswith(":student")))
        else:
            self.say(words)

    @precondition(lambda self: self.buttons)
    @rule(prefix=st.sampled_from(["d", "leave", "ok", "un", "l", "lv", "en", ""]), back=ago)
    def press(self, prefix: str, back: int) -> None:
        """Presses a button that is or was there, of this kind if there ever was one."""
        buttons = [one for one in self.buttons if one[1].split(":")[0] == prefix] or self.buttons
        self.press_button(*buttons[-1 - back % len(buttons)])

    @rule(data=st.sampled_from(KNOWN), lesson=st.integers(0, 2))
    def press_old(self, data: str, lesson: int) -> None:
        """Presses a button of a message that is gone."""
        self.press_button(1, data.format(course=self.stage.course, lesson=self.stage.lessons[lesson]))

    def press_button(self, message_id: int, data: str) -> None:
        self.model.press(data)
        update = self.stage.world.miniature.forge(self.person.id, message_id, data)
        self.presses.append(update)
        self.bring(update)

    @precondition(lambda self: self.presses)
    @rule(back=ago)
    def press_comes_again(self, back: int) -> None:
        """Telegram sends an earlier press again, under a new id."""
        press = self.presses[-1 - back % len(self.presses)]["callback_query"]
        self.press_button(press["message"]["message_id"], press["data"])

    @precondition(lambda self: self.updates)
    @rule(back=ago)
    def update_comes_again(self, back: int) -> None:
        """Telegram sends an earlier update again, under its own id: that is no news to the model."""
        update = self.updates[-1 - back % len(self.updates)]
        before = len(self.stage.world.miniature.calls), self.rows(update)
        if not before[1] and self.model.dialog:
            return  # what was only a look asks now whether to leave the dialog, as any command does
        self.process(update)
        # It was only a look: it is one again, for nothing tells that it was answered.
        answers = 0 if before[1] else 1
        calls = len(self.stage.world.miniature.calls) - before[0]
        assert calls <= answers + ("callback_query" in update), "sent again"
        assert self.rows(update) == before[1]

    @rule(dice=st.integers(1, 6))
    def restart(self, dice: int) -> None:
        """The bot is ended and started, now and then."""
        if dice == 1:
            self.stage.restart()
            self.move()

    @rule(steps=st.integers(0, 60))
    def die(self, steps: int) -> None:
        """The bot will be killed in the middle of the next update, or after it."""
        self.dies_after = steps

    def bring(self, update: Update) -> None:
        """Lets a new update be handled, perhaps only by the process after next."""
        self.stage.world.clock.advance(minutes=61)
        self.stage.world.miniature.take_updates()
        self.updates.append(update)
        before = len(self.stage.world.miniature.calls)
        if self.dies_after is not None:
            self.stage.die(update, self.dies_after)
            self.dies_after = None
            self.move()
        self.process(update)
        # What only looks is answered without a row.
        assert self.rows(update) or len(self.stage.world.miniature.calls) > before, "not answered"
        new = [(each.id, button.data) for each in self.person.chat for button in each.buttons if button.data]
        self.buttons += [button for button in new if button not in self.buttons]

    def move(self) -> None:
        self.person = Person(self.stage.world, self.person.id, self.person.name)

    def process(self, update: Update) -> None:
        self.stage.run(self.stage.process(update))

    def rows(self, update: Update) -> list[tuple[int, int]]:
        """Returns what was said to an update."""
        rows = self.stage.run(self.stage.world.rows(Outgoing, Outgoing.update_id == update["update_id"]))
        assert all(row.sent_at for row in rows), "not sent"
        return [(row.id, row.part) for row in rows]

    @invariant()
    def the_database_is_as_the_model(self) -> None:
        """Who is signed in, the dialog, and each account's course."""
        self.stage.run(self.compare())
        percents = [int(each) for said in self.person.said for each in re.findall(r"(\d+) %", said)]
        assert all(0 <= percent <= 100 for percent in percents)

    async def compare(self) -> None:
        world, model = self.stage.world, self.model
        assert await world.count(ShelvedUpdate) == 0
        users = await world.rows(User, User.email.in_(self.emails))
        assert {user.email for user in users} == model.accounts.keys()
        for session in await world.rows(ChatSession, ChatSession.telegram_id == self.person.id):
            emails = {user.id: user.email for user in users}
            assert (emails.get(session.user_id), session.lesson_id) == (model.email, model.lesson)
            assert session.undo_lesson_id == model.undoable
            kept, must = session.dialog or {}, model.dialog
            place = (must.name, must.step, must.waiting) if must else (None,) * 3
            assert (kept.get("name"), kept.get("step"), kept.get("waiting")) == place
            told = {key: value for key, value in kept.get("answers", {}).items() if key != "password"}
            assert told == {key: value for key, value in (must.answers if must else {}).items() if key != "password"}
        for user in users:
            await self.compare_course(user)

    async def compare_course(self, user: User) -> None:
        world, account = self.stage.world, self.model.accounts[user.email]
        done = await world.rows(Completion, Completion.user_id == user.id)
        assert {each.lesson_id for each in done} == account.done
        progress = await world.rows(Progress, Progress.user_id == user.id)
        assert [each.left_at is None for each in progress] == ([] if account.takes is None else [account.takes])
        is_finished = [each.status is ProgressStatus.COMPLETED for each in progress]
        assert any(is_finished) == (account.done == set(self.model.lessons))


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    """Yields a stage on an empty database."""
    with asyncio.Runner() as runner:
        stage = Stage(runner, database_url)
        yield stage
        stage.close()


def test_everything_happens_once(stage: Stage) -> None:
    """Whatever comes twice, late or between two processes, it counts once, and each update is answered."""
    steady = settings(
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        max_examples=24,
        stateful_step_count=40,
        suppress_health_check=list(HealthCheck),
    )
    # It says `type`, and takes any factory.
    run_state_machine_as_test(lambda: Talk(stage), settings=steady)  # type: ignore[arg-type]
