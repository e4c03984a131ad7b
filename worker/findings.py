"""From a board's pages to what has to be written: fetched, parsed, compared with what is known, cleaned, completed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from worker import details, reading
from worker.diff import Difference, Known, changes, compare, content_hash, row_hash
from worker.extractor import Extractor
from worker.http import BoardClient, NotModified
from worker.normalise import normalise
from worker.posting import BoardKey, Posting, Skipped
from worker.reading import Inventory
from worker.resources import database
from worker.store import inventory as store
from worker.store.runs import Claim
from worker.verdict import ReadAs

NOT_READ = ReadAs(None, None, b"", single_request=False, fingerprint="")


@dataclass(slots=True)
class Findings:
    """What a reading means for the stored postings, ready to be judged and written."""

    read_as: ReadAs
    known: Mapping[str, Known] = field(default_factory=dict)
    rows: list[store.Row] = field(default_factory=list)
    events: list[store.Event] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    found: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    incomplete: str | None = None
    details_pending: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def open_before(self) -> int:
        """How many postings of the board are open in the database."""
        return sum(not known.closed for known in self.known.values())

    @property
    def open_after(self) -> int:
        """How many will be if the missing ones close."""
        new = sum(event.kind in ("opened", "reopened") for event in self.events)
        return self.open_before + new - len(self.missing)


def find(claim: Claim, vendor: Extractor, key: BoardKey, client: BoardClient, *, last_try: bool) -> Findings:
    """Read a board and compare it with what is known.

    Raises NotModified when nothing has changed, and every `BoardError` the board can cause.
    """
    pages, missing = reading.fetch(vendor, client, key, keep_what_arrived=last_try)
    version = reading.fingerprint(claim.ats)
    if missing is None and client.same_as_before:
        raise NotModified(by_host=False)
    read_as = _read_as(client, version)
    inventory = reading.read(vendor, pages, key, missing)
    hashes = {name: row_hash(posting) for name, posting in inventory.postings.items()}
    with database() as db:
        known = store.known(db, claim.board_id, hashes)
    before = claim.board.fingerprint or version
    difference = compare(known, hashes, inventory.skipped, reread=before != version)
    findings = _findings(read_as, inventory, known, difference)
    wanted = [inventory.postings[name] for name in _to_write(difference)]
    detailed = details.complete(vendor, client, key, wanted)
    fresh = _clean(detailed.postings.values(), findings)
    rows = {
        name: store.Row(posting, content_hash(posting), hashes[name], detail_pending=False)
        for name, posting in fresh.items()
    }
    # What has no details yet is news without them; what has them keeps its old text until the new ones are here.
    without = [
        name for name in detailed.pending if name not in known or known[name].detail_pending or known[name].closed
    ]
    waiting = [inventory.postings[name] for name in without]
    for name, posting in _clean(waiting, findings).items():
        rows[name] = store.Row(posting, content_hash(posting), hashes[name], detail_pending=True)
    findings.rows = list(rows.values())
    findings.details_pending = len(detailed.pending)
    findings.notes += detailed.notes
    if not reading.parsed_alike(before, version):
        difference.touched.clear()  # a difference in how we read is no news
    findings.events = _events(claim, difference, rows, known)
    return findings


def _read_as(client: BoardClient, version: str) -> ReadAs:
    traffic = client.traffic
    return ReadAs(
        traffic.etag,
        traffic.last_modified,
        client.digest,
        single_request=traffic.requests == 1,
        fingerprint=version,
    )


def _findings(read_as: ReadAs, inventory: Inventory, known: Mapping[str, Known], difference: Difference) -> Findings:
    return Findings(
        read_as,
        known=known,
        missing=difference.missing,
        found=len(inventory.postings),
        skipped=list(inventory.skipped),
        incomplete=inventory.incomplete,
    )


def _to_write(difference: Difference) -> list[str]:
    """Order by urgency: news first, then changes."""
    return [*difference.opened, *difference.reopened, *difference.touched, *difference.stale]


def _clean(postings: Iterable[Posting], findings: Findings) -> dict[str, Posting]:
    """Normalise postings; one that cannot be made sense of is skipped with its reason."""
    cleaned: dict[str, Posting] = {}
    for posting in postings:
        try:
            cleaned[posting.external_id] = normalise(posting)
        except ValueError as error:
            findings.skipped.append(Skipped(str(error), external_id=posting.external_id, title=posting.title))
            findings.found -= 1
    return cleaned


def _events(
    claim: Claim, difference: Difference, rows: Mapping[str, store.Row], known: Mapping[str, Known]
) -> list[store.Event]:
    events = [store.Event(name, "opened", {}) for name in difference.opened if name in rows]
    differing = [
        name
        for name in (*difference.reopened, *difference.touched)
        if name in rows and rows[name].content_hash != known[name].content_hash
    ]
    old = _old(claim, differing)
    for kind, names in (("reopened", difference.reopened), ("updated", difference.touched)):
        events += [store.Event(name, kind, _changes(old, rows, known, name)) for name in names if name in rows]
    return [event for event in events if event.changes or event.kind != "updated"]


def _old(claim: Claim, names: list[str]) -> dict[str, dict[str, Any]]:
    if not names:
        return {}
    with database() as db:
        return store.contents(db, claim.board_id, names)


def _changes(
    old: Mapping[str, Mapping[str, Any]], rows: Mapping[str, store.Row], known: Mapping[str, Known], name: str
) -> dict[str, Any]:
    return changes(old[name], rows[name].posting, completed=known[name].detail_pending) if name in old else {}
