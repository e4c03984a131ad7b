"""Dry runs as the API gives them, and how many there may be at once."""

from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import Any

from api.schemas.postings import DryPosting
from worker.dry_run import Answer, Judged
from worker.errors import ServiceUnavailable

AT_ONCE = 4
"""Each takes a thread of the server for up to half a minute."""
_PLACES = BoundedSemaphore(AT_ONCE)


def get_place() -> Iterator[None]:
    """Hold one of the places for dry runs. Raises ServiceUnavailable when all are taken."""
    if not _PLACES.acquire(blocking=False):
        raise ServiceUnavailable("other dry runs are under way; try again in a moment")
    try:
        yield
    finally:
        _PLACES.release()


def place(answer: Answer) -> int:
    """Return which of the boards asked for an answer is about."""
    return answer.number


def arranged(answer: Answer) -> dict[str, Any]:
    """Return an answer in the form the API documents."""
    target, board = answer.target, answer.target.board
    return {
        "given": target.given,
        "company_id": target.company_id,
        "company": target.company,
        "ats": board.ats if board else None,
        "board": board.key if board else None,
        "url": board.url if board else None,
        "found": answer.found,
        "matched": answer.matched,
        "skipped": answer.skipped,
        "postings": [_posting(one) for one in answer.postings],
        "rejected": [
            {"external_id": one.posting.external_id, "title": one.posting.title, "url": one.posting.url,
             "filter": one.filter, "reason": one.reason}
            for one in answer.rejected
        ],
        "incomplete": answer.incomplete,
        "notes": answer.notes,
        "milliseconds": answer.milliseconds,
        "error": {"kind": answer.error_kind, "message": answer.error} if answer.error_kind else None,
    }  # fmt: skip


def _posting(judged: Judged) -> dict[str, Any]:
    fields = [name for name in DryPosting.model_fields if name not in ("filter", "reason")]
    shown = {name: getattr(judged.posting, name) for name in fields}
    return {**shown, "filter": judged.filter, "reason": judged.reason}
