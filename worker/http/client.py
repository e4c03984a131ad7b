"""The client an extractor is handed for one run of one board."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from requests.cookies import extract_cookies_to_jar

from worker.errors import BoardError, BoardUnavailable, RolecallError, UnsafeAddress
from worker.http import body
from worker.http.answers import decode_json, decode_text, raise_for_status, redirected, validator
from worker.http.deadlines import WATCHER, Exchange
from worker.http.failures import NETWORK_ERRORS, broke_off, unreachable
from worker.http.guard import refuse_unsafe_url
from worker.http.sessions import KEPT_MOST
from worker.posting import WebPage

REDIRECTS = {301, 302, 303, 307, 308}
_FOR_GOOD = {301, 308}
_REDIRECTS_MOST = 3
_CONNECT_SECONDS = 10.0
_READ_SECONDS = 30.0
_UNWANTED_SECONDS = 1.0  # for the body of an error: as long as a new connection may take
_PATIENCE = 10.0  # a host that was given less time than that, and did not answer, has not failed


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
    """What a run has cost, and the validators its first answer gave for the next one.

    `requests` are those for the board, `robots` those for the robots.txt of its hosts.
    """

    requests: int = 0
    robots: int = 0
    bytes: int = 0
    address: str = ""
    """What was asked last: after redirects, where they led."""
    moved_to: str | None = None
    """Where the first request of the run was sent on to for good (301, 308), within the same site."""
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False


Permit = Callable[["BoardClient", str], None]
Read = Callable[[requests.Response], tuple[bytes, int]]
"""Reads a body: what it says, and its bytes on the wire."""


class BoardClient:
    """Implements `worker.extractor.Http`: every request is paced, bounded, guarded, and its failure typed.

    `permit` is called with each address before it is asked, and raises what forbids it. `pace` is called before each
    request with the seconds the run has left, and returns when it may go. `statuses` are those that mean something else
    with this ATS than in HTTP. `answered` says whether the host answered the last request (None: there was none), and
    `failure` how it did not: what its circuit breaker wants to know.
    """

    def __init__(
        self,
        session: requests.Session,
        limits: Limits,
        pace: Callable[[float], None],
        validators: Validators | None = None,
        *,
        statuses: Mapping[int, type[BoardError]] | None = None,
        permit: Permit | None = None,
    ) -> None:
        self._session = session
        self._limits = limits
        self._pace = pace
        self._validators = validators
        self._statuses = statuses or {}
        self._permit = permit
        self._until = time.monotonic() + limits.run_seconds
        self._digest = hashlib.sha256()
        self.traffic = Traffic()
        self.answered: bool | None = None
        self.failure = ""

    @property
    def digest(self) -> bytes:
        """SHA-256 over all bodies so far; for one request, over its body's digest."""
        return self._digest.digest()

    @property
    def same_as_before(self) -> bool:
        """Whether all that was answered so far is what the last complete reading was answered with."""
        return self._validators is not None and self._validators.digest == self.digest

    @property
    def time_left(self) -> float:
        """The share of the run's time that is left, from 1 down."""
        return self.seconds_left / self._limits.run_seconds

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

    def get_page(self, url: str, *, headers: Mapping[str, str] | None = None, anywhere: bool = False) -> WebPage:
        """GET a document and return it with the address it was found at in the end."""
        response, content = self._fetch("GET", url, headers=headers or {}, redirects=True, anywhere=anywhere)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return WebPage(response.url, content, decode_text(response, content), kind)

    def _fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None = None,
        data: bytes | None = None,
        redirects: bool,
        anywhere: bool = False,
    ) -> tuple[requests.Response, bytes]:
        first = self.traffic.requests == 0
        conditional = self._conditions() if first and method == "GET" else {}
        sent = {**headers, **conditional}
        response, content = self._follow(method, url, sent, params, data, redirects=redirects, anywhere=anywhere)
        if conditional and response.status_code == HTTPStatus.NOT_MODIFIED:
            self.traffic.not_modified = True
            raise NotModified(by_host=True)
        raise_for_status(response, self._statuses)
        if first:
            self.traffic.etag = validator(response.headers, "ETag")
            self.traffic.last_modified = validator(response.headers, "Last-Modified")
        self._digest.update(hashlib.sha256(content).digest())
        if first and self.same_as_before and self._validators and self._validators.single_request:
            raise NotModified(by_host=False)
        return response, content

    def _conditions(self) -> dict[str, str]:
        if self._validators is None:
            return {}
        wanted = {"If-None-Match": self._validators.etag, "If-Modified-Since": self._validators.last_modified}
        return {name: value for name, value in wanted.items() if value}

    def _follow(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None,
        data: bytes | None,
        *,
        redirects: bool,
        anywhere: bool,
    ) -> tuple[requests.Response, bytes]:
        """Make one request and those it is redirected to."""
        for _ in range(1 + _REDIRECTS_MOST):
            response, content = self._exchange(self.prepared(method, url, headers, params, data))
            if response.status_code not in REDIRECTS:
                return response, content
            url, params = redirected(response, method, allowed=redirects, anywhere=anywhere), None
            if self.traffic.requests == 1 and response.status_code in _FOR_GOOD:
                self.traffic.moved_to = url
        raise BoardUnavailable(f"{urlsplit(url).hostname} redirects without end")

    def prepared(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None = None,
        data: bytes | None = None,
    ) -> requests.PreparedRequest:
        """Write the request as it will be sent, and look at the very address that it will go to."""
        wanted = requests.Request(method, url, headers=dict(headers), params=params, data=data)
        try:
            request = self._session.prepare_request(wanted)
        except (requests.RequestException, ValueError):  # UnicodeError, for one
            raise UnsafeAddress(f"{url[:200]!r} is not a web address") from None
        refuse_unsafe_url(str(request.url), allow_loopback=self._limits.allow_loopback)
        return request

    def _exchange(self, request: requests.PreparedRequest) -> tuple[requests.Response, bytes]:
        """Send one request for the board; return its answer and the body of a 200."""
        self.traffic.address = str(request.url)
        if self._permit:
            self._permit(self, self.traffic.address)
        seconds = self.turn(self._limits.request_seconds)
        self.traffic.requests += 1
        try:
            response, content = self.transfer(request, seconds, self._read_whole)
        except BoardUnavailable as error:
            if seconds >= _PATIENCE:
                self.answered, self.failure = False, str(error)
            raise
        status = response.status_code
        broken = status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in self._statuses
        self.answered = not broken
        self.failure = f"it answered with status {status}" if broken else ""
        return response, content

    def turn(self, most: float) -> float:
        """Wait until a request may go; return how long it may take: `most` seconds, or what is left of the run."""
        self._pace(self.seconds_left)
        seconds = min(most, self.seconds_left)
        if seconds <= 0:
            raise BoardUnavailable("the time for this run is used up")
        return seconds

    def transfer(
        self, request: requests.PreparedRequest, seconds: float, read: Read
    ) -> tuple[requests.Response, bytes]:
        """Send one request; return its answer and what `read` makes of the body of a 200."""
        url = str(request.url)
        with WATCHER.exchange(seconds) as exchange:
            try:
                response = self._sent(request, url, seconds, exchange)
                with contextlib.closing(response):  # gives the connection back if its body has been read to the end
                    content = self._content(response, exchange, read)
            except (*NETWORK_ERRORS, BoardUnavailable) as error:
                if exchange.expired:
                    raise _too_slow(url, seconds) from error
                if isinstance(error, BoardUnavailable):
                    raise
                raise unreachable(url, error) from error
        return response, content

    def _sent(
        self, request: requests.PreparedRequest, url: str, seconds: float, exchange: Exchange
    ) -> requests.Response:
        """Send a request, anew if a connection that was kept from an earlier one ends before it is answered.

        A host may end such a connection at the very moment at which it is used again, which says nothing of the host.
        Everything that is asked for is only read, so asking twice does no harm (RFC 9112, 9.3.1).
        """
        for _ in range(KEPT_MOST):
            try:
                return self._send(request, url, seconds)
            except requests.ConnectionError as error:
                if exchange.is_new or exchange.expired or not broke_off(error):
                    raise
        return self._send(request, url, seconds)

    def _send(self, request: requests.PreparedRequest, url: str, seconds: float) -> requests.Response:
        """Send by the session's adapter: the session itself reads the bodies of redirects, whatever their size."""
        response = self._session.get_adapter(url).send(
            request,
            stream=True,
            timeout=(min(_CONNECT_SECONDS, seconds), min(_READ_SECONDS, seconds)),
            proxies=self._session.proxies,
        )
        if "Set-Cookie" in response.headers:
            extract_cookies_to_jar(self._session.cookies, request, response.raw)  # type: ignore[no-untyped-call]
        return response

    def _read_whole(self, response: requests.Response) -> tuple[bytes, int]:
        return body.read(response, most=self._limits.body_bytes)

    def _content(self, response: requests.Response, exchange: Exchange, read: Read) -> bytes:
        if response.status_code != HTTPStatus.OK:
            exchange.hurry(_UNWANTED_SECONDS)
            with contextlib.suppress(*NETWORK_ERRORS):
                body.pass_over(response)
            return b""
        content, received = read(response)
        self.traffic.bytes += received
        if exchange.expired:
            raise TimeoutError  # what looks like the body's end was the watcher's doing
        return content


def _too_slow(url: str, seconds: float) -> BoardUnavailable:
    return BoardUnavailable(f"{urlsplit(url).hostname} took longer than {seconds:.3g} s")
