"""`rolecall login-link`: who gets a link, what it says beside it, and that it works."""

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from api.app import create_app
from worker.store import people

URL = "https://jobs.example.org"
SECRET = "a secret that is long enough for HS256 and for everyone"


@pytest.fixture
def configured(elsewhere, redis):
    """An installation of several people."""
    elsewhere(ROLECALL_ACCOUNTS="true", ROLECALL_SECRET_KEY=SECRET, ROLECALL_URL=URL)
    return elsewhere


def use(printed: str) -> dict:
    """Open what was printed and press the button, then say who one is."""
    with TestClient(create_app(), base_url=URL, follow_redirects=False, headers={"Origin": URL}) as client:
        path = printed.strip().removeprefix(URL)
        assert client.get(path).status_code == 200
        assert client.post(path).status_code == 303
        assert client.post(path).status_code == 401
        return client.get("/api/v1/me").json()


def users(db) -> list[tuple[str, str]]:
    db.rollback()
    return [tuple(row) for row in db.execute(text("SELECT email, role FROM users ORDER BY id"))]


def test_the_first_admin_comes_in_by_a_printed_link(rolecall, db, configured):
    ran = rolecall("login-link", "Ada@Example.org", "--create", "--admin")
    assert ran.code == 0
    assert ran.out.startswith(f"{URL}/sign-in/")
    assert len(ran.out.splitlines()) == 1
    assert ran.err == "It signs in ada@example.org, an admin, once, within 15 minutes.\n"
    me = use(ran.out)
    assert (me["email"], me["role"]) == ("ada@example.org", "admin")


def test_the_first_who_is_added_is_an_admin_and_others_are_not(rolecall, db, configured):
    people.local(db)  # cannot sign in, so does not count
    db.commit()
    assert "an admin" in rolecall("login-link", "ada@example.org", "--create").err
    assert "a member" in rolecall("login-link", "eve@example.org", "--create").err
    assert users(db)[1:] == [("ada@example.org", "admin"), ("eve@example.org", "member")]


def test_whoever_is_here_gets_a_link_without_more_words(rolecall, db, configured):
    people.add(db, email="ada@example.org")
    db.commit()
    assert use(rolecall("login-link", "ada@example.org").out)["role"] == "member"
    assert use(rolecall("login-link", " ADA@example.org ", "--create").out)["role"] == "member"
    assert use(rolecall("login-link", "ada@example.org", "--admin").out)["role"] == "admin"
    assert users(db) == [("ada@example.org", "admin")]


def test_whoever_is_not_here_gets_none_unless_it_is_meant(rolecall, db, configured):
    ran = rolecall("login-link", "eve@example.org", "--admin")
    assert (ran.code, ran.out) == (1, "")
    assert "Nobody here has the address eve@example.org" in ran.err
    assert "--create adds them" in ran.err
    assert users(db) == []


def test_without_an_address_the_link_is_for_the_operator(rolecall, db, configured):
    ran = rolecall("login-link")
    assert (ran.code, ran.out) == (1, "")
    assert "set ROLECALL_ADMIN" in ran.err
    configured(ROLECALL_ADMIN="root@example.org")
    me = use(rolecall("login-link").out)
    assert (me["email"], me["role"]) == ("root@example.org", "admin")


def test_a_disabled_person_gets_none(rolecall, db, configured):
    people.change(db, people.add(db, email="ada@example.org")["id"], {"disabled": True})
    db.commit()
    ran = rolecall("login-link", "ada@example.org", "--admin")
    assert (ran.code, ran.out) == (1, "")
    assert "has been disabled" in ran.err
    assert users(db) == [("ada@example.org", "member")]
    assert db.execute(text("SELECT count(*) FROM login_links")).scalar_one() == 0


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a b@example.org", "Ada <ada@example.org>"])
def test_what_is_no_address_is_refused(rolecall, db, configured, email):
    ran = rolecall("login-link", email, "--create")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: ")
    assert users(db) == []


def test_where_nobody_signs_in_the_way_to_accounts_is_told(rolecall, db):
    ran = rolecall("login-link", "ada@example.org", "--create")
    assert (ran.code, ran.out) == (1, "")
    assert "ROLECALL_ACCOUNTS=true and ROLECALL_SECRET_KEY" in ran.err
    assert users(db) == []


def test_a_link_that_the_api_would_not_know_is_not_printed(rolecall, db, elsewhere):
    elsewhere(ROLECALL_ACCOUNTS="true", ROLECALL_SECRET_KEY=None)
    ran = rolecall("login-link", "ada@example.org", "--create")
    assert (ran.code, ran.out) == (1, "")
    assert "ROLECALL_SECRET_KEY is not set" in ran.err
    assert users(db) == []
