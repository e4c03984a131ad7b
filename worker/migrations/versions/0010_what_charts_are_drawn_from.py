"""What the charts are drawn from"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


_MOVED = ("opened", "closed", *(f"open_{days}" for days in (1, 3, 7, 14, 28, 56, 91, 182)), "open_longer")


def upgrade() -> None:
    for name, of in (
        ("board_weeks", sa.Column("board_id", sa.BigInteger(), nullable=False)),
        ("vendor_weeks", sa.Column("ats", sa.Text(), nullable=False)),
    ):
        op.create_table(
            name,
            of,
            sa.Column("week", sa.Date(), nullable=False),
            *(sa.Column(moved, sa.Integer(), nullable=False) for moved in _MOVED),
            sa.PrimaryKeyConstraint(of.name, "week", name=op.f(f"pk_{name}")),
        )
    op.create_table(
        "run_days",
        sa.Column("ats", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("partial", sa.BigInteger(), nullable=False),
        sa.Column("suspect", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("p50", sa.BigInteger(), nullable=True),
        sa.Column("p95", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("ats", "day", name=op.f("pk_run_days")),
    )
    op.create_index("ix_scan_runs_finished_at", "scan_runs", ["finished_at"], unique=False, postgresql_using="brin")
