"""All that is kept of a person, as data to be handed out."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, select

from db.models import (
    AuditEntry,
    Block,
    Broadcast,
    ChatSession,
    Completion,
    Course,
    Handover,
    Instructor,
    InstructorRequest,
    Invitation,
    Lesson,
    Outgoing,
    Progress,
    ReminderMute,
    ReminderPlan,
    ReminderThing,
    ShelvedUpdate,
    Throttle,
    User,
)
from db.repositories.base import Repository

Rows = list[dict[str, Any]]
_ENROLLMENT = (Progress.status, Progress.enrolled_at, Progress.completed_at, Progress.left_at, Progress.removed_at)
_COURSE = (
    Course.id,
    Course.code,
    Course.title,
    Course.description,
    Course.language,
    Course.cover,
    Course.is_private,
    Course.status,
    Course.created_at,
)
# Not its token: whoever has that may enroll.
_INVITATION = (Invitation.max_people, Invitation.used, Invitation.created_at, Invitation.revoked_at)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PLAN = tuple(column for column in ReminderPlan.__table__.columns if column.name != "user_id")
_BROADCAST = (Broadcast.kind, Broadcast.state, Broadcast.created_at, Broadcast.ended_at, Broadcast.content)


class Exports(Repository):
    """What is read for an export; rows are plain data, moments and enumerations as the models have them."""

    async def chats(self, telegram_ids: Collection[int]) -> Rows:
        """Returns what is kept of Telegram accounts. Of an open dialog its name: its answers may be a secret's hash."""
        rows = await self._rows(select(ChatSession.__table__).where(ChatSession.telegram_id.in_(telegram_ids)))
        for row in rows:
            row["open_dialog"] = (row.pop("dialog") or {}).get("name")
        return rows

    async def account(self, user_id: int) -> Rows:
        """Returns the account itself, but for its password's hash and the form in which its address is looked up."""
        hidden = {"password_hash", "email_key"}
        columns = [column for column in User.__table__.columns if column.name not in hidden]
        return await self._rows(select(*columns).where(User.id == user_id))

    async def learning(self, user_id: int) -> dict[str, Rows]:
        """Returns what somebody learns: enrollments, those that were left too, and completed lessons."""
        enrollments = select(Course.code, Course.title, *_ENROLLMENT).join(Course, Course.id == Progress.course_id)
        lessons = (
            select(Course.code.label("course"), Lesson.title.label("lesson"), Completion.completed_at)
            .join(Lesson, Lesson.id == Completion.lesson_id)
            .join(Course, Course.id == Lesson.course_id)
        )
        return {
            "enrollments": await self._rows(enrollments.where(Progress.user_id == user_id).order_by(Progress.id)),
            "completed_lessons": await self._rows(lessons.where(Completion.user_id == user_id)),
        }

    async def teaching(self, user_id: int) -> dict[str, Rows]:
        """Returns what makes somebody an instructor, and the courses that they write, removed lessons left out."""
        requests = select(
            InstructorRequest.requested_at, InstructorRequest.decided_at, InstructorRequest.approved
        ).where(InstructorRequest.user_id == user_id)
        offers = select(Course.code, Course.title, Handover.offered_at).join(Course, Course.id == Handover.course_id)
        courses = await self._rows(select(*_COURSE).where(Course.instructor_id == user_id).order_by(Course.id))
        for course in courses:
            course_id = course.pop("id")
            course["lessons"] = await self._lessons(course_id)
            course["invitations"] = await self._of(_INVITATION, Invitation.course_id == course_id)
        return {
            "instructor": await self._rows(select(Instructor.bio).where(Instructor.user_id == user_id)),
            "requests_to_teach": await self._rows(requests),
            "courses_offered": await self._rows(offers.where(Handover.to_user_id == user_id)),
            "courses": courses,
        }

    async def _lessons(self, course_id: int) -> Rows:
        lessons = await self._rows(
            select(Lesson.id, Lesson.title, Lesson.created_at, Lesson.removed_at)
            .where(Lesson.course_id == course_id, Lesson.removed_at.is_(None))
            .order_by(Lesson.position, Lesson.id)
        )
        for lesson in lessons:
            blocks = select(Block.content).where(Block.lesson_id == lesson.pop("id")).order_by(Block.position)
            lesson["content"] = list(await self._session.scalars(blocks))
        return lessons

    async def decisions(self, user_id: int) -> Rows:
        """Returns what admins did about an account."""
        return await self._of(
            (AuditEntry.at, AuditEntry.action, AuditEntry.subject, AuditEntry.detail), AuditEntry.about == user_id
        )

    async def reminding(self, user_id: int) -> dict[str, Rows]:
        """Returns how somebody wishes to be reminded, of what not, and what they were told; null stands for any."""
        plans = await self._of(_PLAN, ReminderPlan.user_id == user_id)
        for plan in plans:
            plan["days"] = [name for day, name in enumerate(_DAYS) if plan["days"] >> day & 1]
        mutes = self._with_course(ReminderMute, ReminderMute.kind).where(ReminderMute.user_id == user_id)
        told = (ReminderThing.kind, ReminderThing.since, ReminderThing.told_at)
        things = self._with_course(ReminderThing, *told).where(ReminderThing.user_id == user_id)
        return {
            "reminders": plans,
            "muted_reminders": [{**row, "kind": row["kind"] or None} for row in await self._rows(mutes)],
            "told_by_reminders": await self._rows(things),
        }

    def _with_course(self, model: type[ReminderMute | ReminderThing], *columns: Any) -> Select[Any]:
        named = select(*columns, Course.code.label("course"), Course.title.label("title"))
        return named.select_from(model).outerjoin(Course, Course.id == model.course_id)

    async def upkeep(self, telegram_ids: Collection[int], throttle_keys: Collection[str]) -> dict[str, Rows]:
        """Returns what the house keeps of somebody for its own safety, and what is about to be sent."""
        unsent = (Outgoing.chat_id.in_(telegram_ids), Outgoing.sent_at.is_(None))
        return {
            "failed_updates": await self._of(
                (ShelvedUpdate.shelved_at, ShelvedUpdate.content), ShelvedUpdate.telegram_id.in_(telegram_ids)
            ),
            "wrong_passwords": await self._of((Throttle.failures, Throttle.last_at), Throttle.key.in_(throttle_keys)),
            "unsent_messages": await self._of((Outgoing.created_at, Outgoing.method, Outgoing.content), *unsent),
        }

    async def sent_to_many(self, telegram_ids: Collection[int]) -> Rows:
        """Returns the broadcasts of Telegram accounts; only admins and instructors have any."""
        return await self._of(_BROADCAST, Broadcast.telegram_id.in_(telegram_ids))

    async def _of(self, columns: Sequence[Any], *conditions: ColumnElement[bool]) -> Rows:
        return await self._rows(select(*columns).where(*conditions))

    async def _rows(self, statement: Executable) -> Rows:
        return [dict(row) for row in (await self._session.execute(statement)).mappings()]
