"""Alembic's entry: runs migrations on the connection that `upgrade` hands over."""

from alembic import context
from sqlmodel import SQLModel

import studio.database  # noqa: F401  knows every table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
