"""An index for whoever reads a whole table so far, and none that nobody reads."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_attempts_begun", "attempts", ["begun_at"], unique=False)
    op.create_index("ix_shelf_shelved", "shelf", ["shelved_at"], unique=False)
    op.create_index("ix_throttles_last", "throttles", ["last_at"], unique=False)
    # Completions are always looked for by their student, too, which is what their key begins with.
    op.drop_index("ix_completions_lesson", table_name="completions")
