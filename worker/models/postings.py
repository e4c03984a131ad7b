"""Postings, their roles, and what happened to them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from worker.models.base import Base, id_column, moment_column


class StoredPosting(Base):
    """A posting as last seen. `row_hash` is over what the board gave, `content_hash` over what a reader notices.

    The descriptions are stored uncompressed (migration 0001): Postgres' own compression takes longer than all else that
    happens to a row. `role_id` is a number that all listings of one role share.
    """

    __tablename__ = "postings"
    id: Mapped[int] = id_column()
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    external_id: Mapped[str]
    title: Mapped[str]
    url: Mapped[str]
    apply_url: Mapped[str | None]
    locations: Mapped[list[str]]
    workplace: Mapped[str | None]
    country_codes: Mapped[list[str]]
    places: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    department: Mapped[str | None]
    team: Mapped[str | None]
    employment_type: Mapped[str | None]
    salary_min: Mapped[Decimal | None]
    salary_max: Mapped[Decimal | None]
    salary_currency: Mapped[str | None]
    salary_period: Mapped[str | None]
    salary_source: Mapped[str | None]
    posted_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    seniority: Mapped[str | None]
    language: Mapped[str | None]
    requisition_id: Mapped[str | None]
    description_html: Mapped[str | None]
    description_text: Mapped[str | None]
    extras: Mapped[dict[str, Any]]
    content_hash: Mapped[bytes]
    row_hash: Mapped[bytes]
    detail_pending: Mapped[bool]
    role_id: Mapped[int | None] = mapped_column(index=True)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("board_id", "external_id"),
        Index("ix_postings_open", "board_id", postgresql_where=text("closed_at IS NULL")),
        Index(
            "ix_postings_closes_at", "closes_at", postgresql_where=text("closed_at IS NULL AND closes_at IS NOT NULL")
        ),
    )


class RoleKey(Base):
    """What a company's role is known by; `worker.roles` says what keys are made of.

    A role is a number out of `role_ids`, all its postings have it. There are several keys to a posting, and no foreign
    key, whose checks would cost more than all else: `store.companies` deletes them with their company.
    """

    __tablename__ = "role_keys"
    company_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int]


class PostingEvent(Base):
    """What happened to a posting, once. `tx` orders events by the transaction that wrote them (`store.transactions`).

    `news` says of a posting that opened why it may be none: its role is open elsewhere (`listing`), or was (`repost`).
    The board is the posting's, kept here for reading; the posting's foreign key suffices for both.
    """

    __tablename__ = "posting_events"
    id: Mapped[int] = id_column()
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id", ondelete="CASCADE"))
    board_id: Mapped[int]
    scan_run_id: Mapped[int]
    kind: Mapped[str]
    baseline: Mapped[bool]
    changes: Mapped[dict[str, Any]]
    news: Mapped[str | None]
    at: Mapped[datetime] = moment_column()
    tx: Mapped[int] = mapped_column(server_default=text("own_tx()"))

    __table_args__ = (
        UniqueConstraint("posting_id", "scan_run_id", "kind"),
        Index("ix_posting_events_tx_id", "tx", "id"),
        Index("ix_posting_events_at", "at", postgresql_using="brin"),
    )
