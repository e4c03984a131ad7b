"""Reading one board through its extractor: from pages to an inventory, with what is missing from it said."""

import hashlib
import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType

from worker import documents, job_links, normalise, paging, schema_org, sitemaps
from worker.errors import BoardUnavailable, UnexpectedPayload
from worker.extractor import Extractor, Http
from worker.posting import BoardKey, Page, Posting, Skipped

NOTES_MOST = 20
"""How many reasons a run keeps; the count is exact, the rest is repetition."""

_READERS = (schema_org, documents, job_links, paging, sitemaps)


@dataclass(slots=True)
class Inventory:
    """What a board says it has: postings by external id, in the board's order and words.

    `incomplete` says in a sentence why postings may be missing; None means that every one is here.
    """

    postings: dict[str, Posting] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    total: int | None = None
    incomplete: str | None = None


def fetch(vendor: Extractor, http: Http, key: BoardKey, *, keep_what_arrived: bool) -> tuple[list[Page], str | None]:
    """Return every page of a board, and why the later ones are missing if they are.

    A board that becomes unavailable halfway raises BoardUnavailable, so that it is tried again; with
    `keep_what_arrived` (the last try) the pages that came are returned instead.
    """
    pages: list[Page] = []
    try:
        for page in vendor.pages(http, key):
            pages.append(page)
            if page.truncated:
                return pages, page.truncated
    except BoardUnavailable as error:
        if not (pages and keep_what_arrived):
            raise
        return pages, str(error)
    return pages, None


def read(vendor: Extractor, pages: Iterable[Page], key: BoardKey, missing: str | None) -> Inventory:
    """Parse pages into an inventory, and say whether it is complete.

    Raises UnexpectedPayload when not one row of a board that has rows could be read: that is a changed payload.
    """
    inventory = Inventory(incomplete=missing)
    found: list[Posting] = []
    for page in pages:
        if inventory.total is None:
            inventory.total = page.total
        for row in vendor.parse(page, key):
            if isinstance(row, Skipped):
                inventory.skipped.append(row)
            else:
                found.append(row)
    if inventory.skipped and not found:
        raise UnexpectedPayload(
            f"not one of {len(inventory.skipped)} postings could be read; the first: {inventory.skipped[0].reason}"
        )
    inventory.postings = {posting.external_id: posting for posting in normalise.merge(found)}
    inventory.incomplete = missing or _shortfall(inventory)
    return inventory


def _shortfall(inventory: Inventory) -> str | None:
    named = {row.external_id for row in inventory.skipped if row.external_id is not None}
    unnamed = sum(row.external_id is None for row in inventory.skipped)
    have = len(inventory.postings.keys() | named) + unnamed
    if inventory.total is not None and have < inventory.total:
        return f"the board advertises {inventory.total} postings and gave {have}"
    nameless = sum(row.external_id is None and row.title is None for row in inventory.skipped)
    if nameless:
        return f"{nameless} postings have neither an id nor a title, so nothing can be said of which are missing"
    return None


@cache
def fingerprint(ats: str) -> str:
    """Return digests of the code that reads an ATS and of the code that cleans what it read: `3f…:a9…`.

    What other code has read is read anew, once.
    """
    parses = _with_readers(import_module(f"worker.extractors.{ats}"))
    cleans = [normalise, *normalise.PARTS]
    return ":".join(
        hashlib.sha256("".join(inspect.getsource(one) for one in sources).encode()).hexdigest()[:12]
        for sources in (parses, cleans)
    )


def _with_readers(vendor: ModuleType) -> list[ModuleType]:
    """Return an extractor's module and the shared readers that it uses."""
    used = {getattr(value, "__module__", None) or getattr(value, "__name__", "") for value in vars(vendor).values()}
    readers = [reader for reader in _READERS if reader.__name__ in used]
    return [vendor, *readers, *(part for reader in readers for part in getattr(reader, "PARTS", ()))]


def parsed_alike(one: str, other: str) -> bool:
    """Whether two fingerprints stand for the same parsing, so that a row that differs is the board's doing."""
    return one.partition(":")[0] == other.partition(":")[0]
