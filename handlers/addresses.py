"""Addresses of accounts, as people read them."""

from db.models import User
from db.people import FoundPerson
from db.records import UserRecord
from db.repositories.users import is_released
from handlers.kit.text import Value, _


def has_address(user: User | UserRecord | FoundPerson) -> bool:
    """Returns whether an account has an address; where an admin has released it, a word of the house stands."""
    return not is_released(user.email)


def address_of(user: User | UserRecord | FoundPerson) -> Value:
    """Returns the account's address, or that it has none."""
    return user.email if has_address(user) else _("no address: an admin has released it")
