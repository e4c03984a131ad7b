"""Who is asking: an access token, an API key, or the one person of a local installation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from api import limiting, tokens
from api.dependencies import CurrentSettings, DbSession
from api.errors import NotSignedIn
from api.limiting import RequestLimit, SignInLimit
from api.loopback import is_local
from api.secret import secret_key
from worker.errors import NotFound
from worker.store import people

_BEARER = HTTPBearer(auto_error=False, description="The `access_token` of POST /auth/google")
_API_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, description="An API key of POST /api-keys")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking."""

    id: int
    email: str
    name: str | None
    created_at: datetime


class Refusals:
    """Refuses credentials, and counts how many wrong ones an address sends."""

    def __init__(self, request: Request, limit: SignInLimit) -> None:
        self._address = limiting.address_of(request)
        self._limit = limit

    def refusal(self, message: str) -> NotSignedIn:
        """Return the error to raise. Raises TooManyRequests after too many of them."""
        limiting.count(self._limit, "wrong credential", self._address)
        return NotSignedIn(message)


Refuser = Annotated[Refusals, Depends()]


def validate_api_key(
    db: DbSession, settings: CurrentSettings, refusals: Refuser, key: Annotated[str | None, Security(_API_KEY)]
) -> Person | None:
    """Return the person of an API key, None when none was sent. Raises NotSignedIn for one that is not valid."""
    if key is None:
        return None
    found = people.of_key(db, tokens.digest_of(key, secret_key(settings)))
    if found is None:
        raise refusals.refusal("this API key is not valid; it may have been revoked")
    db.commit()  # when the key was last used, whatever becomes of the request
    return Person(**found)


def validate_token(
    db: DbSession,
    settings: CurrentSettings,
    refusals: Refuser,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
) -> Person | None:
    """Return the person of an access token, None when none was sent. Raises NotSignedIn for one that is not valid."""
    if bearer is None:
        return None
    try:
        return Person(**people.get(db, tokens.user_of(bearer.credentials, secret_key(settings))))
    except (NotSignedIn, NotFound) as error:
        raise refusals.refusal(str(error)) from None


def get_current_user(
    db: DbSession,
    settings: CurrentSettings,
    by_key: Annotated[Person | None, Depends(validate_api_key)],
    by_token: Annotated[Person | None, Depends(validate_token)],
) -> Person:
    """Return who is asking. Raises NotSignedIn."""
    if known := by_key or by_token:
        return known
    if not is_local(settings):
        raise NotSignedIn("sign in with POST /api/v1/auth/google, or send an API key as X-API-Key")
    found = people.local(db)
    db.commit()
    return Person(**found)


CurrentUser = Annotated[Person, Depends(get_current_user)]


def within_limits(response: Response, person: CurrentUser, limit: RequestLimit) -> None:
    """Count the request of a person, and say what is left."""
    response.headers.update(limiting.count(limit, "person", str(person.id)))
