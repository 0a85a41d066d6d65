"""The short course that the playground ships, so that a newcomer finds something to learn."""

import datetime as dt
from typing import Any

from db.models import CourseStatus, Role
from db.repositories import Repositories
from db.transaction import Database
from handlers.kit.content import Content, Kind
from handlers.kit.rich import RichText
from handlers.passwords import hash_password

# Ivan of the playground's people. His password is known to everyone: the playground listens on 127.0.0.1 only.
INSTRUCTOR_ID, NAME, EMAIL, PASSWORD = 1002, "Ivan Petrov", "ivan@example.org", "playground"
CODE, TITLE = "LEARN1", "Learning that lasts"
DESCRIPTION = (
    "Five small habits that make what you learn today still be there next month. Each lesson is two minutes of "
    "reading and one thing to try."
)
ROUNDS = 12

# Title, then paragraphs. A paragraph is plain, or a pair of a style and its words.
LESSONS: tuple[tuple[str, tuple[str | tuple[str, str], ...]], ...] = (
    (
        "Recall beats rereading",
        (
            "Reading a page again feels like learning, because it gets easier. What gets easier is the reading.",
            (
                "In 2006 Henry Roediger and Jeffrey Karpicke let students read a text, and then either read it again "
                "or write down what they remembered. Five minutes later the rereaders knew more. A week later it was "
                "the other way round, and by a lot."
            ),
            ("bold", "Pulling something out of your memory is what makes it stay."),
            ("blockquote", "Try it: look away from this screen and say in one sentence what the students did."),
        ),
    ),
    (
        "Space it out",
        (
            (
                "Hermann Ebbinghaus learned lists of syllables in the 1880s and measured how fast he lost them. He "
                "lost most of them within a day, and he noticed that the same effort, spread over several days, "
                "lasted longer."
            ),
            "So meet a thing again just when it begins to slip: after a day, after three, after a week, after a month.",
            ("bold", "A little forgetting is not failure. It is what makes the next recall count."),
            ("blockquote", "Try it: without looking, what did lesson 1 say? You have just spaced it."),
        ),
    ),
    (
        "Mix it up",
        (
            (
                "Ten problems of one kind in a row go smoothly from the third on: you know what to do before you have"
                " read the question. An exam, or life, does not tell you which kind comes next."
            ),
            (
                "When exercises are mixed, you also practise choosing the method. It feels slower, you make more "
                "mistakes, and you do better later."
            ),
            ("italic", "Musicians do it with scales, tennis players with strokes."),
            ("blockquote", "Try it: the next time you practise, take three kinds in turn: A, B, C, A, B, C."),
        ),
    ),
    (
        "Explain it",
        (
            (
                "If you cannot explain a thing to a friend, you know its words and not the thing. Explaining finds "
                "the hole, and often fills it."
            ),
            "Ask yourself two questions while you learn:",
            ("code", "Why is that so?\nWhat do I know that is like it?"),
            "The answers tie the new thing to old ones, and what is tied to many things is found again by many ways.",
            ("blockquote", "Try it: explain to somebody why rereading fools us. A cat will do."),
        ),
    ),
    (
        "Sleep on it",
        (
            (
                "While you sleep, the brain goes over the day, keeps some of it and lets much of it go. An hour of "
                "sleep that is traded for an hour of cramming is a bad trade: you lose on both sides."
            ),
            ("bold", "Recall in the evening, sleep, recall in the morning."),
            (
                "That is all: recall it, space it, mix it, explain it, sleep on it. You have read five lessons; the "
                "habits begin tomorrow."
            ),
            ("blockquote", "Try it: tomorrow morning, before the phone, name the five habits."),
        ),
    ),
)


async def seed_course(database: Database, now: dt.datetime) -> None:
    """Writes the course and its instructor, unless they are there already."""
    async with database.transaction() as repos:
        if await repos.users.get_by_email(EMAIL) is None:
            await _write(repos, now)


async def _write(repos: Repositories, now: dt.datetime) -> None:
    user = await repos.users.add(
        name=NAME, email=EMAIL, password_hash=hash_password(PASSWORD, ROUNDS), role=Role.INSTRUCTOR, now=now
    )
    session = (await repos.sessions.open(INSTRUCTOR_ID, 0, now)).session
    session.user_id, session.signed_in_until = user.id, now + dt.timedelta(days=30)
    course = await repos.courses.add(code=CODE, title=TITLE, description=DESCRIPTION, instructor_id=user.id, now=now)
    for title, paragraphs in LESSONS:
        await repos.lessons.add(course.id, title, [_block(paragraphs)], now)
    await repos.courses.set_status(course, CourseStatus.PUBLISHED, now)


def _block(paragraphs: tuple[str | tuple[str, str], ...]) -> dict[str, Any]:
    text = RichText("")
    for number, paragraph in enumerate(paragraphs):
        if number:
            text += RichText("\n\n")
        text += RichText(paragraph) if isinstance(paragraph, str) else RichText.styled(paragraph[1], paragraph[0])
    return dict(Content(Kind.TEXT, text).to_json())
