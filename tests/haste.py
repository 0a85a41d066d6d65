"""Haste: what makes the tests of one process quick, and changes nothing that they see."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Dialect, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from db.cipher import Cipher, Plain, cipher_of
from db.engine import PRAGMAS, create_engine
from db.statement import Prepared, Statement

# What the bot sets; here, no machine loses its power.
SAFE = PRAGMAS
QUICK = (*SAFE, "PRAGMA synchronous = OFF")


@contextmanager
def haste() -> Iterator[None]:
    """Waits for no disk, and compiles what each database runs once for all of them."""
    known: dict[tuple[Statement, str], Prepared] = {}

    def prepare(statement: Statement, dialect: Dialect) -> Prepared:
        if not isinstance(cipher_of(dialect), Plain):  # its values are written under a key
            return Prepared(statement, dialect)
        key = statement, dialect.name
        if key not in known:
            known[key] = Prepared(statement, dialect)
        return known[key]

    first: dict[tuple[str, bool], Engine] = {}

    def create(url: str, cipher: Cipher | None = None, **how: bool) -> AsyncEngine:
        """Returns an engine that knows what earlier ones have compiled: SQLAlchemy keeps that by dialect."""
        engine = create_engine(url, cipher, **how)
        own = engine.sync_engine
        if isinstance(cipher_of(own.dialect), Plain):
            shared = first.setdefault((own.dialect.name, how.get("only_reads", False)), own)
            own.dialect, own._compiled_cache = shared.dialect, shared._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("db.transaction.create_engine", create)
        patch.setattr("db.engine.PRAGMAS", QUICK)
        patch.setattr("db.work.Prepared", prepare)
        yield
