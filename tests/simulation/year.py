"""The year: each quarter of an hour the bot looks, the oracle judges, and people do something.

The bot is the real one, down to the Bot API in miniature. It is stopped, killed between its claim and its sending, away
for hours or days, and its clock is set forth and back.
"""

import datetime as dt
import random
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

from bot.playground.miniature import Miniature
from bot.reminder import Reminder
from bot.transport import Transport
from handlers.kit.reply import Button
from handlers.kit.text import _
from handlers.reminders.claiming import Claim
from handlers.reminders.kinds import Due, Facts, Kind
from handlers.reminders.presses import FollowReminder
from handlers.reminders.registry import KINDS
from tests.chat import TOKEN, FakeClock, World, open_world
from tests.simulation.acts import School
from tests.simulation.never import Never
from tests.simulation.oracle import ASKS, Fate, Thing, judge, take_back
from tests.simulation.people import DAY, QUARTER, Student, wall

BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_SAYS = {
    "next": re.compile(r"is waiting in (Course \d+):"),
    "begin": re.compile(r"(Course \d+) is ready when you are"),
    "changed": re.compile(r"(Course \d+) has something new"),
    "deadline": re.compile(r"Hand it in: (Course \d+)"),
}


class Year:
    """One run of the simulation."""

    def __init__(self, database_url: str, *, students: int, days: int, seed: int, begin: dt.datetime = BEGIN) -> None:
        """Has nobody in it yet."""
        self._url, self._count, self._days = database_url, students, days
        self._dice = random.Random(seed)  # noqa: S311 -- chance, not secrets
        self._clock = FakeClock()
        self._clock.now = self._begin = begin
        self._miniature = Miniature(token=TOKEN, clock=self._clock)
        self.school = School(self._dice, self._miniature)
        # What became of due things, what happened to the bot, and where the bot and the oracle are of two minds.
        self.fates: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.ticks = 0
        self.quarrels: list[str] = []
        self._never = Never()
        self._on_its_way: list[tuple[Student, dt.datetime, Fate]] = []

    async def play(self) -> None:
        """Lives through it."""
        await self._start()
        async with self._world.application.database.transaction() as repos:
            await self.school.open(repos, self._count, self._clock())
        end = self._begin + self._days * DAY
        while self._clock.now < end:
            self.ticks += 1
            self._clock.now += QUARTER
            await self._meet_an_accident()
            await self._tick()
        await self._stack.aclose()

    async def _start(self) -> None:
        self._stack = AsyncExitStack()
        opening = open_world(self._url, miniature=self._miniature, clock=self._clock)
        self._world: World = await self._stack.enter_async_context(opening)
        application = self._world.application
        self._reminder = Reminder(
            database=application.database,
            transport=Transport(application.catalogs, application.sender.owner, application.menus),
            sender=application.sender,
            clock=self._clock,
            zone="UTC",
            appointed=(),
            per_second=0,
            kinds=(*KINDS, self._deadlines()),
        )

    def _deadlines(self) -> Kind:
        """Returns a kind that cannot wait."""

        async def find(facts: Facts) -> Mapping[int, Sequence[Due]]:
            found = defaultdict(list)
            for student in self._of(facts):
                for course, (number, ends) in student.deadlines.items():
                    if ends <= facts.now:
                        says = _("Hand it in: {title}").format(title=student.taken[course].course.title)
                        button = Button(_("Open"), FollowReminder(course))
                        found[student.id].append(Due(says, button, course, rank=9.0, thing=number))
            return found

        async def when(facts: Facts) -> Mapping[int, dt.datetime]:
            moments = {
                student.id: [ends for _number, ends in student.deadlines.values() if ends > facts.now]
                for student in self._of(facts)
            }
            return {key: min(ends) for key, ends in moments.items() if ends}

        why, label = _("It ends soon."), _("deadlines")
        return Kind("deadline", label, why, find, can_wait=False, of_learning=False, when=when)

    def _of(self, facts: Facts) -> list[Student]:
        ids = {person.plan.user_id for person in facts.people}
        return [student for student in self.school.students if student.id in ids]

    async def _meet_an_accident(self) -> None:
        """Now and then, restarts the bot or sets its clock."""
        chance = self._dice.random()
        if chance < 0.0005:
            self.events["restarts"] += 1
            await self._restart()
        elif chance < 0.0015:
            self.events["absences"] += 1
            await self._stack.aclose()
            self._clock.now += self._dice.choice((4, 12, 30, 60, 200, 500)) * QUARTER
            await self._start()
        elif chance < 0.002:
            self.events["clock set forth"] += 1
            self._clock.now += self._dice.randint(1, 100) * QUARTER
        elif chance < 0.0025:
            self.events["clock set back"] += 1
            self._clock.now -= self._dice.randint(1, 24) * QUARTER

    async def _restart(self) -> None:
        await self._stack.aclose()
        await self._start()

    async def _tick(self) -> None:
        is_killed = self._dice.random() < 0.001
        if is_killed:
            self._world.application.sender.deliver = lambda rows, behind=(): None  # type: ignore[method-assign]
        claims = {}
        while many := await self._reminder.step():
            claims.update({claim.person.plan.user_id: claim for claim in many})
        await self._world.application.sender.drain()
        arrived = self._read()
        fates = [(student, judge(student, self._clock())) for student in self.school.students]
        for student, fate in fates:
            self._compare(student, fate, arrived.pop(student.chat, []), claims.get(student.id), is_killed=is_killed)
        self._complain_of(arrived)
        if is_killed:
            self.events["kills between claim and send"] += 1
            await self._come_back()
        if busy := self.school.count_busy():
            async with self._world.application.database.transaction() as repos:
                await self.school.happen(repos, busy, self._clock())
                await repos.outbox.forget_sent(self._clock())

    async def _come_back(self) -> None:
        """Starts again after a kill, at once or after hours: what was claimed and is still good arrives."""
        await self._stack.aclose()
        self._clock.now += self._dice.choice((0, 0, 1, 8, 20, 50)) * QUARTER
        await self._start()
        await self._world.application.sender.drain()
        arrived = self._read()
        for student, at, fate in self._on_its_way:
            if self._is_late(student, at):
                self.events["messages too late after a kill"] += len(fate.arrives)
                self._take_back(student, fate, at)
            elif student.chat in self.school.silent:
                self._refuse(student, fate, at)
            self._expect(student, arrived.pop(student.chat, []), fate)
        self._on_its_way = []
        self._complain_of(arrived)

    def _is_late(self, student: Student, at: dt.datetime) -> bool:
        moment = at
        while moment < self._clock.now:
            moment += QUARTER
            if student.is_quiet(wall(student.zone, moment).hour) or student.date(moment) != student.date(at):
                return True
        return False

    def _refuse(self, student: Student, fate: Fate, at: dt.datetime) -> None:
        """Lets a 403 take back what was said; the bot knows from now on."""
        self._take_back(student, fate, at)
        self.school.silent.discard(student.chat)
        student.is_gone, fate.why = True, "unreachable"

    def _take_back(self, student: Student, fate: Fate, at: dt.datetime) -> None:
        take_back(student, at)
        fate.arrives = []
        if fate.is_later:
            self._never.lose(student)

    def _read(self) -> dict[int, list[list[Thing]]]:
        """Returns what has arrived since the last time, by chat."""
        heard: dict[int, list[list[Thing]]] = defaultdict(list)
        for call in self._miniature.calls:
            chat, text = int(str(call.params.get("chat_id", 0))), str(call.params.get("text", ""))
            if call.method == "sendMessage" and chat not in self.school.silent:
                heard[chat].append(_told(re.sub("<[^>]*>", "", text)))
        self._miniature.calls.clear()
        return heard

    def _compare(
        self, student: Student, fate: Fate, heard: list[list[Thing]], claim: Claim | None, *, is_killed: bool
    ) -> None:
        now = self._clock()
        if is_killed and fate.arrives:
            self._on_its_way.append((student, now, fate))
            self._expect(student, heard, Fate())
        elif fate.arrives and student.chat in self.school.silent:
            self._refuse(student, fate, now)
        else:
            self._expect(student, heard, fate)
            # Who wants nothing is not looked at, and who has no chat has no clock of their own.
            is_seen = claim is not None or fate.why not in {"off", "unreachable"}
            if fate.counted and is_seen and (claim is None or claim.silence != fate.why):
                self._quarrel(student, f"silence {claim and claim.silence!r}, not {fate.why!r}")
        self._tally(fate)

    def _expect(self, student: Student, heard: list[list[Thing]], fate: Fate) -> None:
        """Compares what was heard with what was to be heard, and with what must never be."""
        if sorted(map(sorted, heard)) != sorted(map(sorted, fate.arrives)):
            self._quarrel(student, f"heard {heard}, not {fate.arrives}")
        for complaint in self._never.complaints(student, heard, self._clock(), wanted_later=fate.is_later):
            self._quarrel(student, complaint)

    def _complain_of(self, arrived: Mapping[int, object]) -> None:
        self.quarrels += [f"{self._clock.now} chat {chat} heard {words}, of nobody" for chat, words in arrived.items()]

    def _quarrel(self, student: Student, words: str) -> None:
        self.quarrels.append(f"{wall(student.zone, self._clock.now)} {student.zone} student {student.id}: {words}")

    def _tally(self, fate: Fate) -> None:
        told = [thing for message in fate.arrives for thing in message]
        for due in fate.counted:
            if (due.kind, due.title) in told:
                self.fates["arrived" if told[-len(told)] == (due.kind, due.title) else "merged"] += 1
            elif ASKS in told:
                self.fates["asked whether to go on"] += 1
            elif fate.arrives and fate.why is None:
                self.fates["merged, as one of 'and more'"] += 1
            else:
                self.fates[f"not said: {fate.why}"] += 1
        self.events["messages"] += len(fate.arrives)
        self.events["of them Later's"] += len(fate.arrives) * fate.is_later


def _told(text: str) -> list[Thing]:
    """Returns what a message tells."""
    if "Shall I go on?" in text:
        return [ASKS]
    lines = text.split("\n")
    return [(kind, found[1]) for line in lines for kind, says in _SAYS.items() if (found := says.search(line))]
