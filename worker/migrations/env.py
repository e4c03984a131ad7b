"""Runs migrations on the connection that `worker.migrate` hands over."""

from alembic import context

from worker.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
