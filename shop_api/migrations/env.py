"""Alembic's entry: it runs on the connection that `shop_api.migrate` opened."""

from alembic import context

from shop_api.record.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
