"""People found by name or address, which may be encrypted: then no SQL can compare them.

So accounts are read as they are stored, a batch at a time, and opened and compared where it holds nobody up: opening
ten thousand words takes a quarter of a second.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from db.cipher import Cipher

# Letters that stand alone in Unicode, and that people type without their strokes and ties.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


class SealedPerson(NamedTuple):
    """An account, its name and address as they are stored."""

    id: int
    name: str
    email: str


class FoundPerson(NamedTuple):
    """An account that has the words."""

    id: int
    name: str
    email: str


class Batch(NamedTuple):
    """Some accounts in order, and what opens them."""

    people: tuple[SealedPerson, ...]
    cipher: Cipher


def fold(text: str) -> str:
    """Returns a text without case and accents, as it is compared."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold().translate(_PLAIN)


def find(batch: Batch, words: str, limit: int) -> tuple[FoundPerson, ...]:
    """Returns the first few accounts of a batch that have all the words somewhere in their name or address.

    Slow and pure: to be computed outside of transactions.
    """
    return tuple(islice(_matches(batch, fold(words).split()), limit))


def _matches(batch: Batch, wanted: Sequence[str]) -> Iterator[FoundPerson]:
    for person in batch.people:
        name, email = batch.cipher.open(person.name), batch.cipher.open(person.email)
        text = fold(f"{name} {email}")
        # Who is gone has no address. SQL that leaves them out might read on and on for the next one who is there.
        if email and all(word in text for word in wanted):
            yield FoundPerson(person.id, name, email)
