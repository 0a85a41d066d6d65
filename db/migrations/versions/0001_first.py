"""The first schema: people, courses, progress, sessions, the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )

    op.create_table(
        "outbox",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("remember", sa.String(length=64), nullable=True),
        sa.Column("edits", sa.String(length=64), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("update_id", "part", name=op.f("uq_outbox_update_id_part")),
    )
    op.create_index("ix_outbox_remembered", "outbox", ["chat_id", "remember", "id"], unique=False)
    op.create_index("ix_outbox_sent", "outbox", ["sent_at"], unique=False)
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )

    op.create_table(
        "senders",
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("alive_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_senders")),
    )
    op.create_table(
        "shelf",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("shelved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("traceback", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf")),
        sa.UniqueConstraint("update_id", name=op.f("uq_shelf_update_id")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_table(
        "users",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=60), nullable=False),
        sa.Column("role", sa.Enum("student", "instructor", name="role", native_enum=False, length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_key", name=op.f("uq_users_email_key")),
    )
    op.create_table(
        "instructor_requests",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", BIG_ID, nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_instructor_requests_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instructor_requests")),
        sa.UniqueConstraint("user_id", name=op.f("uq_instructor_requests_user_id")),
    )
    op.create_index("ix_instructor_requests_open", "instructor_requests", ["decided_at", "id"], unique=False)

    op.create_table(
        "instructors",
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_instructors_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_instructors")),
    )
    op.create_table(
        "courses",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "published", "archived", name="coursestatus", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("instructor_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["instructor_id"], ["instructors.user_id"], name=op.f("fk_courses_instructor_id_instructors")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("code", name=op.f("uq_courses_code")),
    )
    op.create_index("ix_courses_instructor", "courses", ["instructor_id", "id"], unique=False)
    op.create_index("ix_courses_status", "courses", ["status", "id"], unique=False)

    op.create_table(
        "lessons",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("course_id", BIG_ID, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_lessons_course_id_courses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
    )
    op.create_index("ix_lessons_course", "lessons", ["course_id", "position"], unique=False)

    op.create_table(
        "progress",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("course_id", BIG_ID, nullable=False),
        sa.Column(
            "status",
            sa.Enum("in_progress", "completed", name="progressstatus", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_progress_course_id_courses")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_progress_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress")),
        sa.UniqueConstraint("user_id", "course_id", name=op.f("uq_progress_user_id_course_id")),
    )
    op.create_index("ix_progress_course", "progress", ["course_id", "left_at"], unique=False)

    op.create_table(
        "blocks",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("lesson_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_blocks_lesson_id_lessons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
    )
    op.create_index("ix_blocks_lesson", "blocks", ["lesson_id", "position"], unique=False)

    op.create_table(
        "chat_sessions",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_name", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("signed_in_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dialog", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("course_id", BIG_ID, nullable=True),
        sa.Column("lesson_id", BIG_ID, nullable=True),
        sa.Column("undo_lesson_id", BIG_ID, nullable=True),
        sa.Column("wanted_code", sa.String(length=16), nullable=True),
        sa.Column("unreachable_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_chat_sessions_course_id_courses")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_chat_sessions_lesson_id_lessons")),
        sa.ForeignKeyConstraint(
            ["undo_lesson_id"], ["lessons.id"], name=op.f("fk_chat_sessions_undo_lesson_id_lessons")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_chat_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_chat_sessions")),
    )
    op.create_index("ix_chat_sessions_user", "chat_sessions", ["user_id"], unique=False)

    op.create_table(
        "completions",
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("lesson_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_completions_lesson_id_lessons")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_completions_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "lesson_id", name=op.f("pk_completions")),
    )
    op.create_index("ix_completions_lesson", "completions", ["lesson_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        _create_search_on_postgresql()
    else:
        _create_search_on_sqlite()


def _create_search_on_postgresql() -> None:
    """A column that the database keeps by itself; 'simple' knows no language, as courses may be in any.

    Without signs: its parser would take `TCP/IP` for a file's path and `Node.js` for a host, each as a single word.
    """
    signs = "!\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~"
    op.execute(
        "ALTER TABLE courses ADD COLUMN search tsvector GENERATED ALWAYS AS "
        f"(to_tsvector('simple'::regconfig, translate(title || ' ' || description, '{signs}', repeat(' ', 32)))) STORED"
    )
    op.execute("CREATE INDEX ix_courses_search ON courses USING gin (search)")


def _create_search_on_sqlite() -> None:
    """An FTS5 index over the table's own rows, kept by triggers (https://sqlite.org/fts5.html, 4.4.3)."""
    op.execute(
        "CREATE VIRTUAL TABLE courses_search USING fts5(title, description, content='courses', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    add = "INSERT INTO courses_search(rowid, title, description) VALUES (new.id, new.title, new.description);"
    remove = (
        "INSERT INTO courses_search(courses_search, rowid, title, description) "
        "VALUES ('delete', old.id, old.title, old.description);"
    )
    op.execute(f"CREATE TRIGGER courses_search_insert AFTER INSERT ON courses BEGIN {add} END")
    op.execute(f"CREATE TRIGGER courses_search_delete AFTER DELETE ON courses BEGIN {remove} END")
    op.execute(
        f"CREATE TRIGGER courses_search_update AFTER UPDATE OF title, description ON courses BEGIN {remove} {add} END"
    )
