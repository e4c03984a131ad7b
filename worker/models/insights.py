"""What the charts are drawn from, counted out of events and runs by `store.insights`."""

from datetime import date, datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from worker.models.base import Base, moment_column


def small_count_column() -> Mapped[int]:
    """A number of 32 bits: Postgres sums up many of them in a third of the time."""
    return mapped_column(Integer)


class Moved:
    """What opened and closed in one week; what a first reading finds has not opened in it.

    Those that closed are counted by how long they had been open, too: `open_1` for less than a day, `open_3` for less
    than three, and so on, `open_longer` for all others. What was there before the first reading is in none of these.
    """

    opened: Mapped[int] = small_count_column()
    closed: Mapped[int] = small_count_column()
    open_1: Mapped[int] = small_count_column()
    open_3: Mapped[int] = small_count_column()
    open_7: Mapped[int] = small_count_column()
    open_14: Mapped[int] = small_count_column()
    open_28: Mapped[int] = small_count_column()
    open_56: Mapped[int] = small_count_column()
    open_91: Mapped[int] = small_count_column()
    open_182: Mapped[int] = small_count_column()
    open_longer: Mapped[int] = small_count_column()


class BoardWeek(Moved, Base):
    """One board in the week that begins on a Monday (UTC); without a row, nothing moved.

    There is no foreign key: who counts leaves out the boards that are not there any more.
    """

    __tablename__ = "board_weeks"
    board_id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)


class VendorWeek(Moved, Base):
    """The boards of a vendor together; those of all vendors where `ats` is empty."""

    __tablename__ = "vendor_weeks"
    ats: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)


class RunDay(Base):
    """How the runs of one vendor ended that ended on one day (UTC).

    `ats` is empty where all vendors are counted together: percentiles cannot be summed. The milliseconds are those of
    the runs that asked a host, `asked` of them; runs that were cancelled do not count at all.
    """

    __tablename__ = "run_days"
    ats: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    changed: Mapped[int]
    unchanged: Mapped[int]
    partial: Mapped[int]
    suspect: Mapped[int]
    gone: Mapped[int]
    failed: Mapped[int]
    asked: Mapped[int]
    p50: Mapped[int | None]
    p95: Mapped[int | None]
    counted_at: Mapped[datetime] = moment_column()
