"""Who may do what: the only place that decides it."""

import enum
from typing import Any, NamedTuple, Self

from db.models import CourseStatus, Role
from db.records import CourseRecord, InvitationRecord, ProgressRecord
from db.repositories import Repositories
from handlers.kit.dialog import Parser
from handlers.kit.errors import UserError
from handlers.kit.reply import Button
from handlers.kit.request import Request
from handlers.kit.text import Bold, Text, _, lines
from handlers.presses import Desk, ListCourses, LogIn, Register, ShowCourse


class Action(enum.StrEnum):
    """What somebody may wish to do."""

    # What everybody may, also who is blocked: hear what this bot is, and what it keeps of them.
    KNOW = "know"
    TALK = "talk"
    SIGN_IN = "sign in"
    STUDY = "study"
    AUTHOR = "author"
    # Come to the desks where courses are changed at all; which course's is a matter of EDIT.
    DESK = "desk"
    ADMINISTER = "administer"
    # With a course:
    SEE = "see"
    ENROLL = "enroll"
    LEARN = "learn"
    # Come to its desk, which an archived one has, too …
    MANAGE = "manage"
    # … and change it.
    EDIT = "edit"


class Who(NamedTuple):
    """Somebody, as far as permissions go."""

    user_id: int | None
    is_instructor: bool
    is_admin: bool
    is_blocked: bool = False

    @classmethod
    def of(cls, request: Request) -> Self:
        """Returns who acts. The environment wins: its instructors are instructors, and no block holds its admins."""
        user = request.user
        return cls(
            user_id=user.id if user else None,
            is_instructor=user is not None
            and (user.role is Role.INSTRUCTOR or request.telegram_id in request.rules.instructor_ids),
            is_admin=request.is_admin,
            is_blocked=user is not None and user.blocked_reason is not None and not request.is_admin,
        )


def may(
    who: Who,
    action: Action,
    course: CourseRecord | None = None,
    *,
    enrolled: bool = False,
    invited: bool = False,
    removed: bool = False,
) -> bool:
    """Returns whether somebody may do this, with this course for the actions that need one.

    For ENROLL, who left the course counts as `enrolled`; `removed` is whom the instructor has taken off its list.
    """
    if who.is_blocked:
        return action is Action.KNOW
    match action:
        case Action.KNOW | Action.TALK:
            return True
        case Action.SIGN_IN:
            return who.user_id is None
        case Action.STUDY:
            return who.user_id is not None
        case Action.AUTHOR:
            return who.is_instructor
        case Action.DESK:
            return who.is_instructor or who.is_admin
        case Action.ADMINISTER:
            return who.is_admin
    if course is None or (action is Action.ENROLL and removed):
        return False
    return _may_with(who, action, course, enrolled=enrolled, invited=invited)


def _may_with(who: Who, action: Action, course: CourseRecord, *, enrolled: bool, invited: bool) -> bool:
    owns = who.is_instructor and who.user_id == course.instructor_id
    is_open = invited or not course.is_private
    match action:
        case Action.SEE:
            return (course.status is not CourseStatus.DRAFT and is_open) or enrolled or owns or who.is_admin
        case Action.ENROLL:
            # Who left a course may come back to it while it is hidden from newcomers.
            return who.user_id is not None and ((course.status is CourseStatus.PUBLISHED and is_open) or enrolled)
        case Action.LEARN:
            return who.user_id is not None and enrolled
        case Action.MANAGE:
            return owns or who.is_admin
        case Action.EDIT:
            return course.status is not CourseStatus.ARCHIVED and (owns or who.is_admin)
    return False


