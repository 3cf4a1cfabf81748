"""Alembic's way in: runs the versions on the connection that `schema.migrate` hands over."""

from alembic import context

from sync_server.database.tables import Table

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
