"""The referee: compares what people did and were told with what the bot's database says in the end."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.books import Row, State
from tests.chaos.ledger import Ledger, SeededCourse
from tests.chaos.people import PASSWORD, Person
from tests.chaos.tally import count_duplicates, is_edit
from tests.chaos.telegram import Said, Telegram

_DONE = re.compile(r"^(C\d\d-\d\d) done\.")
_COMPLETE = re.compile(r"^(Course C\d\d) is complete\.")
_ENROLLED = re.compile(r"^You are enrolled in (Course C\d\d)\.")
_WELCOME = re.compile(r"^Welcome, (.+)! Your account is ready\.")


@dataclass(slots=True)
class Verdict:
    """What was found; each finding is a sentence."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    shelf: list[str] = field(default_factory=list)
    # What has nothing to do with an update, such as a bot that ended by itself.
    other: list[str] = field(default_factory=list)
    # By chat.
    duplicates: Counter[int] = field(default_factory=Counter)
    allowed: Counter[int] = field(default_factory=Counter)

    @property
    def excess(self) -> Counter[int]:
        """The duplicates that no kill explains, by chat."""
        return self.duplicates - self.allowed

    @property
    def is_good(self) -> bool:
        """Whether the promise was kept."""
        findings = (self.lost, self.doubled, self.unanswered, self.shelf, self.other)
        return not any(findings) and not self.excess


