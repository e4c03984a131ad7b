"""The client an extractor is handed for one run of one board."""

import hashlib
import json
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson
import requests
from urllib3.exceptions import HTTPError

from worker.errors import (
    BoardNotFound,
    BoardRefused,
    BoardUnavailable,
    RolecallError,
    UnexpectedPayload,
)
from worker.http import body
from worker.http.deadlines import WATCHER, Exchange
from worker.http.guard import refuse_unsafe_url

_REDIRECTS = {301, 302, 303, 307, 308}
_REDIRECTS_MOST = 3
_RETRY_AFTER_MOST = timedelta(minutes=10)
_THROTTLED = timedelta(seconds=30)
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 30.0


class NotModified(RolecallError):
    """The board is as it was at the last complete reading. Not a failure: the run ends here, nothing is parsed."""

    def __init__(self, *, by_host: bool) -> None:
        super().__init__("the host says so (304)" if by_host else "the body is the same")
        self.by_host = by_host


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last complete reading of a board was answered with.

    For a board of one request an equal first body ends the reading at once; for one of many, only the digest over all
    of them tells.
    """

    etag: str | None = None
    last_modified: str | None = None
    digest: bytes | None = None
    single_request: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a run: decoded bytes of one answer, seconds of one request, seconds in all."""

    body_bytes: int
    request_seconds: float
    run_seconds: float
    allow_loopback: bool = False


@dataclass(slots=True)
class Traffic:
    """What a run has cost, and the validators its first answer gave for the next one."""

    requests: int = 0
    bytes: int = 0
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False


class BoardClient:
    """Implements `worker.extractor.Http`: every request is paced, bounded, guarded, and its failure typed.

    `pace` is called before each request with the seconds the run has left, and returns when it may go.
    """

    def __init__(
        self,
        session: requests.Session,
        limits: Limits,
        pace: Callable[[float], None],
        validators: Validators | None = None,
    ) -> None:
        self._session = session
        self._limits = limits
        self._pace = pace
        self._validators = validators
        self._until = time.monotonic() + limits.run_seconds
        self._digest = hashlib.sha256()
        self.traffic = Traffic()

    @property
    def digest(self) -> bytes:
        """SHA-256 over all bodies so far; for one request, over its body's digest."""
        return self._digest.digest()

    @property
    def same_as_before(self) -> bool:
        """Whether all that was answered so far is what the last complete reading was answered with."""
        return self._validators is not None and self._validators.digest == self.digest

    @property
    def seconds_left(self) -> float:
        """Seconds until the run has to end."""
        return self._until - time.monotonic()

    def get_json(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        redirects: bool = True,
    ) -> Any:
        """GET a JSON document and return it decoded."""
        accept = {"Accept": "application/json", **(headers or {})}
        return decode_json(self._fetch("GET", url, params=params, headers=accept, redirects=redirects)[1])

    def post_json(self, url: str, body: Any, *, headers: Mapping[str, str] | None = None) -> Any:
        """POST a JSON document and return the decoded JSON answer."""
        sent = {"Accept": "application/json", "Content-Type": "application/json", **(headers or {})}
        return decode_json(self._fetch("POST", url, headers=sent, data=orjson.dumps(body), redirects=False)[1])

    def get_text(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        redirects: bool = True,
    ) -> str:
        """GET a document and return its text, decoded as its headers (else UTF-8) say."""
        response, content = self._fetch("GET", url, params=params, headers=headers or {}, redirects=redirects)
        return decode_text(response, content)

    def _fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None = None,
        data: bytes | None = None,
        redirects: bool,
    ) -> tuple[requests.Response, bytes]:
        first = self.traffic.requests == 0
        conditional = self._conditions() if first and method == "GET" else {}
        hops = 0
        while True:
            response, content = self._exchange(method, url, {**headers, **conditional}, params, data)
            if response.status_code not in _REDIRECTS:
                break
            hops += 1
            url, params = _redirected(response, method, allowed=redirects and hops <= _REDIRECTS_MOST), None
        self.traffic.not_modified = response.status_code == 304  # noqa: PLR2004
        _raise_for_status(response)
        if first:
            self.traffic.etag = response.headers.get("ETag")
            self.traffic.last_modified = response.headers.get("Last-Modified")
        self._digest.update(hashlib.sha256(content).digest())
        if first and self.same_as_before and self._validators and self._validators.single_request:
            raise NotModified(by_host=False)
        return response, content

    def _conditions(self) -> dict[str, str]:
        if self._validators is None:
            return {}
        wanted = {"If-None-Match": self._validators.etag, "If-Modified-Since": self._validators.last_modified}
        return {name: value for name, value in wanted.items() if value}

    def _exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None,
        data: bytes | None,
    ) -> tuple[requests.Response, bytes]:
        """Make one request, no redirects followed; return its answer and the body of a 200."""
        refuse_unsafe_url(url, allow_loopback=self._limits.allow_loopback)
        self._pace(self.seconds_left)
        self.traffic.requests += 1
        seconds = min(self._limits.request_seconds, self.seconds_left)
        if seconds <= 0:
            raise BoardUnavailable("the time for this run is used up")
        with WATCHER.exchange(seconds) as exchange:
            try:
                response = self._session.request(
                    method,
                    url,
                    params=params,
                    data=data,
                    headers=dict(headers),
                    stream=True,
                    allow_redirects=False,
                    timeout=(min(_CONNECT_SECONDS, seconds), min(_READ_SECONDS, seconds)),
                )
                try:
                    if response.status_code != 200:  # noqa: PLR2004
                        return response, b""
                    content, received = body.read(response, most=self._limits.body_bytes)
                    self.traffic.bytes += received
                finally:
                    _finish(response)
            except _NETWORK_ERRORS as error:
                raise _unavailable(url, error, exchange, seconds) from error
        return response, content


