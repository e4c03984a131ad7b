"""What an answer means: its status as a type, its body as JSON or text."""

import codecs
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson
import requests

from worker.domains import site
from worker.errors import (
    BoardError,
    BoardMoved,
    BoardNotFound,
    BoardRefused,
    BoardUnavailable,
    UnexpectedPayload,
    UnsafeAddress,
)
from worker.http.guard import refuse_unsafe_url

_RETRY_AFTER_MOST = timedelta(minutes=10)
_THROTTLED = timedelta(seconds=30)
_VALIDATOR_LONGEST = 1_000
_LONGEST_ADDRESS = 2_000
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)
_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
"""Codecs of Python's that no web page is written in; some refuse to replace what they cannot read."""


def raise_for_status(response: requests.Response, statuses: Mapping[int, type[BoardError]] | None = None) -> None:
    """Turn a status into a type: the one place where that happens. 304 is the client's, who knows what it asked.

    `statuses` are those that mean something else with the ATS that answers.
    """
    status = response.status_code
    host = urlsplit(response.url).hostname
    if status == HTTPStatus.OK:
        return
    meant = (statuses or {}).get(status)
    if meant is BoardUnavailable:
        raise BoardUnavailable(
            f"{host} asks to be left alone for a while ({status})", retry_at=_retry_at(response, throttled=True)
        )
    if meant is not None:
        raise meant(f"{host} answered with status {status}, which means so with this ATS")
    if status in (404, 410):
        raise BoardNotFound(f"{host} says that there is no such board ({status})")
    if status in (401, 403, 407, 451):
        raise BoardRefused(f"{host} does not let Rolecall read this board ({status})")
    if status in (408, 425, 429) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        retry_at = _retry_at(response, throttled=status == HTTPStatus.TOO_MANY_REQUESTS)
        raise BoardUnavailable(f"{host} is busy or broken right now ({status})", retry_at=retry_at)
    raise UnexpectedPayload(f"{host} answered with status {status}, which no board is known to do")


def _retry_at(response: requests.Response, *, throttled: bool) -> datetime | None:
    """Return when the host wants to be asked again (RFC 9110 §10.2.3), at most ten minutes from now.

    A host that throttles without saying until when is left alone for half a minute.
    """
    now = datetime.now(UTC)
    latest = now + _RETRY_AFTER_MOST
    said = response.headers.get("Retry-After", "").strip()
    if said.isdecimal():
        seconds = int(said[:9]) if len(said) <= 9 else _RETRY_AFTER_MOST.total_seconds()  # noqa: PLR2004 - centuries
        return min(now + timedelta(seconds=seconds), latest)
    try:
        wanted = parsedate_to_datetime(said)
        return min(wanted.replace(tzinfo=UTC) if wanted.tzinfo is None else wanted, latest)
    except (ValueError, TypeError, OverflowError):
        return now + _THROTTLED if throttled else None


def redirected(response: requests.Response, method: str, *, allowed: bool, anywhere: bool = False) -> str:
    """Return where a redirect leads, if it may be followed: a GET, within the same site or `anywhere`."""
    said = response.headers.get("Location", "")
    if method != "GET":
        raise BoardUnavailable(f"the host answered with a redirect ({response.status_code}) instead of the board")
    if not allowed:
        raise BoardNotFound(f"the host sends readers of this board on to {said[:200]!r}")
    try:
        target = urljoin(response.url, said)
        elsewhere = site(urlsplit(target).hostname or "") != site(urlsplit(response.url).hostname or "")
    except ValueError:
        raise UnexpectedPayload(f"the board redirects to {said[:200]!r}, which is not a web address") from None
    if elsewhere and not anywhere:
        told = f"the board now redirects to {target[:200]!r}"
        try:
            refuse_unsafe_url(target, allow_loopback=False)
        except UnsafeAddress as error:
            raise UnsafeAddress(f"{told}: {error}") from None
        raise BoardMoved(
            f"{told}; if the company has moved there, add that address",
            address=target[:_LONGEST_ADDRESS],
        )
    return target


def validator(headers: Mapping[str, str], name: str) -> str | None:
    """Return an ETag or Last-Modified that can be stored and sent back; None for what no host should have sent."""
    value = headers.get(name, "").strip()
    return value if value and value.isprintable() and len(value) <= _VALIDATOR_LONGEST else None


def decode_json(content: bytes) -> Any:
    """Decode a JSON body. Broken UTF-8, lone surrogates, NaN and byte order marks cost nothing but themselves.

    Raises UnexpectedPayload for everything that is not JSON.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(content.decode(json.detect_encoding(content), "replace"))
    except (ValueError, RecursionError) as error:
        start = content.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
        what = "a web page" if start == b"<" else "something else" if start else "nothing"
        raise UnexpectedPayload(f"the host answered with {what} where JSON was promised") from error


def decode_text(response: requests.Response, content: bytes) -> str:
    """Decode a text body by its charset, else as UTF-8; bytes that do not fit are replaced."""
    found = _CHARSET.search(response.headers.get("Content-Type", ""))
    return content.decode(_codec(found[1] if found else "utf-8"), "replace").removeprefix("\ufeff")


def _codec(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name
        b" ".decode(name, "replace")  # refused by codecs that are not for text (base64, zlib)
    except (LookupError, UnicodeError):
        return "utf-8"
    return "utf-8" if name in _NO_CHARSETS else name
