"""Places, seniority and the source of pay"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column(
        "postings",
        sa.Column("places", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column("postings", sa.Column("salary_source", sa.Text(), nullable=True))
    op.add_column("postings", sa.Column("seniority", sa.Text(), nullable=True))
    # Until now every salary came from a field of its board.
    op.execute("UPDATE postings SET salary_source = 'board' WHERE salary_min IS NOT NULL OR salary_max IS NOT NULL")
