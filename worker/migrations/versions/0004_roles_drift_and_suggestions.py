"""Roles with their listings, drift of vendors, suggestions for boards that are gone"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _roles()
    _drift()
    _suggestions()


def _roles() -> None:
    op.execute("CREATE SEQUENCE role_ids")
    op.create_table(
        "role_keys",
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "key", name=op.f("pk_role_keys")),
    )
    op.add_column("postings", sa.Column("role_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_postings_role_id"), "postings", ["role_id"])
    op.add_column("posting_events", sa.Column("news", sa.Text(), nullable=True))


def _drift() -> None:
    op.create_index("ix_posting_events_at", "posting_events", ["at"], postgresql_using="brin")
    op.create_table(
        "vendor_days",
        sa.Column("ats", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("postings", sa.BigInteger(), nullable=False),
        sa.Column("filled", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("skipped", sa.BigInteger(), nullable=False),
        sa.Column("runs", sa.BigInteger(), nullable=False),
        sa.Column("unexpected", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ats", "day", name=op.f("pk_vendor_days")),
    )
    op.create_table(
        "drifts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ats", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        _created_at(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drifts")),
        sa.UniqueConstraint("ats", "what", "day", name=op.f("uq_drifts_ats_what_day")),
    )


def _suggestions() -> None:
    op.add_column("boards", sa.Column("moved_to", sa.Text(), nullable=True))
    op.add_column("boards", sa.Column("relocation_checked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "suggestions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("board_id", sa.BigInteger(), nullable=False),
        sa.Column("ats", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("open_count", sa.BigInteger(), nullable=True),
        _created_at(),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        _foreign_key("suggestions", "board_id", "boards"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
        sa.UniqueConstraint("board_id", "ats", "key", name=op.f("uq_suggestions_board_id_ats_key")),
    )


def _created_at() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _foreign_key(table: str, column: str, referred: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{referred}")
    return sa.ForeignKeyConstraint([column], [f"{referred}.id"], name=name, ondelete="CASCADE")
