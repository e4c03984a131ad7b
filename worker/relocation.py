"""Where a company may hire now whose board is gone: looked for, and suggested to a person."""

from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from worker import detect
from worker.detection import Candidate, find_boards
from worker.errors import RolecallError, UnsupportedSite
from worker.resources import transaction
from worker.settings import Settings
from worker.store import suggestions
from worker.store.suggestions import Gone, Suggested

log = structlog.get_logger()

MOST = 3
"""Suggestions for one board; more would not help to choose."""


def suggest_next(settings: Settings) -> bool:
    """Look for the new place of one board that is gone; False when there is none to look for.

    An attempt that fails is made again in a week.
    """
    gone = transaction(suggestions.take_gone)
    if gone is None:
        return False
    try:
        found = _known(gone) or _looked_for(gone, settings)
    except RolecallError as error:
        log.info("no new place found", board=gone.board_id, reason=str(error))
        return True
    transaction(lambda db: _write(db, gone, found[:MOST]))
    return True


def _write(db: Session, gone: Gone, found: Sequence[Suggested]) -> None:
    for one in found:
        suggestions.write(db, gone, one)


def _known(gone: Gone) -> list[Suggested]:
    """Return the board that the old address leads to, if it is one by itself."""
    if gone.moved_to is None:
        return []
    try:
        board = detect.from_address(gone.moved_to)
    except UnsupportedSite:
        return []
    return [Suggested(board.ats, board.key, board.url, "certain", "the old address leads there", None)]


def _looked_for(gone: Gone, settings: Settings) -> list[Suggested]:
    what = gone.moved_to or gone.company
    found = find_boards(what, settings).candidates
    return [_suggested(one) for one in found if one.certainty != "possible" and not _is_same(gone, one)]


def _is_same(gone: Gone, one: Candidate) -> bool:
    return one.error is not None or (one.board.ats, one.board.key.lower()) == (gone.ats, gone.key.lower())


def _suggested(one: Candidate) -> Suggested:
    board = one.board
    return Suggested(board.ats, board.key, board.url, one.certainty, one.evidence, one.open_postings)
