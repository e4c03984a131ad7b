"""Addresses that somebody has pasted: what is added of them, what is looked for, and what became of each."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.detections import get_place
from api.schemas.fields import ThingId
from api.starting import start
from api.web import vendors, words
from worker import detect, tasks
from worker.detect import Recognised
from worker.detection import Detection, find_boards
from worker.errors import RolecallError
from worker.importing import LineResult, import_lines, put_in_groups
from worker.settings import Settings
from worker.store import companies, overview

T = TypeVar("T")

LOOKED_FOR_MOST = 3
"""Addresses that are looked behind at once while somebody waits: up to 15 seconds, one thread each."""
COMPANIES_MOST = 50
UNREAD_MOST = 20
SHOWN_MOST = 200
_LETTERS_MOST = 300


class Found(BaseModel):
    """What the address of a page of results says: companies, a scan, and what could not be added."""

    scan: ThingId | None = None
    company: Annotated[list[ThingId], Field(max_length=COMPANIES_MOST)] = []
    unread: Annotated[list[Annotated[str, Field(max_length=_LETTERS_MOST)]], Field(max_length=UNREAD_MOST)] = []
    more: Annotated[int, Field(ge=0, le=100_000)] = 0

    def address(self, path: str) -> str:
        """Return where these results are shown."""
        given = {"scan": self.scan, "company": self.company, "unread": self.unread, "more": self.more}
        query = urlencode({name: value for name, value in given.items() if value}, doseq=True)
        return f"{path}?{query}" if query else path

    def with_company(self, company: int, instead_of: str | None) -> "Found":
        """Return the results with a company in the place of an address that was not understood."""
        known = list(dict.fromkeys([*self.company, company]))[-COMPANIES_MOST:]
        return self.model_copy(update={"company": known, "unread": [one for one in self.unread if one != instead_of]})


@dataclass(slots=True)
class Pasted:
    """What became of a text: the results, how many are new, and what looking behind single addresses found."""

    found: Found
    new: int = 0
    known: int = 0
    looked: dict[str, Detection] = field(default_factory=dict)


def add(db: Session, user: int, text: str, settings: Settings) -> Pasted:
    """Watch what a text names, and look behind the first addresses that name no board; commit, and start a scan."""
    lines = import_lines(db, text)
    moved = put_in_groups(db, user, lines)
    db.commit()
    if moved:
        tasks.follow_wishes(user, moved)
    unread = _distinct([line.address for line in lines if line.status == "error"])
    looked = _look(unread[:LOOKED_FOR_MOST], settings)
    chosen = {address: one.chosen.board for address, one in looked.items() if one.chosen}
    added = {address: watch(db, board) for address, board in chosen.items()}
    db.commit()
    new = [*_ids(lines, "added"), *(one.company_id for one in added.values() if one.new)]
    known = [*_ids(lines, "known"), *(one.company_id for one in added.values() if not one.new)]
    started = start(db, user, new).scan if new else None
    left = [address for address in unread if address not in added]
    found = _shown(started, new, known, left)
    return Pasted(found, len(new), len(known), {address: one for address, one in looked.items() if not one.chosen})


def watch(db: Session, board: Recognised, name: str | None = None) -> companies.Added:
    """Watch a board; the caller commits."""
    return companies.add(db, name=name or board.name, ats=board.ats, key=board.key, url=board.url)


def view(db: Session, shown: Found) -> dict[str, Any]:
    """Return what templates/_found.html shows."""
    rows = overview.found(db, shown.company, shown.scan, most=SHOWN_MOST + 1)
    return {
        "found": [{**row, "vendor": vendors.name(row["ats"])} for row in rows[:SHOWN_MOST]],
        "more_found": len(rows) > SHOWN_MOST,
        "unread": [(address, _why(address)) for address in shown.unread],
        "more_unread": shown.more,
    }


def _look(addresses: Sequence[str], settings: Settings) -> dict[str, Detection]:
    """Return what was found behind addresses, at the same time; those that cannot be looked for are left out."""
    if not addresses:
        return {}
    with ThreadPoolExecutor(len(addresses), thread_name_prefix="pasted") as pool:
        found = pool.map(lambda address: _looked(address, settings), addresses)
        return {address: one for address, one in zip(addresses, found, strict=True) if one is not None}


def _looked(address: str, settings: Settings) -> Detection | None:
    try:
        with contextmanager(get_place)():
            return find_boards(address, settings)
    except RolecallError:
        return None  # the page of results says why, and offers to look again


def _why(address: str) -> str:
    """Return why an address names no board."""
    try:
        detect.from_address(address)
    except RolecallError as error:
        said = str(error).partition(" Paste the address")[0].partition(" Tried: ")[0]
        return words.sentence(said.replace(repr(address), "this", 1).replace(address, "this", 1))
    return "It was not added; add it again."


def _shown(scan: int | None, new: Sequence[int], known: Sequence[int], left: Sequence[str]) -> Found:
    named = _distinct([*known, *([] if scan else new)])[:COMPANIES_MOST]
    unread = [address[:_LETTERS_MOST] for address in left[:UNREAD_MOST]]
    return Found(scan=scan, company=named, unread=unread, more=len(left) - len(unread))


def _ids(lines: Sequence[LineResult], status: str) -> list[int]:
    return _distinct([line.company_id for line in lines if line.status == status and line.company_id is not None])


def _distinct(values: Sequence[T]) -> list[T]:
    return list(dict.fromkeys(values))
