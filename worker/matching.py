"""Who is told of what: judging postings by people's wishes, in a scan and when wishes change.

A scan judges what it writes, in its own transaction. When a person changes a wish, all stored postings are judged anew;
nobody is alerted of those, since they are no news. Both leave the same matches: a scan cannot judge by a wish that is
being changed (`store.wishes.watchers`), what it has written by then is judged again, and they take turns at writing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy.orm import Session

from worker.diff import Known
from worker.findings import Findings
from worker.judging import Judge
from worker.resources import database
from worker.store import alerts, matches, wishes
from worker.store.inventory import Event
from worker.store.matches import Fit, Stored
from worker.store.runs import Claim
from worker.wish import described, facts_of

AT_ONCE = 2_000
"""Postings that are judged and committed together; scans that write news wait meanwhile."""


def of_scan(db: Session, claim: Claim, findings: Findings, ids: Mapping[str, int], events: Sequence[Event]) -> None:
    """Judge what a run writes by the wishes of everyone who watches the company, and note who is to be alerted."""
    people = wishes.watchers(db, claim.company_id) if findings.rows else []
    if not people:
        return
    before = matches.known(db, [user for user, _ in people], [ids[row.name] for row in findings.rows])
    news = _news(claim, findings, events)
    fits: list[Fit] = []
    no_more: list[int] = []
    for row in findings.rows:
        known_ = findings.known.get(row.name)
        facts = facts_of(row.posting, first_seen_at=(known_ and known_.first_seen_at) or claim.now)
        for user, wish in people:
            passed, reasons = wish.judge(facts)
            if passed and not (row.detail_pending and wish.reads_descriptions):
                fits.append(Fit(user, ids[row.name], described(reasons), news.get(row.name), claim.now))
            elif known := before.get((user, ids[row.name])):
                no_more.append(known.id)
    new = matches.write(db, fits, before)
    matches.no_fit(db, no_more)
    alerts.note(db, claim.run_id, _to_tell(fits, before, new))


def _to_tell(
    fits: Iterable[Fit], before: Mapping[tuple[int, int], matches.Known], new: Mapping[tuple[int, int], int]
) -> list[tuple[int, int]]:
    """Return (user, match) of what is news: matches that came with some, and those nobody dealt with that reopened."""
    told = [(one.user, new[one.posting_of]) for one in fits if one.news and one.posting_of in new]
    for one in fits:
        known = before.get(one.posting_of)
        if known and (one.news == "reopened" or (one.news and not known.fits)) and known.state in ("new", "seen"):
            told.append((one.user, known.id))
    return told


def _news(claim: Claim, findings: Findings, events: Sequence[Event]) -> dict[str, str]:
    """Return the kind of news of each posting that has some, by external id. A baseline has none.

    What was listed before its details came is news when they come, to those who wish for words of the description.
    """
    begun = claim.board.baseline_at
    if begun is None:
        return {}
    late = [
        name
        for name, one in findings.known.items()
        if one.detail_pending and not one.closed and one.first_seen_at and one.first_seen_at > begun
    ]
    return dict.fromkeys(late, "opened") | {
        event.external_id: event.kind
        for event in events
        if event.kind in ("opened", "updated")
        or (event.kind == "reopened" and _was_long_closed(claim, findings.known[event.external_id]))
    }


def _was_long_closed(claim: Claim, known: Known) -> bool:
    return known.written_at is None or claim.now - known.written_at >= alerts.NEWS_AGAIN_AFTER


def apply(user: int, *, companies: Sequence[int] | None = None) -> None:
    """Judge the stored postings by a person's wishes as they are now: all, or of the companies whose wish has changed.

    It is committed batch by batch. If the wishes change meanwhile it begins anew, with all companies.
    """
    while True:
        with database() as db:
            version, applied = state = wishes.version(db, user)
            if applied >= version:
                return
            _apply(db, user, state, companies if applied == version - 1 else None)


def _apply(db: Session, user: int, state: tuple[int, int], companies: Sequence[int] | None) -> None:
    """Judge by one version of the wishes, until there is another one or somebody else has applied it.

    Each batch is read, judged and written alone, for a scan that writes its postings meanwhile judges them, too: what
    was read before must not be written after.
    """
    judge = Judge(wishes.of_person(db, user))
    named = judge.wishes.companies
    wanted = companies if named is None else sorted(named.intersection(companies) if companies else named)
    stored: list[Callable[[int], list[Stored]]] = [
        lambda after: matches.open_postings(db, wanted, after=after, most=AT_ONCE),
        lambda after: matches.closed_postings(db, user, companies, after=after, most=AT_ONCE),
    ]
    for read in stored:
        after = 0
        while wishes.alone(db, user) == state and (batch := read(after)):
            _write(db, user, judge, batch)
            db.commit()
            after = batch[-1].id
    if wishes.alone(db, user) == state:
        if named is not None:
            matches.no_fit_unwatched(db, user, sorted(named), companies)
        wishes.applied(db, user, state[0])
        db.commit()


def _write(db: Session, user: int, judge: Judge, batch: Sequence[Stored]) -> None:
    """Write what became of a batch. A posting that is closed is no match unless it was one before."""
    before = matches.known(db, [user], [one.id for one in batch])
    fits, no_more = [], []
    for one, (passed, reasons) in judge.judged(db, batch):
        known = before.get((user, one.id))
        if passed and (known or not one.closed):
            fits.append(Fit(user, one.id, described(reasons), found_at=one.facts.first_seen_at))
        elif known and known.fits and not passed:
            no_more.append(known.id)
    matches.write(db, fits, before)
    matches.no_fit(db, no_more)
