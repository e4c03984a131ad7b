"""Groups, criteria, states of matches; members and admins"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "groups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("all_companies", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("title_filters", sa.Text(), nullable=True),
        sa.Column("criteria", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_groups_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
    )
    op.create_index("uq_groups_all", "groups", ["user_id"], unique=True, postgresql_where=sa.text("all_companies"))
    op.create_index("uq_groups_name", "groups", ["user_id", sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "match_actions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_match_actions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_actions")),
    )
    op.create_index(op.f("ix_match_actions_user_id"), "match_actions", ["user_id"], unique=False)
    op.create_table(
        "group_companies",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name=op.f("fk_group_companies_company_id_companies"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_group_companies_group_id_groups"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "company_id", name=op.f("pk_group_companies")),
    )
    op.create_index(op.f("ix_group_companies_company_id"), "group_companies", ["company_id"], unique=False)
    op.add_column(
        "company_settings", sa.Column("criteria", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column(
        "company_settings", sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False)
    )
    op.alter_column("company_settings", "title_filters", existing_type=sa.TEXT(), server_default=None, nullable=True)
    op.alter_column("company_settings", "enabled", existing_type=sa.BOOLEAN(), server_default=None, nullable=True)
    op.add_column("matches", sa.Column("fits", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("matches", sa.Column("state", sa.Text(), server_default=sa.text("'new'"), nullable=False))
    op.add_column("matches", sa.Column("state_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("matches", sa.Column("applied_on", sa.Date(), nullable=True))
    op.add_column("matches", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("matches", sa.Column("repeats", sa.BigInteger(), nullable=True))
    op.add_column(
        "matches", sa.Column("found_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    )
    op.add_column("matches", sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False))
    op.execute("""
        ALTER TABLE matches ALTER why TYPE jsonb USING CASE WHEN why IS NULL THEN '[]'::jsonb
            ELSE jsonb_build_array(jsonb_build_object('criterion', 'title', 'detail', why)) END,
        ALTER why SET DEFAULT '[]', ALTER why SET NOT NULL
    """)
    op.execute("UPDATE matches SET found_at = created_at")
    op.create_index("ix_matches_inbox", "matches", ["user_id", "found_at", "id"])
    op.create_index("ix_matches_state", "matches", ["user_id", "state", "found_at", "id"])
    op.create_index(op.f("ix_matches_repeats"), "matches", ["repeats"], unique=False)
    op.create_foreign_key(
        op.f("fk_matches_repeats_matches"), "matches", "matches", ["repeats"], ["id"], ondelete="SET NULL"
    )
    op.add_column("users", sa.Column("role", sa.Text(), server_default=sa.text("'member'"), nullable=False))
    op.add_column("users", sa.Column("wishes", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("users", sa.Column("wishes_applied", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("users", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE users SET role = 'admin' WHERE id = (SELECT min(id) FROM users)")
