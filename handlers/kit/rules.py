"""The house rules that the environment sets, as the views know them."""

import enum
from dataclasses import dataclass


class InstructorSignup(enum.StrEnum):
    """How people become instructors by themselves."""

    APPROVAL = "approval"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the owner of this bot decided."""

    bot_username: str
    admin_ids: frozenset[int] = frozenset()
    instructor_ids: frozenset[int] = frozenset()
    instructor_signup: InstructorSignup = InstructorSignup.APPROVAL
    session_days: int = 30
    bcrypt_rounds: int = 12
