"""Reading all rows of a kind, page by page, as they are at one moment."""

from collections.abc import Callable, Iterator, Sequence

from worker.cli.output import Row
from worker.resources import one_moment

__all__ = ["PAGE_ROWS", "every", "one_moment"]

PAGE_ROWS = 500


def every(page: Callable[[int], Sequence[Row]], *, start: int = 0) -> Iterator[Row]:
    """Yield the rows of all pages; `page` returns those that follow an id."""
    last = start
    while rows := page(last):
        yield from rows
        last = int(rows[-1]["id"])
