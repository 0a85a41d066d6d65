"""Courses that instructors offer to each other, and what becomes of them when one goes."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update

from db.models import Course, CourseStatus, Handover, User
from db.repositories.base import Repository
from db.statement import Upsert

_offer = Upsert(
    Handover,
    lambda insert: insert.values(
        course_id=bindparam("course"), to_user_id=bindparam("receiver"), offered_at=bindparam("now")
    ).on_conflict_do_update(
        index_elements=["course_id"],
        set_={"to_user_id": insert.excluded.to_user_id, "offered_at": insert.excluded.offered_at},
    ),
)


class OwnCourse(NamedTuple):
    """A course that is not archived, and the name of whom it is offered to."""

    course_id: int
    title: str
    offered_to: str | None


class Handovers(Repository):
    """Offers of courses."""

    async def list_own(self, user_id: int) -> list[OwnCourse]:
        """Returns an instructor's courses that are not archived, oldest first."""
        statement = (
            select(Course.id, Course.title, User.name)
            .outerjoin(Handover, Handover.course_id == Course.id)
            .outerjoin(User, User.id == Handover.to_user_id)
            .where(Course.instructor_id == user_id, Course.status != CourseStatus.ARCHIVED)
        )
        return [OwnCourse(*row) for row in await self._session.execute(statement.order_by(Course.id))]

    async def offer(self, course_ids: list[int], to_user_id: int, now: dt.datetime) -> None:
        """Offers courses to an instructor, and to nobody else any more."""
        offers = [{"course": course_id, "receiver": to_user_id, "now": now} for course_id in course_ids]
        await self._work.run(_offer, offers)

    async def list_offered(self, giver_id: int, to_user_id: int) -> list[str]:
        """Returns the titles of what one instructor offers to another, oldest course first."""
        statement = (
            select(Course.title)
            .join(Handover, Handover.course_id == Course.id)
            .where(
                Handover.to_user_id == to_user_id,
                Course.instructor_id == giver_id,
                Course.status != CourseStatus.ARCHIVED,
            )
        )
        return list(await self._session.scalars(statement.order_by(Course.id)))

    async def take(self, giver_id: int, to_user_id: int, *, accept: bool) -> list[str]:
        """Ends the offers of one instructor to another, who gets the courses or does not; returns their titles."""
        offered = select(Handover.course_id).where(Handover.to_user_id == to_user_id)
        theirs = (Course.id.in_(offered), Course.instructor_id == giver_id, Course.status != CourseStatus.ARCHIVED)
        statement = select(Course.id, Course.title).where(*theirs).order_by(Course.id).with_for_update()
        courses = (await self._session.execute(statement)).all()
        ids = [course_id for course_id, _title in courses]
        await self._session.execute(delete(Handover).where(Handover.course_id.in_(ids)))
        if accept:
            await self._session.execute(update(Course).where(Course.id.in_(ids)).values(instructor_id=to_user_id))
        return [title for _course_id, title in courses]

    async def archive_all(self, user_id: int) -> int:
        """Archives all courses of an instructor and takes back their offers; returns how many there were."""
        own = (Course.instructor_id == user_id, Course.status != CourseStatus.ARCHIVED)
        statement = update(Course).where(*own).values(status=CourseStatus.ARCHIVED).returning(Course.id)
        ids = (await self._session.scalars(statement)).all()
        await self._session.execute(delete(Handover).where(Handover.course_id.in_(ids)))
        return len(ids)
