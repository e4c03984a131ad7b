"""Boards that are known to be there: facts gathered elsewhere, to be searched by a company's name.

worker/data/make_catalogue.py writes the file. Nobody vouches for an entry: companies come and go, and only those with a
date were seen open, on that day.
"""

import lzma
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from worker.text import words

_FILE = Path(__file__).parent / "data" / "catalogue.tsv.xz"
MOST = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A board of the catalogue: seen on the day `checked`, with `open_jobs` where they were counted."""

    name: str
    ats: str
    url: str
    open_jobs: int | None
    checked: date | None

    @property
    def standing(self) -> str:
        """How far the entry can be trusted, in words."""
        if self.checked is None:
            return "unverified"
        return f"seen open on {self.checked.isoformat()}" + (", without a posting" if self.open_jobs == 0 else "")


@cache
def entries() -> tuple[Entry, ...]:
    """Return the whole catalogue in the order of names: 4 MB, read on first use."""
    return tuple(_entry(line.split("\t")) for line in lzma.decompress(_FILE.read_bytes()).decode().splitlines())


def search(name: str, *, most: int = MOST) -> list[Entry]:
    """Return the entries that a name may mean, the likeliest first: the same name, its beginning, its words."""
    wanted = words(name)
    if not wanted:
        return []
    ranked = [(rank, number) for number, names in enumerate(_index()) if (rank := _rank(wanted, names)) is not None]
    ranked.sort(key=lambda one: (one[0], -(entries()[one[1]].open_jobs or 0), one[1]))
    return [entries()[number] for _, number in ranked[:most]]


def named(name: str) -> list[Entry]:
    """Return the entries of exactly this name, whatever its case, accents and punctuation."""
    wanted = words(name)
    return [entries()[number] for number, names in enumerate(_index()) if wanted and _rank(wanted, names) == 0]


def _entry(fields: list[str]) -> Entry:
    name, ats, url, open_jobs, checked = fields
    return Entry(
        name, ats, url, int(open_jobs) if open_jobs else None, date.fromisoformat(checked) if checked else None
    )


@cache
def _index() -> tuple[tuple[str, str, str], ...]:
    """Of each entry its name's words, the same joined, and the last part of its address joined."""
    names = [(words(entry.name), words(entry.url.rsplit("/", 1)[-1])) for entry in entries()]
    return tuple((name, name.replace(" ", ""), board.replace(" ", "")) for name, board in names)


def _rank(wanted: str, names: tuple[str, str, str]) -> int | None:
    """How well an entry's names fit, 0 is best; None if they do not."""
    name, joined, board = names
    together = wanted.replace(" ", "")
    if together in (joined, board):
        return 0
    if f"{name} ".startswith(f"{wanted} "):
        return 1
    if joined.startswith(together):
        return 2
    return 3 if all(f" {word}" in f" {name}" for word in wanted.split()) else None
