"""What people decide about themselves: language, zone, password, who gets their courses; and what is forgotten when."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("chat_sessions", sa.Column("keeps_language", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("chat_sessions", sa.Column("zone", sa.String(length=64), nullable=True))
    op.add_column("chat_sessions", sa.Column("signed_in_at", MOMENT, nullable=True))
    _add_now("chat_sessions", "seen_at")
    op.create_index("ix_chat_sessions_seen", "chat_sessions", ["seen_at"], unique=False)
    op.add_column("users", sa.Column("registered_by", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("gone_at", MOMENT, nullable=True))
    _add_now("users", "idle_since")
    op.create_index("ix_users_idle", "users", ["idle_since"], unique=False)
    op.add_column("audit_log", sa.Column("about", BIG_ID, nullable=True))
    # In an encrypted database nothing is found: there the address stays until the entry is old enough to be forgotten.
    op.execute("UPDATE audit_log SET about = (SELECT id FROM users WHERE users.email = audit_log.subject)")
    op.create_index("ix_audit_log_about", "audit_log", ["about"], unique=False)
    op.create_index("ix_audit_log_at", "audit_log", ["at"], unique=False)
    op.create_index("ix_shelf_telegram", "shelf", ["telegram_id"], unique=False)
    op.create_table(
        "handovers",
        sa.Column("course_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("to_user_id", BIG_ID, nullable=False),
        sa.Column("offered_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_handovers_course_id_courses")),
        sa.ForeignKeyConstraint(["to_user_id"], ["users.id"], name=op.f("fk_handovers_to_user_id_users")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_handovers")),
    )
    op.create_index("ix_handovers_to", "handovers", ["to_user_id"], unique=False)


def _add_now(table: str, column: str) -> None:
    """Adds a moment that was, for the rows there are, this one: nobody is forgotten because of an upgrade."""
    op.add_column(table, sa.Column(column, MOMENT, nullable=True))
    op.execute(f"UPDATE {table} SET {column} = CURRENT_TIMESTAMP")  # noqa: S608 (ours)
    with op.batch_alter_table(table) as altered:
        altered.alter_column(column, existing_type=MOMENT, nullable=False)
