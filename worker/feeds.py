"""A person's feed as others read it: its address, and its entries in words."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from worker import exact
from worker.feed_formats import Entry, Feed
from worker.filters import compile_filters
from worker.secret import derived
from worker.settings import Settings
from worker.store import feeds

NEWEST_MOST = 100
"""Entries of a feed."""
CLOSING_MOST = 500
"""Events of a calendar."""
NONCE_BYTES = 16
_PLACES_SHOWN = 5
_POSTINGS = uuid5(NAMESPACE_URL, "urn:rolecall:posting")
_FEEDS = uuid5(NAMESPACE_URL, "urn:rolecall:feed")


def new_nonce() -> bytes:
    """Return a nonce nobody has had."""
    return secrets.token_bytes(NONCE_BYTES)


def address(feed: Mapping[str, Any], settings: Settings, form: str) -> str:
    """Return where a feed is read in a format: whoever knows the address can read it."""
    return f"{settings.public_url}/feeds/{feed['id']}-{_token(feed, settings)}.{form}"


def opens(feed: Mapping[str, Any], token: str, settings: Settings) -> bool:
    """Say whether a token is that of the feed; how long it takes says nothing about the right one."""
    return hmac.compare_digest(_token(feed, settings).encode(), token.encode())


def _token(feed: Mapping[str, Any], settings: Settings) -> str:
    message = f"{feed['id']}:".encode() + bytes(feed["nonce"])
    signed = hmac.new(derived(settings, "feed"), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def read(db: Session, feed: Mapping[str, Any], settings: Settings, form: str) -> tuple[Feed, list[Entry]]:
    """Return a feed with its entries: the newest ones, or for a calendar (`ics`) those that close first."""
    closing = form == "ics"
    entries = [_entry(row) for row in _rows(db, feed, closing=closing)]
    identity = uuid5(_FEEDS, f"{feed['id']} {exact.moment(feed['created_at'])}")
    updated = max([feed["updated_at"], *(one.updated for one in entries)])
    return Feed(f"urn:uuid:{identity}", feed["name"], address(feed, settings, form), updated), entries


def _rows(db: Session, feed: Mapping[str, Any], *, closing: bool) -> list[dict[str, Any]]:
    most = CLOSING_MOST if closing else NEWEST_MOST
    if feed["title_filters"] is None:
        return feeds.matches(db, feed, closing=closing, most=most)
    titles = compile_filters(feed["title_filters"])
    rows = feeds.postings(db, feed, titles, closing=closing, most=most)
    return [{**row, "why": [{"criterion": "title", "detail": titles.verdict(row["title"]).reason}]} for row in rows]


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        id=f"urn:uuid:{identity(row['ats'], row['board'], row['external_id'])}",
        title=f"{row['title']} \u2013 {row['company']}{_place(row)}",
        url=row["url"],
        company=row["company"],
        published=row["published"],
        updated=max(row["published"], row["changed_at"] or row["published"]),
        summary="\n".join(filter(None, (_facts(row), _why(row["why"])))),
        html=row["html"],
        text=row["text"],
        language=row["language"],
        categories=_categories(row),
        closes=row["closes_at"],
    )


def identity(ats: str, board: str, external_id: str) -> str:
    """Return a UUID (RFC 9562, version 5) of a posting by what it is known by at its vendor.

    So it is the same in each feed, after a restore, and where the posting was deleted and read again.
    """
    return str(uuid5(_POSTINGS, f"{ats}\n{board.lower()}\n{external_id}"))


def _place(row: Mapping[str, Any]) -> str:
    places = row["locations"]
    if not places:
        return f" ({row['workplace']})" if row["workplace"] else ""
    return f" ({places[0]}{f' +{len(places) - 1}' if len(places) > 1 else ''})"


def _facts(row: Mapping[str, Any]) -> str:
    """Return where, how, for how much, until when."""
    places = row["locations"]
    shown = ", ".join(places[:_PLACES_SHOWN]) + (
        f" and {len(places) - _PLACES_SHOWN} more" * (len(places) > _PLACES_SHOWN)
    )
    kind = (row["employment_type"] or "").replace("_", " ").lower()
    closes = f"closes {row['closes_at']:%Y-%m-%d}" if row["closes_at"] else ""
    return " · ".join(filter(None, (shown, row["workplace"], kind, _pay(row), closes)))


def _pay(row: Mapping[str, Any]) -> str:
    bounds = " to ".join(
        f"{Decimal(exact.number(row[name])):,}" for name in ("salary_min", "salary_max") if row[name] is not None
    )
    period = f"a {row['salary_period'].lower()}" if row["salary_period"] else None
    return " ".join(filter(None, (bounds, row["salary_currency"], period))) if bounds else ""


def _why(reasons: Sequence[Mapping[str, str]]) -> str:
    told = "; ".join(f"{one['criterion']}: {one['detail']}" for one in reasons if one["detail"])
    return f"Matches ({told})" if told else ""


def _categories(row: Mapping[str, Any]) -> list[str]:
    def found() -> Iterator[str]:
        for name in ("company", "department", "seniority", "workplace", "employment_type"):
            if row[name]:
                yield row[name]

    return list(dict.fromkeys(found()))
