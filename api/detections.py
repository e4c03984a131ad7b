"""Detections as the API gives them, and how many there may be at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from threading import BoundedSemaphore
from typing import Any

from api.schemas.companies import NewCompany
from worker import detect
from worker.detect import Recognised
from worker.detection import Candidate, Detection, find_one
from worker.errors import ServiceUnavailable, UnsupportedSite
from worker.settings import Settings

AT_ONCE = 4
"""Each takes a thread of the server for up to 15 seconds."""
_PLACES = BoundedSemaphore(AT_ONCE)


def get_place() -> Iterator[None]:
    """Hold one of the places for detections. Raises ServiceUnavailable when all are taken."""
    if not _PLACES.acquire(blocking=False):
        raise ServiceUnavailable("boards are being looked for by others; try again in a moment")
    try:
        yield
    finally:
        _PLACES.release()


def recognised(wish: NewCompany) -> Recognised | None:
    """Return the board that a wish names by itself, None where it has to be looked for."""
    if wish.url is None:
        return detect.from_name(wish.ats or "", wish.board or "")
    try:
        return detect.from_address(wish.url)
    except UnsupportedSite:
        return None


def looked_for(wish: NewCompany, settings: Settings) -> Recognised:
    """Look for the board behind an address. Raises NotOneBoard."""
    with contextmanager(get_place)():
        return find_one(wish.url or "", settings)


def arranged(found: Detection) -> dict[str, Any]:
    """Return a detection in the form the API documents."""
    return {
        "what": found.what,
        "chosen": candidate(found.chosen) if found.chosen else None,
        "candidates": [candidate(one) for one in found.candidates],
        "tried": found.tried,
        "requests": found.requests,
        "seconds": found.seconds,
    }


def candidate(one: Candidate) -> dict[str, Any]:
    """Return a candidate in the form the API documents."""
    rest = {each.name: getattr(one, each.name) for each in fields(one) if each.name not in ("board", "error_kind")}
    error = {"kind": one.error_kind, "message": one.error} if one.error_kind else None
    board = one.board
    return {"ats": board.ats, "board": board.key, "url": board.url, "name": board.name, **rest, "error": error}
