"""Changing what a person wishes, and taking it back. The caller commits, then lets the stored postings follow."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from worker.store import inbox, wishes

HIDE_COMPANY = "hide company"


def hide_company(db: Session, user: int, company: int) -> int:
    """Stop watching a company, whatever its groups say; return the action that can be undone. Raises NotFound."""
    before = wishes.setting(db, user, company)["enabled"]
    wishes.enable(db, user, company, enabled=False)
    wishes.changed(db, user)
    return inbox.act(db, user, HIDE_COMPANY, {"company": company, "enabled": before})


def undo(db: Session, user: int, action: int) -> tuple[int, Sequence[int]]:
    """Undo an action; return how many matches it gave back, and the companies whose wish has changed by it.

    Raises Conflict for one that is not there, or has been undone.
    """
    kind, before = inbox.take_action(db, user, action)
    if kind != HIDE_COMPANY:
        return inbox.undo(db, user, before), ()
    wishes.enable(db, user, before["company"], enabled=before["enabled"])
    wishes.changed(db, user)
    return 0, (before["company"],)