def require(
    request: Request,
    action: Action,
    course: CourseRecord | None = None,
    *,
    enrolled: bool = False,
    invited: bool = False,
    removed: bool = False,
) -> None:
    """Returns when the person may do this.

    Raises:
        UserError: otherwise, with what they can do instead.
    """
    who = Who.of(request)
    if may(who, action, course, enrolled=enrolled, invited=invited, removed=removed):
        return
    admit(request, action)
    # Admins change courses without an account.
    if action in {Action.MANAGE, Action.EDIT} and (who.user_id is not None or who.is_admin):
        raise _refusal_to_edit(who, request, course)
    if who.user_id is None and action not in {Action.SIGN_IN, Action.ADMINISTER, Action.SEE}:
        raise UserError(
            _("You need an account for that. It takes a minute."),
            [Button(_("Create an account"), Register()), Button(_("Log in"), LogIn())],
        )
    if course is not None and not may(who, Action.SEE, course, enrolled=enrolled, invited=invited):
        raise no_course()
    raise removed_from(course) if course is not None and removed else _refusal(action, request, course)


def only(action: Action, parse: Parser) -> Parser:
    """Returns a parser that asks again, at each answer, whether the person may do this."""

    async def parse_allowed(request: Request, repos: Repositories) -> Any:
        require(request, action)
        return await parse(request, repos)

    return parse_allowed


def is_kept_out(progress: ProgressRecord | None, invitation: InvitationRecord | None = None) -> bool:
    """Whether the instructor has taken somebody off the list; only an `invitation` that is newer lets them back in."""
    if progress is None or progress.removed_at is None:
        return False
    return invitation is None or progress.removed_at >= invitation.created_at


def removed_from(course: CourseRecord) -> UserError:
    """Returns the refusal of whom the instructor has taken off the list of a course that they may see."""
    text = _(
        "You are no longer a student of {title}: its instructor has taken you off the list, and can let you back in."
    )
    return UserError(text.format(title=Bold(course.title)), Button(_("Browse courses"), ListCourses()))


def admit(request: Request, action: Action) -> None:
    """Returns when nobody has blocked the person, or the block is no matter here.

    Raises:
        UserError: otherwise, with the reason.
    """
    if request.user is not None and Who.of(request).is_blocked and action is not Action.KNOW:
        raise UserError(blocked(request.user.name, request.user.blocked_reason or ""))


def blocked(name: str, reason: str) -> Text:
    """Returns what a blocked person is told, whatever they wish to do."""
    text = _(
        "Your account is blocked, {name}. The reason:\n“{reason}”\n"
        "Is that a mistake? Write to the people who run this bot. /help shows what you can still do."
    )
    return text.format(name=name, reason=reason)


def _refusal_to_edit(who: Who, request: Request, course: CourseRecord | None) -> UserError:
    if course is not None and course.instructor_id == who.user_id and not who.is_instructor:
        return _refusal(Action.DESK, request, course)
    if course is None or not may(who, Action.SEE, course):
        return no_course()
    if may(who, Action.MANAGE, course):
        text = _("This course is archived: it can be read, and not changed. Take it out of the archive first.")
        return UserError(text, Button(_("Desk"), Desk(course.id)))
    name = request.user.name if request.user else ""
    text = _("Only the course's instructor can do that. You are signed in as {name}.")
    return UserError(text.format(name=name))


def _refusal(action: Action, request: Request, course: CourseRecord | None) -> UserError:
    match action:
        case Action.SIGN_IN:
            text = _("You are signed in as {name} already. /logout signs you out.")
            return UserError(text.format(name=request.user.name if request.user else ""))
        case Action.AUTHOR | Action.DESK:
            return UserError(
                _("Only instructors can do that. An admin can make you one: ask the people who run this bot.")
            )
        case Action.ADMINISTER:
            return UserError(_("Only admins can do that. They are named by the people who run this bot."))
        case Action.LEARN:
            see = Button(_("See the course"), ShowCourse(course.id)) if course else None
            return UserError(_("You are not enrolled in this course."), see)
        case Action.ENROLL if course is not None and course.status is CourseStatus.ARCHIVED:
            return UserError(_("This course is archived: it takes no new students. /courses shows the others."))
    return no_course()


def no_course(*more: Text) -> UserError:
    """Returns the refusal of a course that is not there, or not for this person: nobody can tell the two apart."""
    text = _("There is no such course. /courses shows all of them.")
    return UserError(lines(text, *more), Button(_("Browse courses"), ListCourses()))
