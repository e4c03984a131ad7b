"""Reading all rows of a kind, page by page, as they are at one moment."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.orm import Session

from worker.cli.output import Row
from worker.resources import database

PAGE_ROWS = 500


@contextmanager
def one_moment() -> Iterator[Session]:
    """Yield a read-only session that sees the database as it is now, however long the reading takes."""
    with database() as db:
        db.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield db


def every(page: Callable[[int], Sequence[Row]], *, start: int = 0) -> Iterator[Row]:
    """Yield the rows of all pages; `page` returns those that follow an id."""
    last = start
    while rows := page(last):
        yield from rows
        last = int(rows[-1]["id"])
