"""What every model shares: the declarative base and the column types both databases agree on."""

import datetime as dt
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column

from db.cipher import Cipher, Plain, cipher_of

# Named constraints, so that a migration can drop or change each one on either database.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite grows its own row ids only for a column declared INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware moment, stored in UTC and read back aware on both databases.

    Raises:
        ValueError: for a naive moment, which could mean any zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Returns what is stored."""
        return None if value is None else _in_utc(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Returns what makes of a moment what the driver takes: a text, for SQLite, which has no zones but UTC."""
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], dt.datetime | None] | None:
        """Returns what makes a moment of what the driver gives: of that text, in SQLite."""
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _in_utc(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        message = "a naive datetime cannot be stored"
        raise ValueError(message)
    return value.astimezone(dt.UTC)


# An update writes one moment half a dozen times. The form is SQLAlchemy's own.
@lru_cache(256)
def _to_text(value: dt.datetime | None) -> str | None:
    return None if value is None else _in_utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(stored: str | None) -> dt.datetime | None:
    return None if stored is None else dt.datetime.fromisoformat(f"{stored}+00:00")


class PersonalText(TypeDecorator[str]):
    """Words about a person: encrypted when the database was opened with a key, so of any length, and not searchable.

    Raises:
        db.cipher.UnreadableError: when they are read and cannot be decrypted.
    """

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Returns what makes of words what is stored: nothing does, where they are stored as they are."""
        return _processor(cipher_of(dialect), cipher_of(dialect).seal)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], str | None] | None:
        """Returns what makes words of what is stored: nothing does, where they are stored as they are."""
        return _processor(cipher_of(dialect), cipher_of(dialect).open)


def _processor(cipher: Cipher, work: Callable[[str], str]) -> Callable[[str | None], str | None] | None:
    return None if isinstance(cipher, Plain) else lambda words: None if words is None else work(words)


class PersonalJson(TypeDecorator[dict[str, Any]]):
    """Data about a person, as JSON: an object, or the ciphertext of one as a JSON string.

    Raises:
        db.cipher.UnreadableError: when they are read and cannot be decrypted.
    """

    # none_as_null: an absent value is SQL's NULL, not JSON's 'null', so that IS NULL finds it.
    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> Any:
        """Returns what is stored."""
        return None if value is None else cipher_of(dialect).seal_data(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:
        """Returns what was stored, decrypted."""
        return None if value is None else cipher_of(dialect).open_data(value)


class LookupKey(TypeDecorator[str]):
    """Words that are looked up and never shown: a keyed hash of them when the database was opened with a key.

    What is read is what is stored: the hash, that is, when there is a key.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Returns what is stored, and compared with what is stored."""
        return None if value is None else cipher_of(dialect).digest(value)


class Base(DeclarativeBase):
    """The parent of every model."""

    metadata = MetaData(naming_convention=NAMING)


Id = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
TelegramId = Annotated[int, mapped_column(BigInteger)]
Moment = Annotated[dt.datetime, mapped_column(UtcDateTime)]
OptionalMoment = Annotated[dt.datetime | None, mapped_column(UtcDateTime)]
Data = Annotated[dict[str, Any], mapped_column(JSON(none_as_null=True))]
OptionalData = Annotated[dict[str, Any] | None, mapped_column(JSON(none_as_null=True))]
Personal = Annotated[str, mapped_column(PersonalText)]
OptionalPersonal = Annotated[str | None, mapped_column(PersonalText)]
OptionalPersonalData = Annotated[dict[str, Any] | None, mapped_column(PersonalJson)]
