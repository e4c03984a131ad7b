"""People of an installation with accounts, and what they sign in with, written as sign-in writes it."""

from http.cookies import Morsel, SimpleCookie

from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api import tokens
from tests.api.conftest import SECRET
from worker import accounts
from worker.settings import get_settings
from worker.store import keys, people

URL = "https://jobs.example.org"
COOKIE = "__Host-rolecall_session"
OURS = {"Origin": URL}


def person(db: Session, email: str = "ada@example.org", role: str = "member", *, name: str | None = None) -> int:
    """Add somebody who has signed in before."""
    user = people.add(db, email=email, name=name, role=role)["id"]
    people.signed_in(db, user, admin=False)
    db.commit()
    return user


def key(db: Session, user: int) -> dict[str, str]:
    """Return the header of a new API key."""
    made = tokens.new_api_key()
    keys.add(db, user, name="key", prefix=tokens.prefix_of(made), digest=tokens.digest_of(made, SECRET.encode()))
    db.commit()
    return {"X-API-Key": made}


def bearer(user: int) -> dict[str, str]:
    """Return the header of an access token."""
    return {"Authorization": f"Bearer {tokens.access_token(user, SECRET.encode())}"}


def link(db: Session, user: int) -> str:
    """Return the path of a new link."""
    made = accounts.link(db, get_settings(), user).url
    db.commit()
    return made.removeprefix(get_settings().public_url)


def browser(app, base_url: str = URL, **headers: str) -> TestClient:
    """Return a browser: it keeps cookies, and says where its pages come from when it changes something."""
    return TestClient(app, base_url=base_url, follow_redirects=False, headers={"Origin": base_url, **headers})


def sign_in(app, db: Session, user: int, base_url: str = URL, **headers: str) -> TestClient:
    """Return a browser that somebody has signed in with by a link."""
    client = browser(app, base_url, **headers)
    assert client.post(link(db, user)).status_code == 303
    return client


def cookie_of(answer) -> Morsel[str]:
    """Return the one cookie an answer sets."""
    [header] = answer.headers.get_list("set-cookie")
    [morsel] = SimpleCookie(header).values()
    return morsel


def count(db: Session, table: str) -> int:
    """Return how many rows a table has."""
    db.rollback()
    return db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
