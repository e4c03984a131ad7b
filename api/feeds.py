"""Feeds as the API gives them, and as feed readers get them."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response
from sqlalchemy.orm import Session

from api import limiting
from api.compression import takes_gzip
from api.dependencies import CurrentSettings, DbSession
from api.limiting import FeedLimit, SignInLimit
from worker import feeds
from worker.errors import NotFound
from worker.feed_formats import FORMATS
from worker.filters import compile_filters
from worker.settings import Settings
from worker.store import feeds as store

_ADDRESS = re.compile(r"(\d{1,18})-([\w-]{1,100})", re.ASCII)
"""An id that Postgres can hold, and a token."""
_CACHE = "private, max-age=300"
_LEVEL = 6
_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}
_ITEM = {
    "id": _TEXT,
    "url": _TEXT,
    "title": _TEXT,
    "summary": _TEXT,
    "date_published": _MOMENT,
    "date_modified": _MOMENT,
    "authors": {
        "type": "array",
        "items": {"type": "object", "required": ["name"], "properties": {"name": _TEXT}},
    },
    "tags": {"type": "array", "items": _TEXT},
}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "atom": _TEXT,
    "ics": _TEXT,
    "json": {
        "type": "object",
        "required": ["version", "title", "feed_url", "items"],
        "properties": {
            "version": {"const": "https://jsonfeed.org/version/1.1"},
            "title": _TEXT,
            "feed_url": _TEXT,
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": list(_ITEM),
                    "properties": {**_ITEM, "content_html": _TEXT, "content_text": _TEXT, "language": _TEXT},
                },
            },
        },
    },
}
"""What each form's document is, by its suffix; of an item, the text is one of `content_html` and `content_text`."""


def arranged(feed: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Return a feed in the form the API documents."""
    names = {"atom": "atom", "json_feed": "json", "calendar": "ics"}
    return {**feed, "addresses": {name: feeds.address(feed, settings, form) for name, form in names.items()}}


def check(scope: Mapping[str, Any]) -> None:
    """Raise FilterSyntaxError for a filter that cannot be read."""
    if scope["title_filters"] is not None:
        compile_filters(scope["title_filters"])


def get_opened(
    address: Annotated[str, Path(description="The feed's id and its token", examples=["1-Wn0x"])],
    db: DbSession,
    settings: CurrentSettings,
    tries: SignInLimit,
    reads: FeedLimit,
    request: Request,
) -> dict[str, Any]:
    """Return the feed that an address opens. Raises NotFound, and TooManyRequests for who tries or reads too many."""
    parts = _ADDRESS.fullmatch(address)
    feed = store.published(db, int(parts[1])) if parts else None
    if parts is None or feed is None or not feeds.opens(feed, parts[2], settings):
        limiting.count(tries, "unknown feed", limiting.address_of(request))
        raise NotFound("there is no feed at this address; it may have been deleted, or its addresses renewed")
    limiting.count_and_tell(request, reads, "feed", str(feed["id"]))
    return feed


OpenedFeed = Annotated[dict[str, Any], Depends(get_opened)]


def documented(form: str) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of what a feed's address answers."""
    return {
        200: {"description": "The feed", "content": {FORMATS[form].media_type: {"schema": _SCHEMAS[form]}}},
        304: {"description": "Nothing has changed since what `If-None-Match` names"},
    }


def answer(db: Session, feed: Mapping[str, Any], form: str, settings: Settings, request: Request) -> Response:
    """Return the document, or 304 where the reader has it already (RFC 9110, 13.1.2)."""
    head, entries = feeds.read(db, feed, settings, form)
    media_type, render = FORMATS[form]
    body = render(head, entries)
    headers = _headers(body, head.updated)
    if _has(request.headers.get("If-None-Match", ""), headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if takes_gzip(request):
        body = gzip.compress(body, _LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=media_type, headers=headers)


def _headers(body: bytes, updated: datetime) -> dict[str, str]:
    """The tag is a weak one: it is the same for a body that is sent compressed."""
    return {
        "ETag": f'W/"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(updated, usegmt=True),
        "Cache-Control": _CACHE,
        "Vary": "Accept-Encoding",
    }


def _has(if_none_match: str, tag: str) -> bool:
    tags = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in tags or tag.removeprefix("W/") in tags
