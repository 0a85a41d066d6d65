"""Claims: who asked for a file about a course, which is looked at again when the file is made."""

import datetime as dt
from typing import Any

from db.models import Role
from db.records import CourseRecord
from db.repositories import Repositories
from handlers.kit.errors import UserError
from handlers.kit.renderer import Arguments
from handlers.kit.request import Request
from handlers.kit.text import _
from handlers.policies import Action, Who, may, no_course


def claim(request: Request, course: CourseRecord) -> dict[str, Any]:
    """Returns the arguments by which a renderer knows a course, and whose wish the file is."""
    return {
        "course_id": course.id,
        "chat": request.telegram_id,
        "user": request.user.id if request.user else None,
        "asked_at": request.now.isoformat(),
        # By the environment, which changes with a new start only.
        "appointed": request.telegram_id in request.rules.instructor_ids,
        "admin": request.is_admin,
    }


def renew(arguments: Arguments) -> dict[str, Any]:
    """Returns the same claim, for the next piece of a file."""
    return {name: arguments[name] for name in ("course_id", "chat", "user", "asked_at", "appointed", "admin")}


async def require_claimed(repos: Repositories, arguments: Arguments) -> CourseRecord:
    """Returns the course of a claim, when whoever made it may still come to its desk.

    Raises:
        UserError: otherwise: a file may wait, and its reader be signed out, blocked or no instructor meanwhile.
    """
    course = await repos.courses.get(arguments["course_id"])
    if course is None:
        raise no_course()
    if not may(await _who(repos, arguments), Action.MANAGE, course):
        raise UserError(_("This course is not yours to look after any more, so I keep the file to myself."))
    return course


async def _who(repos: Repositories, arguments: Arguments) -> Who:
    """Returns who a claim's maker is by now; nobody, when the sign-in has ended."""
    user_id, is_admin = arguments["user"], arguments["admin"]
    user = await repos.users.get(user_id) if user_id is not None else None
    asked_at = dt.datetime.fromisoformat(arguments["asked_at"])
    chats = await repos.sessions.list_signed_in(user.id, asked_at) if user else []
    if user is None or arguments["chat"] not in {chat.telegram_id for chat in chats}:
        return Who(user_id=None, is_instructor=False, is_admin=is_admin)
    return Who(
        user_id=user.id,
        is_instructor=user.role is Role.INSTRUCTOR or arguments["appointed"],
        is_admin=is_admin,
        is_blocked=user.blocked_reason is not None and not is_admin,
    )
