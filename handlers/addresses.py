"""Addresses of accounts, as people read them."""

from db.models import User
from db.people import FoundPerson
from db.records import UserRecord
from db.repositories.users import is_released
from handlers.kit.text import Value, _


def address_of(user: User | UserRecord | FoundPerson) -> Value:
    """Returns the account's address, or that it has none."""
    return _("no address: an admin has released it") if is_released(user.email) else user.email
