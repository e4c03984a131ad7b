"""What vendors' answers hold, day by day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from worker.models.base import Base, id_column, moment_column


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
    id: Mapped[int] = id_column()
    ats: Mapped[str]
    what: Mapped[str]
    day: Mapped[date]
    level: Mapped[float]
    share: Mapped[float]
    created_at: Mapped[datetime] = moment_column()

    __table_args__ = (UniqueConstraint("ats", "what", "day"),)
