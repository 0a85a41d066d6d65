"""The house rules that the environment sets, as the views know them."""

import enum

from msgspec import Struct


class InstructorSignup(enum.StrEnum):
    """How people become instructors by themselves."""

    APPROVAL = "approval"
    OPEN = "open"
    CLOSED = "closed"


class Rules(Struct, frozen=True):
    """What the owner of this bot decided."""

    bot_username: str
    admin_ids: frozenset[int] = frozenset()
    instructor_ids: frozenset[int] = frozenset()
    instructor_signup: InstructorSignup = InstructorSignup.APPROVAL
    session_days: int = 30
    bcrypt_rounds: int = 12
    # IETF tags of the languages that have a catalog.
    languages: tuple[str, ...] = ("en",)
    # Of people who have not chosen one, by its IANA name.
    zone: str = "UTC"
    # After so many days without use an account is deleted; after so many, what admins did is forgotten.
    retention_days: int = 730
    audit_days: int = 365
