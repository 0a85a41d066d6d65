"""Deep links to this bot: https://t.me/BOT?start=PAYLOAD (Bot API, 'Deep linking')."""

from db.records import CourseRecord, InvitationRecord
from handlers.kit.request import Request

# What the payload begins with: a course's code follows, or an invitation's token.
COURSE_LINK, INVITATION_LINK = "c_", "i_"


def course_link(request: Request, course: CourseRecord) -> str:
    """Returns the link that opens a course."""
    return _link(request, f"{COURSE_LINK}{course.code}")


def invitation_link(request: Request, invitation: InvitationRecord) -> str:
    """Returns the link that opens a course for whom is invited."""
    return _link(request, f"{INVITATION_LINK}{invitation.token}")


def _link(request: Request, payload: str) -> str:
    """Returns a link; the payload has 64 letters, digits, underscores and dashes at most."""
    return f"https://t.me/{request.rules.bot_username}?start={payload}"
