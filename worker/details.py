"""Fetching the details of postings whose list says too little, within a budget per run."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from worker.errors import BoardError, BoardNotFound, BoardUnavailable
from worker.extractor import Extractor
from worker.http import BoardClient
from worker.posting import BoardKey, Posting

_TIME_TO_COMMIT = 0.1
"""The share of a run's time that is left for writing what it found."""


@dataclass(slots=True)
class Detailed:
    """Postings with their details, the ids that still wait for theirs, and what is to be said of both."""

    postings: dict[str, Posting] = field(default_factory=dict)
    pending: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def complete(vendor: Extractor, http: BoardClient, key: BoardKey, postings: Sequence[Posting]) -> Detailed:
    """Fetch the details of postings, in their order, until the vendor's budget or the run's time is used up.

    A posting whose detail is not there any more, or cannot be read, stands as its list row says. A board that becomes
    unavailable ends the fetching; what is left waits for the next run.
    """
    result = Detailed()
    if vendor.detail is None or vendor.parse_detail is None:
        result.postings = {posting.external_id: posting for posting in postings}
        return result
    stopped = False
    for number, posting in enumerate(postings):
        if stopped or number >= vendor.detail_budget or http.time_left < _TIME_TO_COMMIT:
            result.pending.append(posting.external_id)
            continue
        try:
            result.postings[posting.external_id] = vendor.parse_detail(posting, vendor.detail(http, key, posting))
        except BoardNotFound:
            result.postings[posting.external_id] = posting
        except BoardUnavailable as error:
            stopped = True
            result.pending.append(posting.external_id)
            result.notes.append(f"details stopped: {error}")
        except BoardError as error:
            result.postings[posting.external_id] = posting
            result.notes.append(f"no details of {posting.external_id}: {error}")
    if result.pending:
        result.notes.append(f"details of {len(result.pending)} postings wait for the next run")
    return result