_NETWORK_ERRORS = (requests.RequestException, HTTPError, OSError, ssl.SSLError, BoardUnavailable)


def _finish(response: requests.Response) -> None:
    """Give the connection back when the body has been read; close it when bytes may still be on their way."""
    if response.raw.closed or response.status_code == 304:  # noqa: PLR2004 - a 304 has no body
        response.raw.release_conn()
    else:
        response.close()


def _unavailable(url: str, error: Exception, exchange: Exchange, seconds: float) -> RolecallError:
    host = urlsplit(url).hostname
    if exchange.expired:
        return BoardUnavailable(f"{host} took longer than {seconds:.0f} s")
    if isinstance(error, BoardUnavailable):
        return error
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return UnexpectedPayload(f"{url[:200]!r} is not an address that can be fetched")
    return BoardUnavailable(f"{host} could not be reached: {_cause(error)}")


def _cause(error: BaseException) -> str:
    """Return the innermost cause of a network error in one line, without the objects' addresses."""
    if isinstance(error, requests.exceptions.Timeout | TimeoutError):
        return "it did not answer in time"
    inner: Any = error
    while True:
        nested = getattr(inner, "reason", None) or (inner.args[0] if inner.args else None)
        if not isinstance(nested, BaseException):
            break
        inner = nested
    return re.sub(r"<[^>]*>:?\s*|\(.*object at .*\):?\s*", "", str(inner)).strip()[:300] or type(inner).__name__


def _redirected(response: requests.Response, method: str, *, allowed: bool) -> str:
    """Return where a redirect leads, if it may be followed: a GET, within the same site."""
    target = urljoin(response.url, response.headers.get("Location", ""))
    if method != "GET":
        raise BoardUnavailable(f"the host answered with a redirect ({response.status_code}) instead of the board")
    if not allowed:
        raise BoardNotFound(f"the host sends readers of this board on to {target[:200]}")
    if _site(target) != _site(response.url):
        raise UnexpectedPayload(
            f"the board now redirects to {target[:200]}; if the company has moved there, add that address"
        )
    return target


def _site(url: str) -> str:
    """Return the last two labels of a host: near enough to who runs it for following a redirect."""
    return ".".join((urlsplit(url).hostname or "").rsplit(".", 2)[-2:])


def _raise_for_status(response: requests.Response) -> None:
    """Turn a status into a type: the one place where that happens."""
    status = response.status_code
    host = urlsplit(response.url).hostname
    if status == 200:  # noqa: PLR2004
        return
    if status == 304:  # noqa: PLR2004
        raise NotModified(by_host=True)
    if status in (404, 410):
        raise BoardNotFound(f"{host} says that there is no such board ({status})")
    if status in (401, 403, 407, 451):
        raise BoardRefused(f"{host} does not let Rolecall read this board ({status})")
    if status in (408, 425, 429) or status >= 500:  # noqa: PLR2004
        retry_at = _retry_at(response)
        raise BoardUnavailable(f"{host} is busy or broken right now ({status})", retry_at=retry_at)
    raise UnexpectedPayload(f"{host} answered with status {status}, which no board is known to do")


def _retry_at(response: requests.Response) -> datetime | None:
    """Return when the host wants to be asked again (RFC 9110 §10.2.3), at most ten minutes from now."""
    now = datetime.now(UTC)
    said = response.headers.get("Retry-After", "").strip()
    wanted: datetime | None = None
    if said.isdecimal() and len(said) <= 9:  # noqa: PLR2004 - more digits are centuries
        wanted = now + timedelta(seconds=int(said))
    elif said:
        try:
            parsed = parsedate_to_datetime(said)
            wanted = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
        except (ValueError, TypeError):
            wanted = None
    if wanted is None and response.status_code == 429:  # noqa: PLR2004
        wanted = now + _THROTTLED
    return min(wanted, now + _RETRY_AFTER_MOST) if wanted else None


def decode_json(content: bytes) -> Any:
    """Decode a JSON body. Broken UTF-8, lone surrogates and NaN cost nothing but themselves.

    Raises UnexpectedPayload for everything that is not JSON.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(content.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        start = content.lstrip()[:1]
        what = "a web page" if start == b"<" else "something else" if content.strip() else "nothing"
        raise UnexpectedPayload(f"the host answered with {what} where JSON was promised") from error


def decode_text(response: requests.Response, content: bytes) -> str:
    """Decode a text body by its charset, else as UTF-8; bytes that do not fit are replaced."""
    found = re.search(r"charset=[\"']?([\w.:-]+)", response.headers.get("Content-Type", ""), re.IGNORECASE)
    try:
        return content.decode(found[1] if found else "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
