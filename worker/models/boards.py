"""Who hires, and where; and where a company may hire now."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from worker.models.base import Base, count_column, id_column, moment_column


class Company(Base):
    """Who hires."""

    __tablename__ = "companies"
    id: Mapped[int] = id_column()
    name: Mapped[str]
    created_at: Mapped[datetime] = moment_column()


class Board(Base):
    """One company on one ATS, with all that is known of reading it."""

    __tablename__ = "boards"
    id: Mapped[int] = id_column()
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    ats: Mapped[str]
    key: Mapped[str]
    url: Mapped[str]
    created_at: Mapped[datetime] = moment_column()
    # Schedule
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    interval_seconds: Mapped[int | None]
    next_scan_at: Mapped[datetime] = moment_column()
    # The lease: one run at a time reads a board; the fence counts claims, so a stale worker is told apart.
    fence: Mapped[int] = count_column()
    lease_until: Mapped[datetime | None]
    # The last complete reading: what it was answered with, and by which code it was parsed.
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    digest: Mapped[bytes | None]
    single_request: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    fingerprint: Mapped[str | None]
    full_read_at: Mapped[datetime | None]
    last_read_at: Mapped[datetime | None]
    baseline_at: Mapped[datetime | None]
    open_count: Mapped[int] = count_column()
    details_pending: Mapped[int] = count_column()
    # Leads whose pages turned out to be no postings: a digest of each, its last change and the day it was read.
    ignored: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    # Health
    last_run_at: Mapped[datetime | None]
    last_outcome: Mapped[str | None]
    failures: Mapped[int] = count_column()
    error_kind: Mapped[str | None]
    error: Mapped[str | None]
    suspect_since: Mapped[datetime | None]
    missing_since: Mapped[datetime | None]
    missing_count: Mapped[int] = count_column()
    gone_at: Mapped[datetime | None]
    # Where its address leads if that is another site, and when it was last looked for where the company may have gone.
    moved_to: Mapped[str | None]
    relocation_checked_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_boards_ats_key", "ats", text("lower(key)"), unique=True),
        Index("uq_boards_url", text("lower(url)"), unique=True),
        Index("ix_boards_due", "next_scan_at", postgresql_where=text("enabled")),
    )


class Suggestion(Base):
    """A board that may have taken the place of one that is gone, for a person to accept or to dismiss."""

    __tablename__ = "suggestions"
    id: Mapped[int] = id_column()
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    ats: Mapped[str]
    key: Mapped[str]
    url: Mapped[str]
    certainty: Mapped[str]
    evidence: Mapped[str]
    open_count: Mapped[int | None]
    created_at: Mapped[datetime] = moment_column()
    decided_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]

    __table_args__ = (UniqueConstraint("board_id", "ats", "key"),)
