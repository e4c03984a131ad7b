"""Exporting everything there is of a kind to a file, as it is at one moment.

The rows of an export come out of an open session, as the file is written: both end together.
"""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from worker.export_formats import FORMATS, Row, Table, csv_file
from worker.filters import TitleFilter
from worker.store import changes as events
from worker.store import exports, inbox
from worker.store import postings as stored


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported: a table and its rows, which can be read once."""

    table: Table
    rows: Generator[Row]

    def written(self, form: str, *, byte_order_mark: bool = False) -> Generator[bytes]:
        """Yield the file in parts; `form` is one of `FORMATS`, the mark is for CSV alone.

        Closed before its end, it reads no further row.
        """
        with closing(self.rows):
            if form == "csv":
                yield from csv_file.write(self.table, self.rows, byte_order_mark=byte_order_mark)
            else:
                yield from FORMATS[form].write(self.table, self.rows)


def postings(db: Session, wanted: stored.Wanted, titles: TitleFilter | None = None) -> Export:
    """Export postings, newest first."""
    return _export(exports.POSTINGS, exports.all_postings(db, wanted), titles)


def matches(db: Session, user: int, wanted: inbox.Wanted, titles: TitleFilter | None = None) -> Export:
    """Export a person's matches with their postings, those found last first."""
    return _export(exports.MATCHES, exports.all_matches(db, user, wanted), titles)


def changes(
    db: Session, wanted: events.Wanted, titles: TitleFilter | None = None, *, since: datetime | None = None
) -> Export:
    """Export what happened to postings, the latest last."""
    return _export(exports.CHANGES, exports.all_changes(db, wanted, since), titles)


def _export(table: Table, rows: Generator[Row], titles: TitleFilter | None) -> Export:
    return Export(table, rows if titles is None else _passing(table, rows, titles))


def _passing(table: Table, rows: Generator[Row], titles: TitleFilter) -> Generator[Row]:
    place = table.header.index("title")
    with closing(rows):
        yield from (row for row in rows if titles.matches(row[place]))
