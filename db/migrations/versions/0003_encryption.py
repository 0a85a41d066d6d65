"""Room for ciphertexts, and a row that says under which key they are."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    # On SQLite each block makes the table anew; `db.migrate` takes care of the rows that refer to it.
    with op.batch_alter_table("users") as users:
        users.alter_column("name", type_=sa.Text(), existing_type=sa.String(length=80), existing_nullable=False)
        users.alter_column("email", type_=sa.Text(), existing_type=sa.String(length=254), existing_nullable=False)
    with op.batch_alter_table("chat_sessions") as chat_sessions:
        chat_sessions.alter_column(
            "first_name", type_=sa.Text(), existing_type=sa.String(length=64), existing_nullable=False
        )
    with op.batch_alter_table("audit_log") as audit_log:
        audit_log.alter_column("subject", type_=sa.Text(), existing_type=sa.String(length=80), existing_nullable=False)