class Referee:
    """Judges one run, when everything has settled."""

    def __init__(
        self, telegram: Telegram, ledger: Ledger, courses: Sequence[SeededCourse], state: State, rows: Sequence[Row]
    ) -> None:
        """Looks at what Telegram has, what people did, and what the bot knows."""
        self._said = telegram.said
        self._unconfirmed = telegram.unconfirmed()
        self._telegram = telegram
        self._ledger = ledger
        self._courses = {course.title: course for course in courses}
        self._lessons = {title: key for course in courses for title, key in course.lessons.items()}
        self._state = state
        self._rows = rows

    def judge(self, people: Sequence[Person], allowed: Counter[int]) -> Verdict:
        """Returns the verdict."""
        return Verdict(
            lost=[*self._lost_updates(), *self._lost_presses(), *self._lost_words(), *self._lost_parts()],
            doubled=[*self._doubled_parts(), *self._doubled_accounts(), *self._doubled_news()],
            unanswered=[*self._unanswered_acts(), *self._waiting(people)],
            other=[*self._kept_secrets(), *self._miscounted()],
            shelf=self._state.shelf,
            duplicates=count_duplicates(self._said, self._rows),
            allowed=allowed,
        )

    def _is_confirmed(self, update_id: int) -> bool:
        return update_id not in self._unconfirmed

    def _lost_updates(self) -> Iterator[str]:
        """Every act of these people has an answer, whose rows are written with the effect; a look has neither."""
        answered = {row.update_id for row in self._rows} | {said.look[0] for said in self._said if said.look}
        for act in self._ledger.acts.values():
            if self._is_confirmed(act.update_id) and act.update_id not in answered:
                yield f"{act} was confirmed, and the outbox knows nothing of it"

    def _lost_presses(self) -> Iterator[str]:
        for update_id, lesson_id in self._ledger.done.items():
            act = self._ledger.acts[update_id]
            who = self._ledger.emails[act.person_id], lesson_id
            if self._is_confirmed(update_id) and who not in self._state.completions:
                yield f"{act} was confirmed, and lesson {lesson_id} is not completed"

    def _lost_words(self) -> Iterator[str]:
        """Whatever somebody was told is so."""
        for said in self._said:
            email = self._ledger.emails.get(said.chat_id, "")
            if any(not is_true for is_true in self._claims(said.text, email)):
                yield f"{email} was told {said.text[:60]!r}, and it is not so"

    def _claims(self, text: str, email: str) -> Iterator[bool]:
        """Yields whether each thing that a text says is true."""
        if found := _DONE.match(text):
            yield (email, self._lessons[found[1]]) in self._state.completions
        if found := _COMPLETE.match(text):
            lessons = self._courses[found[1]].lessons.values()
            yield all((email, lesson_id) in self._state.completions for lesson_id in lessons)
        if found := _ENROLLED.match(text):
            yield (email, found[1]) in self._state.enrollments
        if found := _WELCOME.match(text):
            yield self._state.names.get(email) == found[1]

    def _finished(self) -> set[str]:
        """Returns the titles of the lessons that were finished, and confirmed to be."""
        return {title for update_id, title in self._ledger.finished.items() if self._is_confirmed(update_id)}

    def _lost_parts(self) -> Iterator[str]:
        for title in sorted(self._finished()):
            written = self._state.lessons.get(title)
            if not written:
                yield f"lesson {title!r} was finished, and is not there"
                continue
            sent = [text for update_id, text in self._ledger.parts[title] if self._is_confirmed(update_id)]
            missing = [text for text in sent if text not in written[0]]
            yield from (f"{text!r} was confirmed, and is not in the lesson" for text in missing)
            if not missing and [text for text in written[0] if text in sent] != sent and len(written[0]) == len(sent):
                yield f"the parts of {title!r} are in another order: {written[0]}"

    def _doubled_parts(self) -> Iterator[str]:
        for title, parts in self._ledger.parts.items():
            written = self._state.lessons.get(title, [])
            yield from (f"lesson {title!r} is there again" for _again in written[1:])
            there = Counter(text for texts in written[:1] for text in texts)
            yield from (f"{text!r} is there {there[text]} times" for _id, text in parts if there[text] > 1)

    def _doubled_accounts(self) -> Iterator[str]:
        for name, number in Counter(self._state.names.values()).items():
            if number > 1:
                yield f"{name} has {number} accounts"
        for title, number in Counter(self._state.courses).items():
            if number > 1:
                yield f"{title!r} is there {number} times"

    def _miscounted(self) -> Iterator[str]:
        for course_id, (stored, counted) in self._state.students.items():
            if stored != counted:
                yield f"course {course_id} says that it has {stored} students, and has {counted}"

    def _doubled_news(self) -> Iterator[str]:
        """What is new is said to be new by one row only; the same row sent twice is a duplicate, and counted there."""
        of_rows = {row.message_id for row in self._rows if not is_edit(row)}
        news: Counter[tuple[int, str]] = Counter()
        for said in self._said:
            for pattern in (_DONE, _COMPLETE, _ENROLLED, _WELCOME):
                found = pattern.match(said.text)
                if found and not said.is_edit and said.message_id in of_rows:
                    news[said.chat_id, found[0]] += 1
        for (chat_id, words), number in news.items():
            if number > 1:
                yield f"person {chat_id} was told {words!r} in {number} different replies"

    def _unanswered(self) -> dict[int | None, str]:
        """Returns what is wrong with the answers to updates, by update."""
        sent = {said.message_id: said for said in self._said}
        failed = {row.update_id: reason for row in self._rows if (reason := self._why_unsent(row, sent))}
        return failed | dict.fromkeys(self._unconfirmed, "it was never confirmed")

    def _unanswered_acts(self) -> Iterator[str]:
        for update_id, reason in self._unanswered().items():
            act = self._ledger.acts.get(update_id or 0)
            yield f"{act or f'update {update_id}'}: {reason}"

    def _why_unsent(self, row: Row, sent: Mapping[int, Said]) -> str | None:
        """Returns why a row did not arrive; nothing when it did."""
        if not row.is_sent:
            return f"row {row.id}, {row.method}, was not sent"
        if row.method == "deleteMessage":
            # A deletion that is repeated finds nothing to delete; what must be gone is looked for in the chats.
            return None
        if row.error:
            return f"row {row.id}, {row.method}, failed: {row.error}"
        arrived = sent.get(row.message_id or 0)
        if row.method.startswith("send") and (arrived is None or arrived.chat_id != row.chat_id):
            return f"row {row.id}, {row.method}, is marked as sent, and never arrived"
        return None

    def _waiting(self, people: Sequence[Person]) -> Iterator[str]:
        """Yields who waits in vain, though the act as such was answered."""
        known = self._unanswered()
        for person in people:
            act = person.last_act
            if person.waits_for and act and act.update_id not in known:
                last = [said.text for said in self._telegram.inbox(person.id).said][-1:]
                yield f"{act}: waits to read {person.waits_for!r}; the bot said last {last}"

    def _kept_secrets(self) -> Iterator[str]:
        for person_id in self._ledger.emails:
            if any(message.text == PASSWORD for message in self._telegram.chat(person_id)):
                yield f"the password of person {person_id} is still in the chat"
