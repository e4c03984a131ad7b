"""Writing what a run found: postings with their roles, events, matches. One transaction, the caller's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from worker import matching
from worker.findings import Findings
from worker.roles import listings
from worker.store import inventory as store
from worker.store import roles
from worker.store.runs import Claim


def write(db: Session, claim: Claim, findings: Findings, *, closes: bool) -> None:
    """Write the postings that are new or changed, and, if the reading `closes`, the end of those that are missing."""
    known = {name: one.id for name, one in findings.known.items()}
    roles.lock(db, claim.company_id)
    found = listings([row.posting for row in findings.rows])
    role_of = roles.of_listings(db, claim.company_id, claim.board_id, found)
    new = [row for row in findings.rows if row.name not in known]
    ids = known | store.insert(db, claim.board_id, new, now=claim.now, roles=role_of.of)
    old = [row for row in findings.rows if row.name in known]
    store.overwrite(db, claim.board_id, old, now=claim.now, roles=role_of.of)
    closing = findings.missing if closes else []
    store.close(db, claim.board_id, [known[name] for name in closing], last_read_at=claim.board.last_read_at)
    events = [*_with_news(db, findings.events, role_of, ids), *(store.Event(name, "closed", {}) for name in closing)]
    store.record(db, claim.board_id, claim.run_id, events, ids, baseline=claim.board.baseline_at is None)
    matching.of_scan(db, claim, findings, ids, events)


def _with_news(
    db: Session, events: Sequence[store.Event], role_of: roles.Roles, ids: Mapping[str, int]
) -> list[store.Event]:
    """Return the events, with what is no news among what opened: a role's further listings, and reposts."""
    opened = {event.external_id: ids[event.external_id] for event in events if event.kind == "opened"}
    news = roles.news(db, role_of, opened)
    return [replace(one, news=news[one.external_id]) if one.external_id in news else one for one in events]
