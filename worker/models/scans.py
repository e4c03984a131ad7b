"""Scans, and their runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from worker.models.base import Base, count_column, id_column, moment_column


class Scan(Base):
    """One trigger: a person's request, a command, or beat's tick."""

    __tablename__ = "scans"
    id: Mapped[int] = id_column()
    trigger: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    idempotency_key: Mapped[str | None]
    request_digest: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    cancelled_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_scans_idempotency",
            func.coalesce(text("user_id"), text("0")),
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
    )


class ScanRun(Base):
    """One board within one scan: queued, running or finished, and then with exactly one outcome."""

    __tablename__ = "scan_runs"
    id: Mapped[int] = id_column()
    scan_id: Mapped[int] = mapped_column(ForeignKey("scans.id", ondelete="CASCADE"))
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    queue: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'queued'"))
    outcome: Mapped[str | None]
    attempt: Mapped[int] = count_column()
    token: Mapped[int | None]
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    enqueued_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = moment_column()
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    finished_tx: Mapped[int | None]
    # Counts of postings
    found: Mapped[int] = count_column()
    opened: Mapped[int] = count_column()
    updated: Mapped[int] = count_column()
    closed: Mapped[int] = count_column()
    reopened: Mapped[int] = count_column()
    skipped: Mapped[int] = count_column()
    details_pending: Mapped[int] = count_column()
    # What it cost
    requests: Mapped[int] = count_column()
    bytes: Mapped[int] = count_column()
    not_modified: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    milliseconds: Mapped[int] = count_column()
    # What went wrong, and what is to be said beside the counts
    error_kind: Mapped[str | None]
    error: Mapped[str | None]
    notes: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))

    __table_args__ = (
        UniqueConstraint("scan_id", "board_id"),
        Index("ix_scan_runs_board_id_id", "board_id", "id"),
        Index("ix_scan_runs_unfinished", "board_id", postgresql_where=text("state <> 'finished'")),
        Index(
            "ix_scan_runs_waiting",
            "not_before",
            postgresql_where=text("state = 'queued' AND enqueued_at IS NULL"),
        ),
        Index("ix_scan_runs_sent", "enqueued_at", postgresql_where=text("state = 'queued'")),
        Index("ix_scan_runs_leased", "lease_until", postgresql_where=text("state = 'running'")),
        Index("ix_scan_runs_finished_at", "finished_at", postgresql_using="brin"),
    )
