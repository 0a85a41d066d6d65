"""The admins' buttons, so that any view can offer any of them."""

from typing import Annotated, ClassVar

from handlers.kit.pages import ListPress
from handlers.kit.press import Digits, Press, Words
from handlers.presses import MAX_SEARCH_BYTES


class ShowAdmin(Press):
    """The admin's menu."""

    prefix: ClassVar[str] = "adm"


class ListRequests(Press):
    """The instructor requests that wait."""

    prefix: ClassVar[str] = "rqs"


class DecideRequest(Press):
    """Approve (1) or decline (0) an instructor request."""

    prefix: ClassVar[str] = "rq"
    request_id: int
    approve: int


class FindPerson(Press):
    """Look for a person by name or email."""

    prefix: ClassVar[str] = "who"


class ListPeople(ListPress):
    """A page of the people whose name or address has the words searched for."""

    prefix: ClassVar[str] = "ppl"
    words: Annotated[str, Words(MAX_SEARCH_BYTES)] = ""


class ShowPerson(Press):
    """One person's page."""

    prefix: ClassVar[str] = "per"
    user_id: int


class ListTaught(ListPress):
    """A page of the courses that somebody else teaches."""

    prefix: ClassVar[str] = "tau"
    user_id: int = 0


class SetRole(Press):
    """Promote an account to instructor (1) or back to student (0)."""

    prefix: ClassVar[str] = "role"
    user_id: int
    promote: int


class BlockPerson(Press):
    """Block somebody; the reason is asked for."""

    prefix: ClassVar[str] = "blk"
    user_id: int


class UnblockPerson(Press):
    """Take a block back."""

    prefix: ClassVar[str] = "ubl"
    user_id: int


class SignOutPerson(Press):
    """Sign somebody out of all chats: asked first (0), then meant (1)."""

    prefix: ClassVar[str] = "out"
    user_id: int
    sure: Annotated[int, Digits(1)] = 0


class ReleaseEmail(Press):
    """Take the address from an account, so that another can have it: asked first (0), then meant (1)."""

    prefix: ClassVar[str] = "rel"
    user_id: int
    sure: Annotated[int, Digits(1)] = 0


class FindCourse(Press):
    """Look for any course by code or words."""

    prefix: ClassVar[str] = "fc"


class ListAnyCourses(ListPress):
    """A page of all courses, drafts and archived ones too, or of those that have the words searched for."""

    prefix: ClassVar[str] = "any"
    words: Annotated[str, Words(MAX_SEARCH_BYTES)] = ""


class ShowGrowth(Press):
    """A picture of what came in each of the last weeks."""

    prefix: ClassVar[str] = "grow"


class ShowAudit(ListPress):
    """A page of what admins did."""

    prefix: ClassVar[str] = "log"


class ListShelf(ListPress):
    """A page of what could not be handled."""

    prefix: ClassVar[str] = "sh"


class ShowShelved(Press):
    """One entry of the shelf."""

    prefix: ClassVar[str] = "she"
    entry_id: int


class DecideShelved(Press):
    """Have an entry tried again (1) or dropped (0, asked first), or all like it that were seen: up to a number."""

    prefix: ClassVar[str] = "shd"
    entry_id: int
    retry: Annotated[int, Digits(1)]
    upto: int | None = None
    sure: Annotated[int, Digits(1)] = 0
