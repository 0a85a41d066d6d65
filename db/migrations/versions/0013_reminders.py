"""Reminders: plans, what is muted, what was told; and messages that are good until a moment only."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("outbox", sa.Column("good_until", MOMENT, nullable=True))
    op.create_table(
        "reminder_plans",
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=False),
        sa.Column("quiet_until", sa.SmallInteger(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("digest", sa.Enum("never", "day", "week", native_enum=False, length=8), nullable=False),
        sa.Column("next_due", MOMENT, nullable=True),
        sa.Column("later_at", MOMENT, nullable=True),
        sa.Column("owed_since", MOMENT, nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("ignored", sa.SmallInteger(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reminder_plans_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_reminder_plans")),
    )
    is_due = sa.text("next_due IS NOT NULL")
    op.create_index(
        "ix_reminder_plans_due",
        "reminder_plans",
        ["next_due", "user_id"],
        unique=False,
        sqlite_where=is_due,
        postgresql_where=is_due,
    )
    _create_of_courses("reminder_mutes")
    _create_of_courses(
        "reminder_things",
        sa.Column("thing", BIG_ID, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
    )
    _plan_for_everybody()


def _create_of_courses(name: str, *more: "sa.Column[object]") -> None:
    op.create_table(
        name,
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("course_id", BIG_ID, autoincrement=False, nullable=False),
        *more,
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{name}_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "kind", "course_id", name=op.f(f"pk_{name}")),
    )


def _plan_for_everybody() -> None:
    """Plans for those who take a course or teach, as for newcomers; the first look tells each their own hour."""
    op.execute(
        sa.text(
            "INSERT INTO reminder_plans "
            "(user_id, is_on, days, hour, quiet_from, quiet_until, digest, ignored, next_due) "
            "SELECT id, :is_on, 127, 19, 22, 8, 'week', 0, :soon FROM users "
            "WHERE gone_at IS NULL AND (role = 'instructor' "
            "OR EXISTS (SELECT 1 FROM progress WHERE progress.user_id = users.id AND progress.left_at IS NULL))"
        ).bindparams(
            sa.bindparam("is_on", value=True, type_=sa.Boolean()),
            sa.bindparam("soon", value=dt.datetime.now(dt.UTC), type_=MOMENT),
        )
    )
