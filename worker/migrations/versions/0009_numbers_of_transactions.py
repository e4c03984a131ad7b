"""Numbers of transactions that go on when the database moves to another cluster"""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # `worker.store.transactions` replaces the first one when the numbers have to be lifted.
    op.execute("""
        CREATE OR REPLACE FUNCTION tx_offset() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 0::bigint
    """)
    op.execute("""
        CREATE OR REPLACE FUNCTION own_tx() RETURNS bigint LANGUAGE sql STABLE
        RETURN pg_current_xact_id()::text::bigint + tx_offset()
    """)
    op.execute("""
        CREATE OR REPLACE FUNCTION settled_tx() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
        RETURN pg_snapshot_xmin(pg_current_snapshot())::text::bigint + tx_offset()
    """)
    op.execute("ALTER TABLE posting_events ALTER tx SET DEFAULT own_tx()")
