"""The boards a detection has come upon: noted once each, read once each, handed out the surest first."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Protocol, TypeVar

import redis
import structlog

from worker import detect, domains
from worker.detection.budget import BudgetSpent
from worker.detection.evidence import Clue, vendor_name
from worker.detection.result import ORDER, Candidate, Certainty
from worker.detection.visits import Reading, Visits, in_brief
from worker.errors import BoardError, InvalidInput
from worker.extractors import extractor
from worker.posting import BoardKey

T = TypeVar("T")
R = TypeVar("R")


class InParallel(Protocol):
    """Does the same work for each of several things at once; yields what came of them in their order."""

    def __call__(self, work: Callable[[T], R], each: Iterable[T], /) -> Iterator[R]:
        """Do it."""
        ...


log = structlog.get_logger()

AT_ONCE = 6
"""So many boards are read after one look around, the surest first; the others are shown as they were found."""
MOST = 30


class Candidates:
    """Written by the thread that searches, read by the one that waits for it.

    `name` is the company's where it was asked for by name, `site` the domain whose pages led here, `tell` takes what
    was tried in vain.
    """

    def __init__(self, visits: Visits, ats: str | None, name: str | None, tell: Callable[[str], None]) -> None:
        self._visits, self._ats, self._name, self._tell = visits, ats, name, tell
        self._lock = threading.Lock()
        self._clues: dict[tuple[str, str], Clue] = {}
        self._read: dict[tuple[str, str], Candidate] = {}
        self.site: str | None = None
        self.surest: Certainty = "certain"
        """How sure a clue can make at most: less where the site itself was guessed."""

    def note(self, clue: Clue) -> None:
        """Remember a board, or what makes one surer than it was."""
        if (self._ats and clue.ats != self._ats) or len(self._clues) == MOST:
            return
        clue = replace(clue, certainty=max(clue.certainty, self.surest, key=ORDER.index))
        with self._lock:
            known = self._clues.get(clue.place)
            if known is None or clue.beats(known):
                self._clues[clue.place] = clue

    def read(self, in_parallel: InParallel) -> None:
        """Read the boards that were noted and not read yet, having found out which a company has at a vendor."""
        for clue in [clue for clue in self._unread() if not detect.names_a_board(extractor(clue.ats), clue.key)]:
            self._spread(clue)
        for clue, candidate in in_parallel(self._candidate, self._unread()[:AT_ONCE]):
            if candidate is None:
                with self._lock:
                    del self._clues[clue.place]
            else:
                self.take(clue, candidate)

    def take(self, clue: Clue, candidate: Candidate) -> None:
        """Keep a board that was read."""
        with self._lock:
            self._clues[clue.place] = clue
            self._read[clue.place] = candidate

    def forget_unread(self) -> None:
        """Drop what was noted and not read: it led from a page that is not the company's."""
        with self._lock:
            self._clues = {place: clue for place, clue in self._clues.items() if place in self._read}

    def knows(self, ats: str, key: BoardKey) -> bool:
        """Whether a board was come upon already."""
        return Clue(ats, key, "possible", "").place in self._clues

    @property
    def found(self) -> list[Candidate]:
        """Everything there is so far, the surest and largest first."""
        with self._lock:
            shown = [self._read.get(place) or _unread(clue) for place, clue in self._clues.items()]
        known = [one for one in shown if one is not None]
        return sorted(known, key=lambda one: (ORDER.index(one.certainty), -(one.open_postings or 0), one.board.url))

    @property
    def is_found(self) -> bool:
        """Whether a board is sure enough to end the search."""
        return any(one.certainty != "possible" and not one.is_refuted for one in self.found)

    def _unread(self) -> list[Clue]:
        unread = [clue for place, clue in self._clues.items() if place not in self._read]
        return sorted(unread, key=lambda clue: ORDER.index(clue.certainty))

    def _spread(self, clue: Clue) -> None:
        """Put a company's boards in the place of the clue that named the company alone."""
        vendor = extractor(clue.ats)
        with self._lock:
            del self._clues[clue.place]
        whose = f"the boards of {vendor.key_text(clue.key).strip('/')} at {vendor_name(clue.ats)}"
        try:
            keys = self._visits.boards(vendor, clue.key)
        except BoardError as error:
            self._tell(f"{whose}: {in_brief(error)}")
            return
        if not keys:
            self._tell(f"{whose}: it names none")
        for key in keys:
            self.note(replace(clue, key=key, evidence=f"{clue.evidence}; it is one of {len(keys)} boards there"))

    def _candidate(self, clue: Clue) -> tuple[Clue, Candidate | None]:
        """Read a board; None for one that could not even be stored."""
        vendor = extractor(clue.ats)
        try:
            candidate = Candidate(detect.from_key(clue.ats, clue.key), clue.certainty, clue.evidence)
        except InvalidInput:
            return clue, None
        try:
            reading = self._visits.read(vendor, clue.key)
        except BoardError as error:
            candidate.error_kind, candidate.error = type(error).__name__, str(error)
        except redis.RedisError:
            raise
        # The outermost door of a board's thread: a fault of ours at one must not take the others along.
        except Exception as error:
            log.exception("board not read", ats=clue.ats, board=candidate.board.key)
            candidate.error_kind = "InternalError"
            candidate.error = f"Rolecall failed at this board ({type(error).__name__}); its log says more"
        else:
            return clue, self.described(candidate, reading)
        if candidate.is_refuted:
            candidate.certainty = "possible"
        return clue, candidate

    def described(self, candidate: Candidate, reading: Reading) -> Candidate:
        """Add what a reading says to a candidate, and what it proves."""
        candidate.board = replace(candidate.board, name=reading.company or self._name or candidate.board.name)
        candidate.open_postings, candidate.at_least = reading.open_postings, reading.at_least
        candidate.titles = reading.titles
        if not reading.open_postings and extractor(candidate.board.ats).unknown_reads_empty:
            candidate.evidence += f"; {vendor_name(candidate.board.ats)} shows an empty board for unknown names, too"
            candidate.certainty = max(candidate.certainty, "likely", key=ORDER.index)
        elif self.site and self.leads_home(reading) and self.surest == "certain" != candidate.certainty:
            candidate.certainty = "certain"
            candidate.evidence += f"; its postings lead to {self.site}"
        return candidate

    def leads_home(self, reading: Reading) -> bool:
        """Whether postings of a board are shown on the site where the search began."""
        return any(domains.site(host) == self.site for host in reading.hosts)


def _unread(clue: Clue) -> Candidate | None:
    try:
        board = detect.from_key(clue.ats, clue.key)
    except InvalidInput:
        return None
    error = "it was not read: the requests or the time of this detection went to surer boards"
    return Candidate(board, clue.certainty, clue.evidence, error_kind=BudgetSpent.__name__, error=error)
