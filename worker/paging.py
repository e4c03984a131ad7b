"""A list read page by page: where to ask next, and when to stop."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from worker.posting import Page

MOVED = "postings stand on two pages, so the list changed while it was read, and others may be missing"


@dataclass(frozen=True, slots=True)
class Part:
    """One answer of a list that comes in pages: `data` as it came, and the identity of each of its rows.

    `total` is the number of rows that it advertises over all pages. `last` is its word on whether further ones follow;
    None leaves that to the total, and without one to the first empty page.
    """

    data: Any
    identities: Iterable[Any]
    total: int | None = None
    last: bool | None = None


def paged(ask: Callable[[int, int], Part], *, most: int, first_total_holds: bool = False) -> Iterator[Page]:
    """Yield what `ask` answers, as pages, until the list ends: by its own word, at its total or at an empty page.

    `ask` is given the page's number, from 1, and how many rows came before it. A page that only repeats earlier rows
    and page `most` end the reading too, and say in `truncated` that postings may be missing; so does the last page
    where no total tells that some are, and a row came on two pages. With `first_total_holds` the first total that is
    stated holds for all pages, whatever later ones say; otherwise each page's own does.
    """
    seen: set[str] = set()
    received, total, moved = 0, None, False
    for number in range(1, most + 1):
        part = ask(number, received)
        identities = list(part.identities)
        rows = [str(identity) for identity in identities]
        received += len(rows)
        total = total if first_total_holds and total is not None else part.total
        last = part.last if part.last is not None else total is not None and received >= total
        named = [str(identity) for identity in identities if identity is not None]
        moved = total is None and (moved or not seen.isdisjoint(named))
        truncated = None
        if rows and seen.issuperset(rows):
            truncated = f"page {number} of the list repeats earlier ones"
        elif number == most and rows and not last:
            truncated = f"not read beyond page {most}"
        elif moved and (last or not rows):
            truncated = MOVED
        yield Page(part.data, total, truncated)
        if truncated or last or not rows:
            return
        seen.update(rows)
