"""Who is asking: by an API key, an access token, a browser's session, or as the one person of a local installation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from api import limiting, sessions, tokens
from api.dependencies import CurrentSettings, DbSession
from api.errors import Forbidden, NotSignedIn
from api.limiting import RequestLimit, SignInLimit
from api.loopback import SAFE_METHODS, is_local
from api.origins import require_own_page
from worker import accounts
from worker.errors import NotFound
from worker.secret import secret_key
from worker.store import keys, people
from worker.store import sessions as stored_sessions

_BEARER = HTTPBearer(auto_error=False, description="The `access_token` of POST /auth/google or /auth/links/use")
_API_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, description="An API key of POST /api-keys")
_SESSION = APIKeyCookie(
    name=sessions.COOKIE,
    auto_error=False,
    description="A browser's session; `__Host-` comes before the name where ROLECALL_URL is https",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is asking; `session_id` is the browser's session they ask by, if it is one."""

    id: int
    email: str
    name: str | None
    role: str
    created_at: datetime
    session_id: int | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Person":
        """Return the person of a row. Raises SignInRefused for one who is disabled."""
        accounts.refuse_disabled(row)
        found = (row["id"], row["email"], row["name"], row["role"], row["created_at"])
        return cls(*found, session_id=row.get("session_id"))


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
    found = keys.use(db, tokens.digest_of(key, secret_key(settings)))
    if found is None:
        raise refusals.refusal("this API key is not valid; it may have been revoked")
    db.commit()  # when the key was last used, whatever becomes of the request
    return Person.of(found)


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
        return Person.of(people.get(db, tokens.user_of(bearer.credentials, secret_key(settings))))
    except (NotSignedIn, NotFound) as error:
        raise refusals.refusal(str(error)) from None


ByKey = Annotated[Person | None, Depends(validate_api_key)]
ByToken = Annotated[Person | None, Depends(validate_token)]


def validate_session(
    request: Request,
    db: DbSession,
    settings: CurrentSettings,
    by_key: ByKey,
    by_token: ByToken,
    _: Annotated[str | None, Security(_SESSION)],
) -> Person | None:
    """Return the person of a browser's session, None when none was sent, or not needed.

    Raises NotSignedIn for one that has ended, Forbidden for a change that a page from elsewhere asks for.
    """
    cookie = request.cookies.get(sessions.cookie_name(settings))
    if by_key or by_token or not cookie or is_local(settings):
        return None
    if request.method not in SAFE_METHODS:
        require_own_page(request.headers, settings)
    found = stored_sessions.use(db, sessions.digest_of(cookie, settings))
    if found is None:
        raise NotSignedIn("this session has ended; sign in again")
    db.commit()  # when the session was last used, whatever becomes of the request
    return Person.of(found)


def get_current_user(
    db: DbSession,
    settings: CurrentSettings,
    by_key: ByKey,
    by_token: ByToken,
    by_session: Annotated[Person | None, Depends(validate_session)],
) -> Person:
    """Return who is asking. Raises NotSignedIn, SignInRefused."""
    if known := by_key or by_token or by_session:
        return known
    if not is_local(settings):
        raise NotSignedIn(
            "sign in with POST /api/v1/auth/google or a link of POST /api/v1/auth/links, or send an API key "
            "as X-API-Key"
        )
    found = people.local(db)
    db.commit()
    return Person.of(found)


CurrentUser = Annotated[Person, Depends(get_current_user)]


def require_admin(person: CurrentUser) -> Person:
    """Return who is asking, an admin. Raises Forbidden."""
    if person.role != "admin":
        raise Forbidden(
            f"this is for admins of this installation, and {person.email} is a member; ask an admin to do it, or to "
            "make you one"
        )
    return person


def require_own(person: Person, owner: int | None) -> None:
    """Raise Forbidden for a thing of somebody else's, unless an admin asks."""
    if owner != person.id:
        require_admin(person)


Admin = Annotated[Person, Depends(require_admin)]


def within_limits(request: Request, person: CurrentUser, limit: RequestLimit) -> None:
    """Count the request of a person, and say what is left."""
    limiting.count_and_tell(request, limit, "person", str(person.id))
