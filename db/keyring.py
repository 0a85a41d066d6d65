"""The keyring: whether a database stands under the key that it was opened with."""

from typing import Any

from sqlalchemy import Select, event, exists, insert, or_, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.cipher import Cipher, cipher_for
from db.engine import create_engine
from db.models import AuditEntry, ChatSession, DataKey, Outgoing, SenderLease, ShelvedUpdate, Throttle, User

# A database in which all of these are empty holds no personal data, and nobody is about to write any.
_TRACES = (User, ChatSession, Outgoing, ShelvedUpdate, AuditEntry, Throttle, SenderLease)


class WrongKeyError(Exception):
    """The database stands under another key, or under none."""

    def __init__(self, *, is_encrypted: bool) -> None:
        super().__init__("the database stands under another key")
        self.is_encrypted = is_encrypted


async def fit(database_url: str, data_key: str) -> None:
    """Returns when the database, which is of the newest schema, stands under this key; an empty one takes it.

    Raises:
        WrongKeyError: nothing is changed then.
        sqlalchemy.exc.DBAPIError: when the database cannot be reached.
    """
    cipher = cipher_for(data_key)
    engine = create_engine(database_url, cipher)
    try:
        try:
            await _fit(engine, cipher)
        except IntegrityError:  # a replica that started at the same time was first
            await _fit(engine, cipher)
    finally:
        await engine.dispose()


async def get_fingerprint(connection: AsyncConnection) -> str | None:
    """Returns the fingerprint of the key that the database stands under; empty for none, None as long as it is open."""
    return await connection.scalar(select(DataKey.fingerprint))


def watch(engine: AsyncEngine, cipher: Cipher) -> None:
    """Lets no connection be made to a database that stands under another key.

    A bot that waits for the network has no lease yet: should `rekey` run then, it must not go on with the old key.
    On PostgreSQL, `rekey` ends all other connections, so that each bot comes by here again.
    """

    def check(connection: DBAPIConnection, _record: Any) -> None:
        try:
            check_connection(connection, cipher)
        except WrongKeyError:
            connection.close()
            raise
        connection.rollback()

    event.listen(engine.sync_engine, "connect", check)


def check_connection(connection: DBAPIConnection, cipher: Cipher) -> None:
    """Returns when the database behind a driver's own connection stands under the cipher's key, or under none yet.

    Raises:
        WrongKeyError: when it does not.
    """
    cursor = connection.cursor()
    cursor.execute("SELECT fingerprint FROM data_key")
    row = cursor.fetchone()
    cursor.close()
    if row is not None:
        check_fingerprint(row[0], cipher)


def check_fingerprint(found: str, cipher: Cipher) -> None:
    """Returns when this is the cipher's.

    Raises:
        WrongKeyError: when it is not.
    """
    if found != cipher.fingerprint:
        raise WrongKeyError(is_encrypted=bool(found))


async def _fit(engine: AsyncEngine, cipher: Cipher) -> None:
    async with engine.begin() as connection:
        found = await get_fingerprint(connection)
        if found is None and cipher.fingerprint and await _is_empty(connection):
            await connection.execute(insert(DataKey).values(fingerprint=cipher.fingerprint))
        else:
            check_fingerprint(found or "", cipher)


async def _is_empty(connection: AsyncConnection) -> bool:
    return not await connection.scalar(has_traces())


def has_traces() -> Select[bool]:
    """Returns the question whether a database holds personal data, or has been worked with."""
    return select(or_(*(exists(select(model)) for model in _TRACES)))
