"""The tables. Rows are written in `store` only; what a column means stands beside it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Common naming and types of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as it is
        int: BigInteger,
        str: Text,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        Decimal: Numeric,
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


def _id() -> Mapped[int]:
    return mapped_column(BigInteger, Identity(always=True), primary_key=True)


def _now() -> Mapped[datetime]:
    return mapped_column(server_default=func.now())


def _zero() -> Mapped[int]:
    return mapped_column(server_default=text("0"))


class User(Base):
    """A person. The local single-user mode has exactly one, without an e-mail address of its own."""

    __tablename__ = "users"
    id: Mapped[int] = _id()
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    google_sub: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = _now()


class ApiKey(Base):
    """A key of a person's. Only its HMAC is stored; `prefix` lets the person tell keys apart."""

    __tablename__ = "api_keys"
    id: Mapped[int] = _id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime] = _now()
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Company(Base):
    """Who hires."""

    __tablename__ = "companies"
    id: Mapped[int] = _id()
    name: Mapped[str]
    created_at: Mapped[datetime] = _now()


class Board(Base):
    """One company on one ATS, with all that is known of reading it."""

    __tablename__ = "boards"
    id: Mapped[int] = _id()
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    ats: Mapped[str]
    key: Mapped[str]
    url: Mapped[str]
    created_at: Mapped[datetime] = _now()
    # Schedule
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    interval_seconds: Mapped[int | None]
    next_scan_at: Mapped[datetime] = _now()
    # The lease: one run at a time reads a board; the fence counts claims, so a stale worker is told apart.
    fence: Mapped[int] = _zero()
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
    open_count: Mapped[int] = _zero()
    details_pending: Mapped[int] = _zero()
    # Leads whose pages turned out to be no postings: a digest of each, its last change and the day it was read.
    ignored: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    # Health
    last_run_at: Mapped[datetime | None]
    last_outcome: Mapped[str | None]
    failures: Mapped[int] = _zero()
    error_kind: Mapped[str | None]
    error: Mapped[str | None]
    suspect_since: Mapped[datetime | None]
    missing_since: Mapped[datetime | None]
    missing_count: Mapped[int] = _zero()
    gone_at: Mapped[datetime | None]
    # Where its address leads if that is another site, and when it was last looked for where the company may have gone.
    moved_to: Mapped[str | None]
    relocation_checked_at: Mapped[datetime | None]

    __table_args__ = (
        Index("uq_boards_ats_key", "ats", text("lower(key)"), unique=True),
        Index("uq_boards_url", text("lower(url)"), unique=True),
        Index("ix_boards_due", "next_scan_at", postgresql_where=text("enabled")),
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


class StoredPosting(Base):
    """A posting as last seen. `row_hash` is over what the board gave, `content_hash` over what a reader notices.

    The descriptions are stored uncompressed (migration 0001): Postgres' own compression takes longer than all else that
    happens to a row. `role_id` is a number that all listings of one role share.
    """

    __tablename__ = "postings"
    id: Mapped[int] = _id()
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
    )


class PostingEvent(Base):
    """What happened to a posting, once. `tx` orders events by the transaction that wrote them.

    `news` says of a posting that opened why it may be none: its role is open elsewhere (`listing`), or was (`repost`).
    The board is the posting's, kept here for reading; the posting's foreign key suffices for both.
    """

    __tablename__ = "posting_events"
    id: Mapped[int] = _id()
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id", ondelete="CASCADE"))
    board_id: Mapped[int]
    scan_run_id: Mapped[int]
    kind: Mapped[str]
    baseline: Mapped[bool]
    changes: Mapped[dict[str, Any]]
    news: Mapped[str | None]
    at: Mapped[datetime] = _now()
    tx: Mapped[int] = mapped_column(server_default=text("(pg_current_xact_id()::text::bigint)"))

    __table_args__ = (
        UniqueConstraint("posting_id", "scan_run_id", "kind"),
        Index("ix_posting_events_tx_id", "tx", "id"),
        Index("ix_posting_events_at", "at", postgresql_using="brin"),
    )


class Scan(Base):
    """One trigger: a person's request, a command, or beat's tick."""

    __tablename__ = "scans"
    id: Mapped[int] = _id()
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
    id: Mapped[int] = _id()
    scan_id: Mapped[int] = mapped_column(ForeignKey("scans.id", ondelete="CASCADE"))
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    queue: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'queued'"))
    outcome: Mapped[str | None]
    attempt: Mapped[int] = _zero()
    token: Mapped[int | None]
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    enqueued_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = _now()
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    finished_tx: Mapped[int | None]
    # Counts of postings
    found: Mapped[int] = _zero()
    opened: Mapped[int] = _zero()
    updated: Mapped[int] = _zero()
    closed: Mapped[int] = _zero()
    reopened: Mapped[int] = _zero()
    skipped: Mapped[int] = _zero()
    details_pending: Mapped[int] = _zero()
    # What it cost
    requests: Mapped[int] = _zero()
    bytes: Mapped[int] = _zero()
    not_modified: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    milliseconds: Mapped[int] = _zero()
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
    )


class VendorDay(Base):
    """What one vendor's answers held on one day (UTC); `worker.drift.Day` says what is counted."""

    __tablename__ = "vendor_days"
    ats: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    postings: Mapped[int]
    filled: Mapped[dict[str, Any]]
    rows: Mapped[int]
    skipped: Mapped[int]
    runs: Mapped[int]
    unexpected: Mapped[int]


class StoredDrift(Base):
    """A day on which a vendor's answers were far from the month before."""

    __tablename__ = "drifts"
    id: Mapped[int] = _id()
    ats: Mapped[str]
    what: Mapped[str]
    day: Mapped[date]
    level: Mapped[float]
    share: Mapped[float]
    created_at: Mapped[datetime] = _now()

    __table_args__ = (UniqueConstraint("ats", "what", "day"),)


class Suggestion(Base):
    """A board that may have taken the place of one that is gone, for a person to accept or to dismiss."""

    __tablename__ = "suggestions"
    id: Mapped[int] = _id()
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    ats: Mapped[str]
    key: Mapped[str]
    url: Mapped[str]
    certainty: Mapped[str]
    evidence: Mapped[str]
    open_count: Mapped[int | None]
    created_at: Mapped[datetime] = _now()
    decided_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]

    __table_args__ = (UniqueConstraint("board_id", "ats", "key"),)


class CompanySetting(Base):
    """One person's wish for one company."""

    __tablename__ = "company_settings"
    id: Mapped[int] = _id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    title_filters: Mapped[str] = mapped_column(server_default=text("''"))
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    updated_at: Mapped[datetime] = _now()

    __table_args__ = (UniqueConstraint("user_id", "company_id"),)


class Match(Base):
    """A posting that passed one person's filters, and the line that let it in."""

    __tablename__ = "matches"
    id: Mapped[int] = _id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id", ondelete="CASCADE"), index=True)
    why: Mapped[str | None]
    created_at: Mapped[datetime] = _now()

    __table_args__ = (UniqueConstraint("user_id", "posting_id"),)
