"""Signing in with Google, and who is signed in."""

from typing import Any

from fastapi import APIRouter, Depends

from api import google, tokens
from api.auth import CurrentUser, Person, within_limits
from api.dependencies import CurrentSettings, DbSession
from api.google import Transport
from api.limiting import count_sign_in
from api.openapi import problems
from api.schemas.people import Credential, Me, SignedIn
from api.secret import secret_key
from worker.errors import Conflict
from worker.store import people

router = APIRouter(tags=["people"])


@router.post(
    "/auth/google", response_model=SignedIn, responses=problems(404, 409), dependencies=[Depends(count_sign_in)]
)
def sign_in_with_google(
    wish: Credential, db: DbSession, settings: CurrentSettings, transport: Transport
) -> dict[str, Any]:
    """Exchange Google's ID token for an access token; the first time, the person is created."""
    account = google.verify(wish.credential, settings, transport)
    person = people.get_or_create_google(db, sub=account.sub, email=account.email, name=account.name)
    if person is None:
        raise Conflict(f"{account.email} belongs to another Google account here")
    db.commit()
    token = tokens.access_token(person["id"], secret_key(settings))
    return {"access_token": token, "expires_in": int(tokens.LIFETIME.total_seconds()), "user": person}


@router.get("/me", response_model=Me, dependencies=[Depends(within_limits)])
def get_me(person: CurrentUser) -> Person:
    """Return who is asking."""
    return person
