"""Fetching the details of postings whose list says too little, within a budget per run."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from worker.errors import BoardError, BoardNotFound, BoardUnavailable
from worker.extractor import Extractor
from worker.http import BoardClient
from worker.leads import is_lead
from worker.posting import BoardKey, Posting

_TIME_TO_COMMIT = 0.1
"""The share of a run's time that is left for writing what it found."""

_TROUBLES_MOST = 3


@dataclass(slots=True)
class Detailed:
    """What details made of list rows, by external id, and what is to be said of it."""

    postings: dict[str, Posting] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)
    """They still wait for their details."""
    none: list[str] = field(default_factory=list)
    """Leads that are no postings, or none any more."""
    unreadable: list[str] = field(default_factory=list)
    """Leads whose page could not be read, which says nothing of whether they are postings."""
    unanswered: list[str] = field(default_factory=list)
    """Leads whose page is in trouble right now."""
    notes: list[str] = field(default_factory=list)


def complete(
    vendor: Extractor,
    http: BoardClient,
    key: BoardKey,
    postings: Sequence[Posting],
    again: Sequence[Posting] = (),
) -> Detailed:
    """Fetch the details of postings, in their order, until the vendor's budget or the run's time is used up.

    What is left of the budget goes to those to be read `again`, which wait for nothing. A posting whose detail is not
    there any more, or cannot be read, stands as its list row says; a lead whose page is gone is none. A board that
    becomes unavailable ends the fetching; what is left waits for the next run. One page of a site may be broken while
    the others are not: leads may fail a few times before that is taken for the board's trouble.
    """
    result = Detailed()
    if vendor.detail is None or vendor.parse_detail is None:
        result.postings = {posting.external_id: posting for posting in postings}
        return result
    asked, troubles, stopped = 0, 0, False
    for posting in (*postings, *again):
        if stopped or asked >= vendor.detail_budget or http.time_left < _TIME_TO_COMMIT:
            result.pending.append(posting.external_id)
            continue
        try:
            payload = vendor.detail(http, key, posting)
            asked += payload is not None
            _sort_in(result, posting, posting if payload is None else vendor.parse_detail(posting, payload))
        except BoardNotFound:
            asked += 1
            _sort_in(result, posting, None)
        except BoardUnavailable as error:
            asked, troubles = asked + 1, troubles + 1
            stopped = not is_lead(posting) or error.retry_at is not None or troubles == _TROUBLES_MOST
            (result.pending if stopped else result.unanswered).append(posting.external_id)
            result.notes.append(f"details stopped: {error}" if stopped else f"{posting.url} was not read: {error}")
        except BoardError as error:
            asked += 1
            _take_as_listed(result, posting, error)
    waiting = {posting.external_id for posting in postings}
    result.pending = [name for name in result.pending if name in waiting]
    if result.pending:
        result.notes.append(f"details of {len(result.pending)} postings wait for the next run")
    return result


def _sort_in(result: Detailed, row: Posting, found: Posting | None) -> None:
    if found is None and is_lead(row):
        result.none.append(row.external_id)
    else:
        result.postings[row.external_id] = found or row


def _take_as_listed(result: Detailed, row: Posting, error: BoardError) -> None:
    result.notes.append(f"no details of {row.external_id}: {error}")
    if is_lead(row):
        result.unreadable.append(row.external_id)
    else:
        result.postings[row.external_id] = row
