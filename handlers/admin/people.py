"""People, found by an admin: at once by their address, or by a part of their name or address.

Names may be encrypted, so accounts are read batch by batch, newest first, and compared outside of the transaction. Each
answer has looked at one batch, and 'Older' looks on: nobody's wait, and no transaction, grows with the school.
"""

from db.people import Batch, FoundPerson, find
from db.repositories import Repositories
from handlers.addresses import address_of
from handlers.admin.audit import Deed, note, write
from handlers.admin.menu import BACK
from handlers.admin.person import person_screen
from handlers.admin_presses import FindPerson, ListPeople, ShowPerson
from handlers.catalog import fitting
from handlers.kit.asks import MAX_EMAIL, line
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.pages import ROW, Direction
from handlers.kit.reply import Button, Reply, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Text, _, lines
from handlers.policies import Action, only

# A quarter of a second to open and compare, with a key; so many are found in it at most.
BATCH, PAGE = 5_000, 10


async def _show_found(request: Request, repos: Repositories, answers: Answers) -> Reply:
    words = str(answers["words"])
    user = await repos.users.get_by_email(words)
    if user is not None:
        note(request, repos, Deed.LOOK_UP, user)
        return reply(await person_screen(request, repos, user))
    write(request, repos, Deed.SEARCH, words)
    return reply(await _search(request, repos, ListPeople(words=fitting(words))))


find_person = Dialog(
    "find_person",
    _("Find a person"),
    Ask(
        "words",
        _("Who? Send an email address, or a part of a name."),
        parse=only(Action.ADMINISTER, line(MAX_EMAIL)),
    ),
    done=_show_found,
)
router = Router(find_person)


@router.press(FindPerson, action=Action.ADMINISTER)
async def begin_search(request: Request, _repos: Repositories) -> Reply:
    """Asks for a name or an address."""
    return start(find_person, request)


@router.press(ListPeople, action=Action.ADMINISTER)
async def list_people(request: Request, repos: Repositories) -> Reply:
    """Searches on, among the older or the newer accounts."""
    assert isinstance(request.press, ListPeople)  # noqa: S101 (its route)
    return reply(await _search(request, repos, request.press))


async def _search(request: Request, repos: Repositories, press: ListPeople) -> Screen:
    read = await repos.users.read_batch(BATCH + 1, **press.bounds)
    batch, is_last = read._replace(people=read.people[:BATCH]), len(read.people) <= BATCH
    found = request.compute(find, batch, press.words, PAGE)
    reached = _reached(batch, found, is_last=is_last)
    is_back = press.direction is Direction.BEFORE
    # What lies between the key and where the search came is passed, whichever way the next one goes.
    passed = None if press.key is None else press.key + (1 if is_back else -1)
    newer, older = (reached, passed) if is_back else (passed, reached)
    shown = found[::-1] if is_back else found
    numbers = [Button(str(number), ShowPerson(person.id)) for number, person in enumerate(shown, 1)]
    heading = Bold(_("People · “{words}”").format(words=press.words))
    looked = None if len(found) == PAGE or is_last else await _looked(request, repos, press, batch.people[-1].id)
    nobody = _nobody(press) if is_last and not found else None
    return Screen(
        lines(heading, *_rows(shown), looked, nobody),
        keyboard(
            numbers[:ROW],
            numbers[ROW:],
            press.stepping(newer, older),
            [Button(_("Find another"), FindPerson()), BACK],
        ),
    )


def _reached(batch: Batch, found: tuple[FoundPerson, ...], *, is_last: bool) -> int | None:
    """Returns the last account that was looked at; none when there is nobody behind it."""
    if len(found) == PAGE:
        return None if is_last and found[-1].id == batch.people[-1].id else found[-1].id
    return None if is_last else batch.people[-1].id


async def _looked(request: Request, repos: Repositories, press: ListPeople, reached: int) -> Text | None:
    """Says how far a search came that is not at its end."""
    user = await repos.users.get(reached)
    text = _("Searched back to those who came on {day}; there are older ones.")
    if press.direction is Direction.BEFORE:
        text = _("Searched up to those who came on {day}; there are newer ones.")
    return text.format(day=Day(user.created_at, request.now)) if user else None


def _nobody(press: ListPeople) -> Text:
    return _("Nobody here has that in their name or address.") if press.key is None else _("Nobody else.")


def _rows(shown: tuple[FoundPerson, ...]) -> list[Text]:
    row = _("{number}. {name} · {email}")
    return [
        row.format(number=number, name=Bold(person.name), email=address_of(person))
        for number, person in enumerate(shown, 1)
    ]
