"""What a board said last time against what it says now, in plain values."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from worker.posting import Posting, Skipped
from worker.text import MAX_TITLE, fold, label

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
    "requisition_id",
    "description_text",
)
"""What a reader of the role would notice. The rest is kept up to date in silence: addresses, dates of posting, extras,
and what follows from other fields (places, seniority, language).
"""

_NOTICED = (*CONTENT_FIELDS, "description_html")
_UNNOTICED = tuple(one.name for one in fields(Posting) if one.name not in _NOTICED)
_DIGEST_BYTES = 16


def row_hash(posting: Posting) -> bytes:
    """Digest of a posting as the extractor read it: equal means that nothing needs to be cleaned or compared again.

    Its first half is over the fields that a reader notices, its second over the others.
    """
    noticed, unnoticed = ([getattr(posting, name) for name in names] for names in (_NOTICED, _UNNOTICED))
    return _digest(noticed) + _digest(unnoticed)


def content_hash(posting: Posting) -> bytes:
    """Digest of what a reader of a normalised posting would notice, so far as the board says it in so many words."""
    said: dict[str, Any] = {"salary": _stated(posting.salary)}
    if _name_countries(posting.places):
        said["country_codes"] = []
    return _digest([said[name] if name in said else getattr(posting, name) for name in CONTENT_FIELDS])


def _stated(salary: Any) -> Any:
    """Return pay that was read out of the description as none: what is new about it is news of the description."""
    return None if getattr(salary, "source", None) == "text" else salary


def _name_countries(places: Iterable[Any]) -> bool:
    """Whether the locations tell the countries, so that these are no news of their own."""
    return any(place.country for place in places)


def _digest(values: list[Any]) -> bytes:
    try:
        raw = orjson.dumps(values, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError):  # lone surrogates and the like, which only Python's own repr can write
        raw = repr(values).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(raw, digest_size=_DIGEST_BYTES).digest()


def changes(old: Mapping[str, Any], new: Posting, *, completed: bool = False) -> dict[str, list[Any]]:
    """Return `{field: [old, new]}`, JSON-able, for each content field that differs.

    With `completed` the old posting still lacked its details: what they fill in is no change. What follows from other
    fields is none either: pay read out of a description, countries read out of locations.
    """
    before = {name: plain(_stated(old[name])) for name in CONTENT_FIELDS}
    now = {name: plain(_stated(getattr(new, name))) for name in CONTENT_FIELDS}
    if _name_countries(old["places"]) or _name_countries(new.places):
        before["country_codes"] = now["country_codes"]
    found = {name: [before[name], now[name]] for name in CONTENT_FIELDS if before[name] != now[name]}
    return {name: values for name, values in found.items() if values[0] or not completed}


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
    written_at: datetime | None = None
    """When it was last read with its details, or seen for the last time."""
    first_seen_at: datetime | None = None


@dataclass(slots=True)
class Difference:
    """External ids, by what a complete or incomplete reading says of them."""

    opened: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    """Open before and now, but the row differs in what a reader notices: to be cleaned and compared by content."""
    stale: list[str] = field(default_factory=list)
    """Open before and now, to be written anew without being news: an address, details to come, older cleaning."""
    missing: list[str] = field(default_factory=list)
    """Open before and not found now: closed, if the reading was complete."""


def compare(
    known: Mapping[str, Known], found: Mapping[str, bytes], skipped: Collection[Skipped], *, reread: bool = False
) -> Difference:
    """Tell new, changed and missing postings apart by external id and row hash.

    A row that could not be read protects the posting it stands for: by its id, else by its title. With `reread` the
    rows that are the same are stale, since other code has cleaned them.
    """
    result = Difference()
    for external_id, digest in found.items():
        before = known.get(external_id)
        if before is None:
            result.opened.append(external_id)
        elif before.closed:
            result.reopened.append(external_id)
        elif before.row_hash[:_DIGEST_BYTES] != digest[:_DIGEST_BYTES]:
            result.touched.append(external_id)
        elif before.row_hash != digest or before.detail_pending or reread:
            result.stale.append(external_id)
    ids = {row.external_id for row in skipped}
    titles = {
        fold(title) for row in skipped if row.external_id is None and (title := label(row.title, MAX_TITLE)) is not None
    }
    result.missing = [
        external_id
        for external_id, before in known.items()
        if not before.closed
        and external_id not in found
        and external_id not in ids
        and fold(before.title) not in titles
    ]
    return result


def is_mass_closure(open_before: int, closing: int) -> bool:
    """Whether so much of a board would close at once that it is more likely a fault of the board's answer.

    More than half of ten or more open postings, or all of them.
    """
    return closing > 0 and (closing == open_before or (open_before >= 10 and closing * 2 > open_before))  # noqa: PLR2004
