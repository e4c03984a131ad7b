"""A browser's session: a random cookie, of which only the HMAC is stored.

The cookie carries nothing and means nothing elsewhere; whether it still counts is the database's to say.
"""

import secrets

from fastapi import Request, Response
from sqlalchemy.orm import Session

from worker.secret import derived
from worker.settings import Settings
from worker.store import sessions as store
from worker.text import label

COOKIE = "rolecall_session"
_BYTES = 32
_BROWSER_MOST = 200


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name: over https browsers take `__Host-` from this very host only (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{COOKIE}" if settings.secure else COOKIE


def digest_of(cookie: str, settings: Settings) -> bytes:
    """Return a cookie's HMAC-SHA256, as it is stored."""
    return derived(settings, f"session {cookie}")


def start(db: Session, settings: Settings, request: Request, response: Response, user: int) -> None:
    """Sign a browser in under a new cookie, and end the session it had. The caller commits."""
    if before := request.cookies.get(cookie_name(settings)):
        store.end_by_digest(db, digest_of(before, settings))
    cookie = secrets.token_urlsafe(_BYTES)
    browser = label(request.headers.get("user-agent"), _BROWSER_MOST)
    store.start(db, user, digest=digest_of(cookie, settings), browser=browser)
    _set(response, settings, cookie, int(store.LONGEST.total_seconds()))


def clear(response: Response, settings: Settings) -> None:
    """Let the browser forget its cookie."""
    _set(response, settings, "", 0)


def _set(response: Response, settings: Settings, value: str, seconds: int) -> None:
    response.set_cookie(
        cookie_name(settings),
        value,
        max_age=seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
