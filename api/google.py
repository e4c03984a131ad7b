"""Google's ID tokens, verified by google-auth against Google's published certificates."""

import hashlib
import re
import time
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

import google.auth.exceptions
import google.auth.transport
import google.auth.transport.requests
from fastapi import Depends
from google.oauth2 import id_token

from api.dependencies import HttpSession
from api.errors import NotSignedIn
from api.loopback import require_accounts
from worker.errors import NotFound, ServiceUnavailable
from worker.settings import Settings

_PAGE = "https://accounts.google.com/o/oauth2/v2/auth"
_SKEW_SECONDS = 10
_FETCH_SECONDS = 10
_KEEP_MOST_SECONDS = 6 * 3600


class Account(NamedTuple):
    """A Google account whose e-mail address Google has verified."""

    sub: str
    email: str
    name: str | None


class Certificates(google.auth.transport.Request):
    """A transport for google-auth that keeps an answer as long as its Cache-Control allows."""

    _kept: dict[str, tuple[float, Any]] = {}  # noqa: RUF012 - shared on purpose, one entry per address

    def __init__(self, transport: google.auth.transport.Request) -> None:
        self._transport = transport

    def __call__(
        self, url: str, method: str = "GET", body: Any = None, headers: Any = None, timeout: Any = None, **_: Any
    ) -> Any:
        """Return Google's certificates."""
        until, response = self._kept.get(url, (0.0, None))
        if time.monotonic() < until:
            return response
        response = self._transport(url, method, body, headers, timeout or _FETCH_SECONDS)
        if age := re.search(r"max-age=(\d{1,9})", response.headers.get("cache-control", "")):
            self._kept[url] = (time.monotonic() + min(int(age[1]), _KEEP_MOST_SECONDS), response)
        return response


def google_transport(http: HttpSession) -> google.auth.transport.Request:
    """Return the transport that fetches Google's certificates."""
    return Certificates(google.auth.transport.requests.Request(http))


Transport = Annotated[google.auth.transport.Request, Depends(google_transport)]


def page(settings: Settings, began: str) -> str:
    """Return the address of Google's page, which sends a form with an ID token to /sign-in/google.

    As OpenID Connect Core 1.0 (3.2.2) and OAuth 2.0 Form Post Response Mode have it. Raises NotFound.
    """
    asked = {
        "client_id": _client(settings),
        "redirect_uri": f"{settings.public_url}/sign-in/google",
        "response_type": "id_token",
        "response_mode": "form_post",
        "scope": "openid email profile",
        "state": began,
        "nonce": nonce(began),
        "prompt": "select_account",
    }
    return f"{_PAGE}?{urlencode(asked)}"


def nonce(began: str) -> str:
    """Return what the ID token of a sign-in that was begun with this token has to name."""
    return hashlib.sha256(f"nonce {began}".encode()).hexdigest()


def _client(settings: Settings) -> str:
    require_accounts(settings)
    if not settings.google_client_id:
        raise NotFound("Google's sign-in is not set up here; sign in with a link (POST /api/v1/auth/links)")
    return settings.google_client_id


def verify(
    credential: str, settings: Settings, transport: google.auth.transport.Request, *, nonce: str | None = None
) -> Account:
    """Return the account a credential proves. Raises NotSignedIn, NotFound where there is no sign-in.

    With a nonce, the credential has to be the one that was made out for the sign-in that named it.
    """
    client = _client(settings)
    try:
        claims = id_token.verify_oauth2_token(  # type: ignore[no-untyped-call]
            credential, transport, audience=client, clock_skew_in_seconds=_SKEW_SECONDS
        )
        account = Account(str(claims["sub"]), str(claims["email"]), claims.get("name"))
        verified = claims.get("email_verified")
    except google.auth.exceptions.TransportError as error:
        raise ServiceUnavailable("Google's certificates cannot be fetched right now; try again") from error
    except (google.auth.exceptions.GoogleAuthError, ValueError, LookupError, TypeError) as error:
        raise NotSignedIn("this is not a credential that Google made out for Rolecall just now") from error
    if nonce is not None and claims.get("nonce") != nonce:
        raise NotSignedIn("this credential was made out for another sign-in; sign in again")
    if verified is not True:
        raise NotSignedIn("Google has not verified this account's e-mail address")
    return account
