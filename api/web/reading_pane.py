"""All that is shown of one posting to one person, on its page and beside the inbox."""

from typing import Any

from sqlalchemy.orm import Session

from api.web import differences
from api.web.forms import Form
from worker import judging
from worker.store import inbox, postings

_NEWS = {"listing": "A further listing of a role that was open already", "repost": "A role that was offered before"}


def view(db: Session, user: int, posting_id: int) -> dict[str, Any]:
    """Return what templates/_posting.html shows. Raises NotFound."""
    posting = postings.get(db, posting_id)
    match_id = inbox.of_posting(db, user, posting_id)
    explained = judging.explain(db, user, posting_id)
    return {
        "posting": posting,
        "match": inbox.get(db, user, match_id) if match_id else None,
        "explained": explained,
        "lines": [one.line for one in explained.reasons if one.passed and one.line],
        "timeline": [_event(event) for event in reversed(posting["events"])],
        "values": {},
        "errors": {},
    }


def filled(shown: dict[str, Any], form: Form, errors: dict[str, str]) -> dict[str, Any]:
    """Return a view with a form as it was sent, and what was wrong with it."""
    return {**shown, "values": form.values, "errors": errors}


def _event(event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "said": _NEWS.get(event["news"] or ""), "differences": differences.changed(event["changes"])}
