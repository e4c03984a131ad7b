"""Channels as the API gives them, and what it costs to look where they lead."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session

from api import limiting
from api.auth import Person
from api.limiting import ChannelLimit
from worker.store import channels


class Lookouts:
    """Counts how often a person lets other hosts be asked for the sake of a channel."""

    def __init__(self, request: Request, limit: ChannelLimit) -> None:
        self._request = request
        self._limit = limit

    def count(self, person: Person) -> None:
        """Count once. Raises TooManyRequests."""
        limiting.count_and_tell(self._request, self._limit, "channel", str(person.id))


def channel(db: Session, user: int, number: int) -> tuple[dict[str, Any], int]:
    """Return a channel in the form the API documents, and its version. Raises NotFound."""
    row = channels.get(db, user, number)
    return arranged(row), row["version"]


def arranged(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a channel in the form the API documents."""
    found = {name: value for name, value in row.items() if name not in ("shown", "version")}
    quiet = {name: _clock(row[name]) for name in ("quiet_from", "quiet_to")}
    return {**found, **quiet, "address": row["shown"]}


def _clock(shown: time | None) -> str | None:
    return None if shown is None else f"{shown:%H:%M}"
