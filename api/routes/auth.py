"""Signing in with Google or with a link, and who is signed in."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api import google, sessions, tokens
from api.auth import CurrentUser, Refuser, within_limits
from api.dependencies import CurrentSettings, DbSession
from api.google import Transport
from api.limiting import count_sign_in
from api.links import LinkPostbox
from api.loopback import require_accounts
from api.openapi import problems
from api.origins import require_own_page
from api.schemas.people import Credential, LinkPromise, LinkToken, LinkWish, Me, MyChange, SignedIn
from api.versions import expected_version, tag
from worker import accounts
from worker.secret import secret_key
from worker.settings import Settings
from worker.store import people

router = APIRouter(tags=["people"])


@router.post(
    "/auth/google", response_model=SignedIn, responses=problems(404, 409), dependencies=[Depends(count_sign_in)]
)
def sign_in_with_google(
    wish: Credential,
    db: DbSession,
    settings: CurrentSettings,
    transport: Transport,
    request: Request,
    response: Response,
) -> dict[str, Any]:
    """Exchange Google's ID token for an access token, and for a session if it is wished for.

    The first time, the person is created if they may come in (ROLECALL_SIGN_UP).
    """
    if wish.session:
        require_own_page(request.headers, settings)
    account = google.verify(wish.credential, settings, transport)
    person = accounts.by_google(db, settings, sub=account.sub, email=account.email, name=account.name)
    if wish.session:
        sessions.start(db, settings, request, response, person["id"])
    db.commit()
    return _signed_in(person, settings)


@router.post(
    "/auth/links",
    response_model=LinkPromise,
    status_code=202,
    responses=problems(404),
    dependencies=[Depends(require_accounts)],
)
def ask_for_link(wish: LinkWish, settings: CurrentSettings, postbox: LinkPostbox) -> dict[str, int]:
    """Have a link to sign in with sent to an address. The answer is the same whether or not somebody here has it."""
    postbox.ask(settings, wish.email)
    return {"expires_in": int(accounts.LINK_LIFETIME.total_seconds())}


@router.post(
    "/auth/links/use",
    response_model=SignedIn,
    responses=problems(404),
    dependencies=[Depends(require_accounts), Depends(count_sign_in)],
)
def use_link(
    wish: LinkToken,
    db: DbSession,
    settings: CurrentSettings,
    refusals: Refuser,
    request: Request,
    response: Response,
) -> dict[str, Any]:
    """Exchange the token of a link for an access token, and for a session if it is wished for. It works once."""
    if wish.session:
        require_own_page(request.headers, settings)
    person = accounts.by_link(db, settings, wish.token)
    if person is None:
        raise refusals.refusal(accounts.DEAD_LINK)
    if wish.session:
        sessions.start(db, settings, request, response, person["id"])
    db.commit()
    return _signed_in(person, settings)


@router.get("/me", response_model=Me, dependencies=[Depends(within_limits)])
def get_me(db: DbSession, person: CurrentUser, response: Response) -> dict[str, Any]:
    """Return who is asking."""
    found = people.get(db, person.id)
    tag(response, people.version(found))
    return found


@router.patch("/me", response_model=Me, responses=problems(412), dependencies=[Depends(within_limits)])
def change_me(
    wish: MyChange,
    db: DbSession,
    person: CurrentUser,
    response: Response,
    expected: Annotated[int | None, Depends(expected_version)],
) -> accounts.Person:
    """Change one's own name."""
    changed = accounts.change(db, person.id, wish.model_dump(exclude_unset=True), expected=expected)
    db.commit()
    tag(response, people.version(changed))
    return changed


@router.delete("/me", status_code=204, responses=problems(409), dependencies=[Depends(within_limits)])
def remove_me(db: DbSession, person: CurrentUser, settings: CurrentSettings, response: Response) -> None:
    """Delete oneself with all that is one's own."""
    accounts.remove(db, person.id)
    sessions.clear(response, settings)
    db.commit()


def _signed_in(person: accounts.Person, settings: Settings) -> dict[str, Any]:
    token = tokens.access_token(person["id"], secret_key(settings))
    return {"access_token": token, "expires_in": int(tokens.LIFETIME.total_seconds()), "user": person}
