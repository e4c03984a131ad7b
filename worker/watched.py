"""Which watched board an address means."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from worker import detect
from worker.detect import Recognised
from worker.errors import UnsupportedSite
from worker.store import companies


def board_of(db: Session, address: str) -> tuple[Recognised, int | None]:
    """Return the board of an address, and the company that is watched there (None: nobody watches it).

    What is watched comes first: where a board has a domain of the company's own, no address says which ATS is behind
    it. Without a board at the very address, one further up its path is meant. Raises what `detect.from_address` raises.
    """
    url = detect.web_address(address)
    watched = companies.board_at(db, list(_spellings(url)))
    if watched is None:
        try:
            board = detect.from_address(url)
        except UnsupportedSite:
            watched = companies.board_at(db, list(_above(url)))
            if watched is None:
                raise
        else:
            return board, companies.find(db, ats=board.ats, key=board.key, url=board.url)
    return Recognised(watched["ats"], watched["board"], watched["url"], watched["company"]), watched["company_id"]


def _spellings(url: str) -> Iterator[str]:
    """Yield an address as people and boards write it: either scheme, with a slash at the end or without."""
    rest = url.partition("://")[2].rstrip("/")
    for scheme in ("https", "http"):
        yield f"{scheme}://{rest}"
        yield f"{scheme}://{rest}/"


def _above(url: str) -> Iterator[str]:
    """Yield the addresses of the pages under which an address lies, its own first."""
    parts = urlsplit(url)
    path = [part for part in parts.path.split("/") if part]
    for end in range(len(path), -1, -1):
        yield from _spellings("/".join([f"https://{parts.netloc}", *path[:end]]))
