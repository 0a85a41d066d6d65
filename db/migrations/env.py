"""Alembic's environment: runs the migrations on the connection that `db.migrate` opened."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from db.models import Base


def is_ours(obj: Any, name: str | None, type_: str, *_: Any) -> bool:
    """Whether autogenerate compares this object: the search index is written by hand on each database."""
    del obj
    return not (
        name is not None
        and ((type_ == "table" and name.startswith("courses_search")) or name in {"search", "ix_courses_search"})
    )


def plainly(kind: str, obj: Any, _autogenerate: Any) -> str | Literal[False]:
    """Returns a column's type as databases know it: a migration stays what it was when the models change."""
    return f"sa.{obj.impl_instance!r}" if kind == "type" and isinstance(obj, TypeDecorator) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=is_ours,
    render_item=plainly,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
