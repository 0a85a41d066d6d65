"""A course's students as a file that spreadsheets open: CSV, a batch of students a read."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any, NamedTuple

from db.repositories import Repositories
from db.standing import Student
from handlers.claims import claim, renew, require_claimed
from handlers.desk import require_course
from handlers.kit.renderer import Arguments, Renderer
from handlers.kit.reply import Button, Document, Reply, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, Translator, _, lines, say
from handlers.people_presses import SendSpreadsheet
from handlers.policies import Action
from handlers.presses import ListStudents

# Students a read: even where a course has sixty lessons, it holds nobody else up for long, and takes little memory.
BATCH = 100
# An instructor sees names, and what their students do in the course; addresses are nobody's but their owner's.
_HEADINGS = (_("Name"), _("Enrolled"), _("Lessons done"), _("Lessons"), _("Percent"), _("Finished"))
# Excel takes a file for UTF-8 only when it begins so.
_MARK = "\ufeff"
# A cell that begins so is a formula to spreadsheets, and may send off what stands in the others.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Batch(NamedTuple):
    """Some students, and whether they are the file's first."""

    claim: Arguments
    students: Sequence[Student]
    is_first: bool


async def _fetch(repos: Repositories, arguments: Arguments) -> Batch:
    course, after = await require_claimed(repos, arguments), arguments.get("after")
    students = await repos.progress.list_students(course.id, limit=BATCH, after=after)
    return Batch(renew(arguments), students, is_first=after is None)


def _following(batch: Batch) -> dict[str, Any] | None:
    if len(batch.students) < BATCH:
        return None
    return {**batch.claim, "after": batch.students[-1].progress.id}


def write_csv(batch: Batch, to: Translator) -> bytes:
    """Returns the rows of a batch; the first one begins with the headings."""
    file = io.StringIO(_MARK if batch.is_first else "")
    file.seek(0, io.SEEK_END)
    writer = csv.writer(file)
    if batch.is_first:
        writer.writerow([_plain(heading, to) for heading in _HEADINGS])
    for student in batch.students:
        progress = student.progress
        days = [_day(progress.enrolled_at, to), _day(progress.completed_at, to)]
        writer.writerow([_cell(student.name), days[0], student.done, student.total, student.percent, days[1]])
    return file.getvalue().encode()


def _cell(words: str) -> str:
    """Returns words that no spreadsheet takes for a formula."""
    return f"'{words}" if words.startswith(_FORMULA) else words


def _day(at: dt.datetime | None, to: Translator) -> str:
    return at.astimezone(to.zone).date().isoformat() if at else ""


def _plain(text: Text, to: Translator) -> str:
    return say(text, to).unescape()


spreadsheet = Renderer("students", fetch=_fetch, draw=write_csv, following=_following)
router = Router(renderers=[spreadsheet])


@router.press(SendSpreadsheet, action=Action.DESK)
async def send_spreadsheet(request: Request, repos: Repositories) -> Reply:
    """Sends all students of a course, with how far each is, as a file."""
    assert isinstance(request.press, SendSpreadsheet)  # noqa: S101 (its route)
    course = await require_course(request, repos, request.press.course_id, Action.MANAGE)
    caption = lines(Bold(course.title), _("Its students, and how far each is. Any spreadsheet opens this file."))
    back = keyboard(Button(_("‹ Students"), ListStudents(course_id=course.id)))
    return reply(Document(spreadsheet, f"{course.code}-students.csv", claim(request, course), caption, back))
