"""A course's people: private courses, invitations, removed students, and how many messages went out for a course."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("courses", sa.Column("is_private", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_courses_status", table_name="courses")
    op.create_index("ix_courses_status", "courses", ["status", "is_private", "id"], unique=False)
    op.add_column("progress", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    is_removed = sa.text("removed_at IS NOT NULL")
    op.create_index(
        "ix_progress_removed",
        "progress",
        ["course_id", "id"],
        unique=False,
        sqlite_where=is_removed,
        postgresql_where=is_removed,
    )
    _create_invitations()
    op.create_table(
        "letters",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("course_id", BIG_ID, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_letters_course_id_courses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_course", "letters", ["course_id", "sent_at"], unique=False)


def _create_invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("course_id", BIG_ID, nullable=False),
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("max_people", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_invitations_course_id_courses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token", name=op.f("uq_invitations_token")),
    )
    op.create_index("ix_invitations_course", "invitations", ["course_id", "id"], unique=False)
