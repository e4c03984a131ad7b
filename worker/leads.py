"""Leads: addresses that may be postings, which only their pages can tell. Which are asked, and which are not again."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from worker.diff import Difference, Known
from worker.extractor import Extractor
from worker.posting import Posting

REMEMBERED_MOST = 2_000
"""Leads of a board that are remembered as no postings; the oldest are forgotten first."""
ASK_AGAIN_AFTER = timedelta(days=14)
"""How long a page stays no posting although the site says nothing of a change."""
HOPELESS_AFTER = 20
"""So many leads of a pattern were no postings, and none was: the others are left alone."""


def is_lead(row: Posting) -> bool:
    """Whether a row is an address alone."""
    return not row.title


@dataclass(frozen=True, slots=True)
class Memory:
    """What a board remembers of leads that were no postings: `{digest: [last change, day]}`, as its row keeps it."""

    entries: Mapping[str, Any]
    now: datetime

    def holds(self, lead: Posting) -> bool:
        """Whether a lead was found to be no posting, and nothing says that this may have changed."""
        entry = self.entries.get(_digest(lead))
        return entry is not None and entry[0] == _lastmod(lead) and not self._is_old(entry)

    def with_more(self, leads: Iterable[Posting]) -> dict[str, Any]:
        """Return what is to be remembered from now on; what has had its time is forgotten."""
        entries = {name: entry for name, entry in self.entries.items() if not self._is_old(entry)}
        entries |= {_digest(lead): [_lastmod(lead), self._today] for lead in leads}
        return dict(sorted(entries.items(), key=lambda item: -item[1][1])[:REMEMBERED_MOST])

    def _is_old(self, entry: Any) -> bool:
        return bool(self._today - entry[1] >= ASK_AGAIN_AFTER.days)

    @property
    def _today(self) -> int:
        return self.now.astimezone(UTC).date().toordinal()


def _digest(lead: Posting) -> str:
    return blake2b(lead.external_id.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _lastmod(lead: Posting) -> str:
    return str(lead.extras.get("lastmod") or "")


def _pattern(lead: Posting) -> str:
    return str(lead.extras.get("pattern") or "")


@dataclass(slots=True)
class Sifted:
    """The rows of a board without the leads that are not asked; `notes` says which were left out for others' sake."""

    rows: dict[str, Posting] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def sift(rows: Mapping[str, Posting], known: Mapping[str, Known], memory: Memory) -> Sifted:
    """Leave out leads that are known to be no postings, and more of a kind of which none ever was.

    What is open stays, whatever is remembered: that it is no posting any more has to be seen, and believed, first.
    """
    is_open = {name for name, one in known.items() if not one.closed}
    vain = {name for name, row in rows.items() if is_lead(row) and name not in is_open and memory.holds(row)}
    hopeless = set(_hopeless(rows, is_open, vain))
    left_out = {
        name for name, row in rows.items()
        if is_lead(row) and name not in is_open and name not in vain and _pattern(row) in hopeless
    }  # fmt: skip
    kinds = Counter(_pattern(rows[name]) for name in left_out)
    return Sifted(
        {name: row for name, row in rows.items() if name not in vain and name not in left_out},
        [
            f"{count} pages like {pattern} were not read: the first {HOPELESS_AFTER} of them were no postings"
            for pattern, count in kinds.items()
        ],
    )


def _hopeless(rows: Mapping[str, Posting], is_open: set[str], vain: set[str]) -> Iterator[str]:
    failed = Counter(_pattern(rows[name]) for name in vain)
    fruitful = {_pattern(rows[name]) for name in is_open if name in rows}
    for pattern, count in failed.items():
        if pattern and count >= HOPELESS_AFTER and pattern not in fruitful:
            yield pattern


def note_changes(difference: Difference, vendor: Extractor, known: Mapping[str, Known], hashes: Mapping[str, bytes]
                 ) -> None:  # fmt: skip
    """Take rows that say no more than that their page has changed for touched: what changed, the page tells."""
    if vendor.reread_after is None:
        return
    changed = {name for name in difference.stale if known[name].row_hash != hashes[name]}
    difference.stale = [name for name in difference.stale if name not in changed]
    difference.touched += [name for name in hashes if name in changed]


def to_reread(
    vendor: Extractor, rows: Mapping[str, Posting], known: Mapping[str, Known], difference: Difference, now: datetime
) -> list[str]:
    """Return the open postings whose pages are to be read again though nothing says that they changed, oldest first."""
    if vendor.reread_after is None:
        return []
    at_hand = {*difference.touched, *difference.stale}
    due = [
        (one.written_at, name)
        for name, one in known.items()
        if name in rows and name not in at_hand and not one.closed and one.written_at is not None
        and now - one.written_at >= vendor.reread_after(rows[name])
    ]  # fmt: skip
    return [name for _, name in sorted(due)]
