"""Webhooks of people's own: signed JSON by POST, over Rolecall's guarded connections.

A receiver that has the secret can tell that a message is Rolecall's, unchanged and recent: the signature is the
HMAC-SHA256 of the timestamp, a full stop and the body.
"""

import contextlib
import hashlib
import hmac
import secrets as random_secrets
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests

from worker.channels.answers import Answer
from worker.channels.masking import ANSWER_MOST, masked, secrets, tidy
from worker.errors import BoardError, UnsafeAddress
from worker.http.body import beginning
from worker.http.deadlines import WATCHER
from worker.http.failures import NETWORK_ERRORS, cause
from worker.http.guard import refuse_unsafe_url
from worker.resources import webhook_session
from worker.settings import Settings

_CONNECT_SECONDS = 10.0
_WAIT_MOST = 3600
_OK = range(200, 300)
_REDIRECTS = range(300, 400)


def new_secret() -> str:
    """Return a secret to sign with."""
    return f"whsec_{random_secrets.token_urlsafe(32)}"


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Return what `X-Rolecall-Signature` says: `v1=` and the HMAC in hexadecimal digits."""
    return "v1=" + hmac.new(secret.encode(), b"%d.%b" % (timestamp, body), hashlib.sha256).hexdigest()


def look(settings: Settings, url: str) -> str:
    """Return a webhook's address without what may be secret in it. Raises UnsafeAddress."""
    refuse_unsafe_url(url, allow_loopback=settings.allow_loopback, allow_private=not settings.has_accounts)
    return masked(url)


def send(settings: Settings, url: str, secret: str, *, delivery: int, body: dict[str, Any]) -> Answer:
    """POST a delivery. Its body is the same on each try. Raises UnsafeAddress."""
    shown = look(settings, url)
    document = orjson.dumps({"id": delivery, **body})
    try:
        with webhook_session() as session:
            response, said = _exchange(session, _request(url, secret, delivery, document), settings.alert_seconds)
    except NETWORK_ERRORS as error:
        return Answer(ok=False, text=f"{urlsplit(url).hostname}: {cause(error)}")
    return _judged(response, tidy(said, secrets(url, shown)))


def _request(url: str, secret: str, delivery: int, document: bytes) -> requests.Request:
    now = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "X-Rolecall-Delivery": str(delivery),
        "X-Rolecall-Timestamp": str(now),
        "X-Rolecall-Signature": signature(secret, now, document),
    }
    return requests.Request("POST", url, headers=headers, data=document)


def _exchange(session: requests.Session, request: requests.Request, seconds: float) -> tuple[requests.Response, str]:
    """Send a request; return the response and the beginning of its body. Redirects are not followed."""
    try:
        prepared = session.prepare_request(request)
    except (requests.RequestException, ValueError):
        raise UnsafeAddress("the address of this webhook cannot be called; enter it anew") from None
    with WATCHER.exchange(seconds) as exchange:
        response = session.get_adapter(str(prepared.url)).send(
            prepared, stream=True, timeout=(min(_CONNECT_SECONDS, seconds), seconds), proxies=session.proxies
        )
        with contextlib.closing(response):
            try:
                said, _ = beginning(response, most=ANSWER_MOST)
            except BoardError as error:  # its status says enough
                said = str(error).encode()
        if exchange.expired:
            raise TimeoutError
    return response, said.decode(errors="replace")


def _judged(response: requests.Response, said: str) -> Answer:
    status = response.status_code
    text = f"{status} {said}".strip()
    if status in _REDIRECTS:
        return Answer(ok=False, text=f"{status}: webhooks are not sent on; enter the address it redirects to")
    wait = response.headers.get("Retry-After", "").strip()
    seconds = min(int(wait[:6]), _WAIT_MOST) if wait.isascii() and wait.isdecimal() else 0
    return Answer(ok=status in _OK, text=text, gone=status == HTTPStatus.GONE, wait=seconds)
