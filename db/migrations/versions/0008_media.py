"""Media by their own names and by what bots call them; those of present lessons wait to be kept."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BATCH = 500
BLOCKS = sa.table("blocks", sa.column("id", sa.Integer), sa.column("content", sa.JSON))


def upgrade() -> None:
    media = op.create_table(
        "media",
        sa.Column("unique_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum("pending", "kept", "too_big", name="mediumstate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("unique_id", name=op.f("pk_media")),
    )
    waits = sa.text("state = 'pending'")
    op.create_index("ix_media_due", "media", ["due_at"], unique=False, sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_media_sha256", "media", ["sha256"], unique=False)
    op.create_table(
        "file_ids",
        sa.Column("unique_id", sa.String(length=128), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unique_id"], ["media.unique_id"], name=op.f("fk_file_ids_unique_id_media")),
        sa.PrimaryKeyConstraint("unique_id", "bot_id", name=op.f("pk_file_ids")),
    )
    _register(media)


def _register(media: sa.Table) -> None:
    """Takes in what the lessons show, whose files the next start begins to fetch."""
    connection, known, last = op.get_bind(), set[str](), 0
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    if connection.dialect.name == "postgresql":
        now = now.replace(tzinfo=dt.UTC)
    page = sa.select(BLOCKS).order_by(BLOCKS.c.id).limit(BATCH)
    while rows := connection.execute(page.where(BLOCKS.c.id > last)).all():
        last = rows[-1].id
        found = {medium["unique_id"]: medium for row in rows if (medium := _medium(row.content, now))}
        new = [medium for unique_id, medium in found.items() if unique_id not in known]
        known.update(found)
        if new:
            connection.execute(sa.insert(media), new)


def _medium(content: Any, now: dt.datetime) -> dict[str, Any] | None:
    if not isinstance(content, dict) or not content.get("file_unique_id"):
        return None
    return {
        "unique_id": content["file_unique_id"],
        "kind": content.get("kind", ""),
        "file_id": content.get("file_id"),
        "file_name": content.get("file_name"),
        "state": "pending",
        "failures": 0,
        "due_at": now,
        "registered_at": now,
    }
