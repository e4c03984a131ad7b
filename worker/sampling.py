"""A look at a board: its first postings with all that its extractor reads of them, and what that took.

Nothing is written, and the host is asked as gently as in any run.
"""

import time
from dataclasses import dataclass, field, fields
from itertools import islice

from worker.errors import BoardError, BoardUnavailable, UnexpectedPayload
from worker.extractor import Extractor
from worker.http import BoardClient, NotModified, Traffic, Validators
from worker.leads import is_lead
from worker.normalise import merge, normalise
from worker.posting import BoardKey, Posting, Skipped
from worker.settings import Settings
from worker.visit import visit

PAGES_MOST = 3
SECONDS = 60.0
_LEADS_MOST = 10
"""Addresses that may be postings, and turn out to be none, before it is left at what there is."""
_LEAST_SECONDS = 1.0
MANDATORY = frozenset(("external_id", "title", "url"))
OPTIONAL = tuple(one.name for one in fields(Posting) if one.name not in MANDATORY)


@dataclass(slots=True)
class Specimen:
    """One posting as its extractor gives it, with its details where they were asked, and as it would be stored.

    `cleaned` is None for a posting that cannot be used; `trouble` says why, or why its details could not be read.
    """

    raw: Posting
    cleaned: Posting | None = None
    trouble: str | None = None


@dataclass(slots=True)
class Conditional:
    """Whether a host answers conditional requests: the validators it gave, and what came of sending them back.

    `honoured` is None where it gave none, or where `trouble` kept it from being seen.
    """

    etag: str | None
    last_modified: str | None
    honoured: bool | None = None
    trouble: str | None = None


@dataclass(slots=True)
class Sample:
    """The first postings of a board. `listed` is all on the `pages` that were read, `total` is what it advertises.

    `whole` says that there are no further pages, `truncated` why later ones are missing, `stopped` why it was left at
    what there is: the board stopped answering. `milliseconds` count waiting for the host's pace, too.
    """

    specimens: list[Specimen] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    listed: list[Posting] = field(default_factory=list)
    pages: int = 0
    whole: bool = False
    total: int | None = None
    truncated: str | None = None
    stopped: str | None = None
    notes: list[str] = field(default_factory=list)
    conditional: Conditional | None = None
    requests: int = 0
    robots: int = 0
    bytes: int = 0
    milliseconds: int = 0

    @property
    def empty(self) -> list[str]:
        """The fields that every posting leaves empty."""
        cleaned = [one.cleaned for one in self.specimens if one.cleaned]
        return [name for name in OPTIONAL if not any(getattr(one, name) for one in cleaned)]

    @property
    def derived(self) -> list[str]:
        """The fields that no posting has from its board, but some from being normalised."""
        return [
            name for name in OPTIONAL
            if name not in self.empty and not any(getattr(one.raw, name) for one in self.specimens)
        ]  # fmt: skip

    @property
    def filled(self) -> float:
        """The share of optional fields that any posting fills, from 0 to 1."""
        return 1 - len(self.empty) / len(OPTIONAL)

    def count(self, traffic: Traffic) -> None:
        """Add what a visit has cost."""
        self.requests += traffic.requests
        self.robots += traffic.robots
        self.bytes += traffic.bytes


def sample(
    vendor: Extractor,
    key: BoardKey,
    settings: Settings,
    *,
    postings: int,
    seconds: float = SECONDS,
    conditional: bool = False,
) -> Sample:
    """Read the first postings of a board, with their details, and at most three pages.

    With `conditional` the first request is made once more, to see whether the host says that nothing has changed.
    Raises BoardError when the board cannot be read at all.
    """
    started, found = time.monotonic(), Sample()
    try:
        with visit(vendor, key, settings, seconds) as client:
            try:
                _list(vendor, client, key, found, postings)
                _take(vendor, client, key, found, postings)
            finally:
                found.count(client.traffic)
    except BoardUnavailable as error:
        if not found.pages:
            raise
        found.stopped = str(error)
        rest = found.listed[len(found.specimens) : postings]
        found.specimens += [_as_listed(row) for row in rest if not is_lead(row)]
    if conditional:
        left = max(seconds - (time.monotonic() - started), _LEAST_SECONDS)
        found.conditional = _conditional(vendor, key, settings, left, found, client.traffic)
    found.milliseconds = round((time.monotonic() - started) * 1000)
    return found


def _list(vendor: Extractor, client: BoardClient, key: BoardKey, found: Sample, wanted: int) -> None:
    """Read the rows of the first pages, until there are enough."""
    pages = islice(vendor.pages(client, key), PAGES_MOST)
    while len(found.listed) < wanted and not found.truncated:
        page = next(pages, None)
        if page is None:
            found.whole = found.pages < PAGES_MOST
            break
        found.pages += 1
        found.total = page.total if found.total is None else found.total
        found.truncated = page.truncated
        rows = list(vendor.parse(page, key))
        found.skipped += [row for row in rows if isinstance(row, Skipped)]
        found.listed = merge([*found.listed, *(row for row in rows if isinstance(row, Posting))])
    if not found.pages:
        raise UnexpectedPayload("the board answered with no page at all")


def _take(vendor: Extractor, client: BoardClient, key: BoardKey, found: Sample, wanted: int) -> None:
    """Look at the first rows one by one; a lead that is no posting makes room for the next."""
    leads = 0
    for row in found.listed:
        if len(found.specimens) == wanted or leads == _LEADS_MOST:
            break
        specimen = _specimen(vendor, client, key, row)
        if specimen is None:
            leads += 1
            found.notes.append(f"{row.url} turned out to be no posting")
        else:
            found.specimens.append(specimen)


def _specimen(vendor: Extractor, client: BoardClient, key: BoardKey, row: Posting) -> Specimen | None:
    """Return a row with its details, cleaned; None if it is no posting. Raises BoardUnavailable."""
    try:
        raw = _detailed(vendor, client, key, row)
    except BoardUnavailable:
        raise
    except BoardError as error:
        if is_lead(row):
            return None
        return _as_listed(row, f"its details could not be read: {error}")
    return None if raw is None else _as_listed(raw)


def _as_listed(raw: Posting, trouble: str | None = None) -> Specimen:
    try:
        return Specimen(raw, normalise(raw), trouble)
    except ValueError as error:
        return Specimen(raw, None, f"it cannot be used: {error}")


def _detailed(vendor: Extractor, client: BoardClient, key: BoardKey, row: Posting) -> Posting | None:
    if vendor.detail is None or vendor.parse_detail is None:
        return row
    payload = vendor.detail(client, key, row)
    return row if payload is None else vendor.parse_detail(row, payload)


def _conditional(
    vendor: Extractor, key: BoardKey, settings: Settings, seconds: float, found: Sample, first: Traffic
) -> Conditional:
    seen = Conditional(first.etag, first.last_modified)
    if not (seen.etag or seen.last_modified):
        return seen
    with visit(vendor, key, settings, seconds, Validators(seen.etag, seen.last_modified)) as client:
        try:
            next(iter(vendor.pages(client, key)), None)
            seen.honoured = False
        except NotModified:
            seen.honoured = True
        except BoardError as error:
            seen.trouble = str(error)
        finally:
            found.count(client.traffic)
    return seen
