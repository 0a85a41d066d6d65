"""Alembic's environment: runs the migrations on the connection that `db.migrate` opened."""

from typing import Any

from alembic import context

from db.models import Base


def is_ours(obj: Any, name: str | None, type_: str, *_: Any) -> bool:
    """Whether autogenerate compares this object: the search index is written by hand on each database."""
    del obj
    return not (
        name is not None
        and ((type_ == "table" and name.startswith("courses_search")) or name in {"search", "ix_courses_search"})
    )


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=is_ours,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
