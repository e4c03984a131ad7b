"""From a board's pages to what has to be written: fetched, parsed, compared with what is known, cleaned, completed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from worker import details, leads, reading
from worker.details import Detailed
from worker.diff import Difference, Known, changes, compare, content_hash, row_hash
from worker.errors import NothingListed
from worker.extractor import Extractor
from worker.http import BoardClient, NotModified
from worker.leads import Memory, is_lead
from worker.normalise import normalise
from worker.posting import BoardKey, Page, Posting, Skipped
from worker.reading import Inventory
from worker.resources import database
from worker.store import inventory as store
from worker.store.runs import Claim
from worker.verdict import ReadAs

NOT_READ = ReadAs(None, None, b"", single_request=False, fingerprint="")
_PATTERNS_SHOWN = 3


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
    unread: int = 0
    """How many leads nobody has read yet: what they are is not known."""
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
    inventory = _inventory(claim, vendor, key, pages, missing)
    with database() as db:
        known = store.known(db, claim.board_id, inventory.postings)
    memory = Memory(claim.board.ignored, claim.now)
    sifted = leads.sift(inventory.postings, known, memory)
    listed, hashes = sifted.rows, {name: row_hash(posting) for name, posting in sifted.rows.items()}
    before = claim.board.fingerprint or version
    difference = compare(known, hashes, inventory.skipped, reread=before != version)
    leads.note_changes(difference, vendor, known, hashes)
    findings = Findings(read_as, known, missing=difference.missing, found=len(listed), notes=sifted.notes,
                        skipped=list(inventory.skipped), incomplete=inventory.incomplete)  # fmt: skip
    wanted = [listed[name] for name in _to_write(difference)]
    again = [listed[name] for name in leads.to_reread(vendor, listed, known, difference, claim.now)]
    detailed = details.complete(vendor, client, key, wanted, again)
    difference.touched += [row.external_id for row in again if row.external_id in detailed.postings]
    _take_leads(findings, listed, detailed, memory)
    rows = _rows(findings, listed, hashes, detailed)
    findings.rows = list(rows.values())
    if not reading.parsed_alike(before, version):
        difference.touched.clear()  # a difference in how we read is no news
    findings.events = _events(claim, difference, rows, known)
    _insist_on_postings(findings, inventory)
    return findings


def _inventory(claim: Claim, vendor: Extractor, key: BoardKey, pages: Iterable[Page], missing: str | None) -> Inventory:
    """Parse what was read. Where nothing is listed, the postings that are open are asked page by page."""
    try:
        return reading.read(vendor, pages, key, missing)
    except NothingListed:
        with database() as db:
            still_open = store.addresses(db, claim.board_id)
        if not still_open:
            raise
    rows = {name: Posting(external_id=name, title="", url=url) for name, url in still_open.items()}
    return Inventory(rows, incomplete=missing)


def _take_leads(findings: Findings, rows: Mapping[str, Posting], detailed: Detailed, memory: Memory) -> None:
    """Close what is no posting any more, remember what never was one, and count what is still to be read."""
    findings.details_pending = len(detailed.pending)
    findings.notes += detailed.notes
    is_open = {name for name, one in findings.known.items() if not one.closed}
    findings.missing = [*findings.missing, *(name for name in detailed.none if name in is_open)]
    never = [name for name in (*detailed.none, *detailed.unreadable) if name not in is_open]
    unknown = [name for name in detailed.unanswered if name not in is_open]
    findings.unread = sum(is_lead(rows[name]) and name not in is_open for name in detailed.pending)
    findings.found -= len({*detailed.none, *never, *unknown}) + findings.unread
    findings.read_as = replace(findings.read_as, ignored=memory.with_more(rows[name] for name in never))


def _rows(
    findings: Findings, listed: Mapping[str, Posting], hashes: Mapping[str, bytes], detailed: Detailed
) -> dict[str, store.Row]:
    """Return what is to be written, by external id, cleaned."""
    rows = {
        name: store.Row(posting, content_hash(posting), hashes[name], detail_pending=False)
        for name, posting in _clean(detailed.postings.values(), findings).items()
    }
    # What has no details yet is news without them; what has them keeps its old text until the new ones are here.
    known = findings.known
    without = [
        name for name in detailed.pending if name not in known or known[name].detail_pending or known[name].closed
    ]
    waiting = [listed[name] for name in without if not is_lead(listed[name])]
    for name, posting in _clean(waiting, findings).items():
        rows[name] = store.Row(posting, content_hash(posting), hashes[name], detail_pending=True)
    return rows


def _insist_on_postings(findings: Findings, inventory: Inventory) -> None:
    """Raise NothingListed for a site whose leads are all no postings: that is no empty board."""
    if findings.found or findings.unread or findings.missing or not any(map(is_lead, inventory.postings.values())):
        return
    patterns = {str(row.extras.get("pattern")) for row in inventory.postings.values() if is_lead(row)}
    shown = ", ".join(sorted(patterns)[:_PATTERNS_SHOWN])
    raise NothingListed(
        f"not one of the {len(inventory.postings)} pages that look like postings ({shown}) says in schema.org's terms "
        "(JSON-LD, microdata, RDFa) that it is one. Either none is open now, or the site does not say so in its HTML; "
        f"paste the address of the ATS behind it, if there is one{''.join(f' ({note})' for note in findings.notes[:1])}"
    )


def _read_as(client: BoardClient, version: str) -> ReadAs:
    traffic = client.traffic
    return ReadAs(
        traffic.etag,
        traffic.last_modified,
        client.digest,
        single_request=traffic.requests == 1,
        fingerprint=version,
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
