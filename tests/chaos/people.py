"""People who use the bot: each looks at the chat, acts, and waits for the answer; some are in a hurry."""

import asyncio
import random
import re

from tests.chaos.ledger import Act, Ledger, SeededCourse
from tests.chaos.telegram import Said, Telegram

PASSWORD = "correct horse"
PARTS = 9
# Seconds between an answer and the next act, at most.
THINKING = 0.8
# How often somebody does a thing twice, or the next one before the answer.
HURRY = 0.15


class Enough(Exception):
    """The person may go home."""


class Person:
    """Somebody with a phone."""

    def __init__(self, telegram: Telegram, ledger: Ledger, telegram_id: int, name: str, dice: random.Random) -> None:
        """Has an account there, and does by chance what is left to chance."""
        telegram.add_person(telegram_id, name)
        self.id = telegram_id
        self.name = name
        self._telegram = telegram
        self._inbox = telegram.inbox(telegram_id)
        self._ledger = ledger
        self._dice = dice
        self._seen = 0
        self.goes_home = False
        self.last_act: Act | None = None
        # What the person waits to read; nothing while thinking.
        self.waits_for = ""

    async def live(self, courses: list[SeededCourse]) -> None:
        """Does one thing after the other until told to go home; Enough ends it."""
        raise NotImplementedError

    def say(self, text: str) -> Act:
        """Sends a message."""
        self._seen = len(self._inbox.said)
        return self._note(self._telegram.say(self.id, text)["update_id"], text)

    def press(self, label: str) -> Act:
        """Presses the newest button whose label begins so."""
        self._seen = len(self._inbox.said)
        message_id, data = self._find(label)
        act = self._note(self._telegram.press(self.id, message_id, data)["update_id"], f"[{label}]")
        if data.startswith("ok:"):
            self._ledger.done[act.update_id] = int(data.removeprefix("ok:"))
        return act

    def has(self, label: str) -> bool:
        """Whether there is such a button under what was said last."""
        return any(text.startswith(label) for text, _data in self._inbox.said[-1].buttons)

    async def until(self, *patterns: str) -> re.Match[str]:
        """Returns what the bot said since the last act, and fits one of the patterns."""
        wanted = re.compile("|".join(patterns))
        self.waits_for = wanted.pattern
        while True:
            self._inbox.news.clear()
            for said in self._inbox.said[self._seen :]:
                found = wanted.search(said.text)
                if found:
                    self.waits_for = ""
                    return found
            await self._inbox.news.wait()

    async def ask(self, text: str, *patterns: str) -> re.Match[str]:
        """Sends a message and returns the answer, some time after it came."""
        self.say(text)
        found = await self.until(*patterns)
        await self.think()
        return found

    async def think(self) -> None:
        """Takes a while."""
        await asyncio.sleep(self._dice.uniform(0, THINKING))

    def is_hasty(self) -> bool:
        """Whether this time it is done in a hurry."""
        return self._dice.random() < HURRY

    def may_go(self) -> None:
        """Ends a person's day between two things, when it is over.

        Raises:
            Enough: when it is.
        """
        if self.goes_home:
            raise Enough

    async def register(self, role: str | None) -> None:
        """Makes an account."""
        email = self.name.lower().replace(" ", "-") + "@example.org"
        await self.ask("/register", "What is your name")
        await self.ask(self.name, "Your email address")
        self._ledger.emails[self.id] = email
        await self.ask(email, "Choose a password")
        self.say(PASSWORD)
        if role:
            await self.until("to learn or to teach")
            self.press(role)
        await self.until(f"Welcome, {self.name}!")

    def _note(self, update_id: int, words: str) -> Act:
        act = self._ledger.acts[update_id] = Act(update_id, self.id, words)
        self.last_act = act
        return act

    def _find(self, label: str) -> tuple[int, str]:
        for message in reversed(self._inbox.said):
            for text, data in message.buttons:
                if text.startswith(label) and self._is_there(message, data):
                    return message.message_id, data
        raise AssertionError(f"{self.name} sees no button {label!r}; the bot said {self._inbox.said[-3:]}")

    def _is_there(self, said: Said, data: str) -> bool:
        """Whether a button is still under its message, which may have been edited since."""
        message = self._telegram.world.history.get(self.id, said.message_id) or {}
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        return any(button.get("callback_data") == data for row in rows for button in row)


class Student(Person):
    """Takes one course after the other."""

    async def live(self, courses: list[SeededCourse]) -> None:
        """Learns until told to go home."""
        await self.register("Student")
        order = self._dice.sample(courses, len(courses))
        for course in order:
            await self._take(course)
        while True:
            self.may_go()
            await self.ask("/progress", r"\d+/\d+ · \d+ %")

    async def _take(self, course: SeededCourse) -> None:
        self.may_go()
        await self.ask(f"/enroll {course.code}", f"{course.title}")
        while True:
            self.may_go()
            if not await self._open_lesson(course):
                return
            await self._complete(course)
            if self.is_hasty():
                await self.ask("/progress", r"\d+/\d+ · \d+ %")

    async def _open_lesson(self, course: SeededCourse) -> bool:
        """Opens the next lesson; returns whether there was one."""
        if self.has("Next:") and self._dice.random() < 0.5:
            self.press("Next:")
        else:
            self.say(f"/lesson {course.code}")
        found = await self.until(rf"{course.title} · \d+ of \d+", rf"You finished {course.title}")
        await self.think()
        return found[0].startswith(course.title)

    async def _complete(self, course: SeededCourse) -> None:
        is_pressing = self._dice.random() < 0.5 and self.has("Done")
        for _again in range(2 if self.is_hasty() else 1):
            if is_pressing:
                self.press("Done")
            else:
                self.say("/done")
        if self.is_hasty():
            self.say("/progress")
        await self.until(rf"^{course.code}-\d\d (done|is done already)\.", rf"^{course.title} is complete\.")
        await self.think()


class Teacher(Person):
    """Writes lessons of many parts. Nothing absorbs a part that comes twice."""

    async def live(self, courses: list[SeededCourse]) -> None:
        """Writes until told to go home."""
        await self.register(None)
        await self.ask("/newcourse", "What is it called")
        await self.ask(f"Course of {self.name}", "Describe it")
        self.press("Skip")
        await self.until("draft")
        number = 0
        while True:
            self.may_go()
            number += 1
            await self._write(f"{self.name} lesson {number}")

    async def _write(self, title: str) -> None:
        await self.ask("/newlesson", "What is the lesson called")
        await self.ask(title, "Now send the lesson itself")
        is_hasty = self.is_hasty()
        for number in range(1, PARTS + 1):
            text = f"{title} part {number}"
            self._ledger.parts[title].append((self.say(text).update_id, text))
            if not is_hasty or number == PARTS:
                # More than were sent are for the referee to find.
                await self.until(f"Got it, ({'|'.join(map(str, range(number, 10 * PARTS)))}) part")
                await self.think()
        await self._finish(title)

    async def _finish(self, title: str) -> None:
        is_hasty = self.is_hasty()
        for _again in range(2 if is_hasty else 1):
            self._ledger.finished[self.press("Finish").update_id] = title
        await self.until(f"“{title}” added")
        if is_hasty:
            # Presses and messages wait in different queues: the second one must not come to the next lesson.
            await self.until("from an earlier visit")
        await self.think()
