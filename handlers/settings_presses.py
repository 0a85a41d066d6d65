"""The buttons with which people decide about themselves."""

from typing import Annotated, ClassVar

from handlers.kit.press import Digits, Press, Words


class ShowSettings(Press):
    """What the person has decided about themselves."""

    prefix: ClassVar[str] = "set"


class ListLanguages(Press):
    """The languages that there are."""

    prefix: ClassVar[str] = "lgs"


class SetLanguage(Press):
    """Speak this language; an empty one is that of the person's Telegram."""

    prefix: ClassVar[str] = "lg"
    tag: Annotated[str, Words(16)]


class AskZone(Press):
    """Is it 14:05 for you?"""

    prefix: ClassVar[str] = "tz"


class ListClocks(Press):
    """What clocks in the world show, a dozen from one on; around the clock that was guessed without it."""

    prefix: ClassVar[str] = "tzc"
    first: Annotated[int | None, Digits(2)] = None


class ListCities(Press):
    """A page of the cities whose clocks are so many minutes ahead of UTC."""

    prefix: ClassVar[str] = "tzm"
    minutes: Annotated[int, Digits(4)]
    page: Annotated[int, Digits(2)] = 1


class SetZone(Press):
    """Live in this zone, by its IANA name."""

    prefix: ClassVar[str] = "tzs"
    name: Annotated[str, Words(40)]


class NameCity(Press):
    """Type the city instead."""

    prefix: ClassVar[str] = "tzn"


class ChangeName(Press):
    """Be called something else."""

    prefix: ClassVar[str] = "nam"


class ChangeEmail(Press):
    """Move to another address."""

    prefix: ClassVar[str] = "eml"


class ChangePassword(Press):
    """Set a new password."""

    prefix: ClassVar[str] = "pwd"


class ListSignIns(Press):
    """Where the person is signed in."""

    prefix: ClassVar[str] = "ses"


class EndSignIn(Press):
    """End the sign-in of another Telegram account, or of all others."""

    prefix: ClassVar[str] = "se"
    telegram_id: int | None


class ShowPrivacy(Press):
    """What is kept about people, why and how long."""

    prefix: ClassVar[str] = "pvy"


class ShowFarewell(Press):
    """What happens when the person goes."""

    prefix: ClassVar[str] = "bye"


class Depart(Press):
    """Go: with the account that was signed in when it was offered (1), which is proven first, or without one (0)."""

    prefix: ClassVar[str] = "gon"
    account: Annotated[int, Digits(1)]


class HandOver(Press):
    """Offer a course to another instructor, or all of them."""

    prefix: ClassVar[str] = "ho"
    course_id: int | None


class AnswerOffer(Press):
    """Take over the courses that an instructor offers (1), or decline (0)."""

    prefix: ClassVar[str] = "ha"
    user_id: int
    accept: Annotated[int, Digits(1)]


class ArchiveMine(Press):
    """Archive all own courses: asked first (0), then meant (1)."""

    prefix: ClassVar[str] = "arc"
    sure: Annotated[int, Digits(1)] = 0


class Export(Press):
    """All that is kept of the person, as a file."""

    prefix: ClassVar[str] = "exp"
