"""What a board said last time against what it says now, in plain values."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from worker.posting import Posting, Skipped

CONTENT_FIELDS = (
    "title",
    "locations",
    "workplace",
    "country_codes",
    "department",
    "team",
    "employment_type",
    "salary",
    "closes_at",
    "language",
    "requisition_id",
    "description_text",
)
"""What a reader of the role would notice. Addresses, dates of posting and extras are kept up to date in silence."""

_ROW_FIELDS = tuple(one.name for one in fields(Posting))


def row_hash(posting: Posting, fingerprint: str) -> bytes:
    """Digest of a posting as the board gave it: equal means that nothing needs to be cleaned or compared again.

    The fingerprint of the reading code is part of it: rows read by other code are read anew.
    """
    return _digest([fingerprint, *(getattr(posting, name) for name in _ROW_FIELDS)])


def content_hash(posting: Posting) -> bytes:
    """Digest of what a reader of a normalised posting would notice."""
    return _digest([getattr(posting, name) for name in CONTENT_FIELDS])


def _digest(values: list[Any]) -> bytes:
    try:
        raw = orjson.dumps(values, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError):  # lone surrogates and the like, which only Python's own repr can write
        raw = repr(values).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(raw, digest_size=16).digest()


def changes(old: Mapping[str, Any], new: Posting) -> dict[str, list[Any]]:
    """Return `{field: [old, new]}`, JSON-able, for each content field that differs."""
    now = {name: plain(getattr(new, name)) for name in CONTENT_FIELDS}
    return {name: [plain(old[name]), now[name]] for name in CONTENT_FIELDS if plain(old[name]) != now[name]}


def plain(value: Any) -> Any:
    """Return a value as JSON has it: times in ISO 8601, sums of money as numbers, a salary as an object."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if hasattr(value, "currency"):
        return {name: plain(getattr(value, name)) for name in ("min", "max", "currency", "period")}
    return value


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows of a posting, as far as telling change needs it."""

    id: int
    title: str
    row_hash: bytes
    content_hash: bytes
    closed: bool
    detail_pending: bool


@dataclass(slots=True)
class Difference:
    """External ids, by what a complete or incomplete reading says of them."""

    opened: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    """Open before and now, but the board's row differs: to be cleaned and compared by content."""
    missing: list[str] = field(default_factory=list)
    """Open before and not found now: closed, if the reading was complete."""


def compare(known: Mapping[str, Known], found: Mapping[str, bytes], skipped: Collection[Skipped]) -> Difference:
    """Tell new, changed and missing postings apart by external id and row hash.

    A row that could not be read protects the posting it stands for: by its id, else by its title.
    """
    result = Difference()
    for external_id, digest in found.items():
        before = known.get(external_id)
        if before is None:
            result.opened.append(external_id)
        elif before.closed:
            result.reopened.append(external_id)
        elif before.row_hash != digest or before.detail_pending:
            result.touched.append(external_id)
    ids = {row.external_id for row in skipped}
    titles = {row.title.strip().casefold() for row in skipped if row.external_id is None and row.title}
    result.missing = [
        external_id
        for external_id, before in known.items()
        if not before.closed
        and external_id not in found
        and external_id not in ids
        and before.title.casefold() not in titles
    ]
    return result


def is_mass_closure(open_before: int, closing: int) -> bool:
    """Whether so much of a board would close at once that it is more likely a fault of the board's answer.

    More than half of ten or more open postings, or all of them.
    """
    return closing > 0 and (closing == open_before or (open_before >= 10 and closing * 2 > open_before))  # noqa: PLR2004
