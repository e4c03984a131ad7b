"""Admins and members: who may do what, and what becomes of people."""

import threading

import pytest
from sqlalchemy import text

from tests.api import building
from tests.api.conftest import CLIENT_ID
from tests.api.signing_in import URL, bearer, browser, count, key, link, person, sign_in
from tests.api.test_auth import google_  # noqa: F401 - a fixture
from tests.api.test_auth import sign_in as sign_in_by_google
from worker import accounts as rules
from worker.models import Base
from worker.resources import database
from worker.store import people, scans

PEOPLE = "/api/v1/people"

ADMINS_ONLY = [
    ("GET", PEOPLE, None),
    ("POST", PEOPLE, {"email": "eve@example.org", "role": "admin"}),
    ("GET", f"{PEOPLE}/1", None),
    ("PATCH", f"{PEOPLE}/1", {"role": "member"}),
    ("PATCH", f"{PEOPLE}/2", {"role": "admin"}),
    ("DELETE", f"{PEOPLE}/1", None),
    ("PATCH", "/api/v1/companies/1", {"name": "Evil"}),
    ("DELETE", "/api/v1/companies/1", None),
    ("POST", "/api/v1/suggestions/1/accept", None),
    ("POST", "/api/v1/suggestions/1/dismiss", None),
    ("POST", "/api/v1/scans/1/cancel", None),
]


@pytest.fixture
def root(accounts, db):
    """A browser of the admin, person 1."""
    return sign_in(accounts, db, person(db, "root@example.org", "admin"))


@pytest.fixture
def ada(accounts, db, root):
    """A browser of a member, person 2."""
    return sign_in(accounts, db, person(db))


@pytest.fixture
def company(db):
    """A company, a suggestion for its board, and a scan that the schedule started."""
    added = building.company(db)
    db.execute(text("UPDATE boards SET gone_at = now()"))
    db.execute(
        text("""INSERT INTO suggestions (board_id, ats, key, url, certainty, evidence)
            VALUES (:board, 'ashby', 'acme', 'https://jobs.ashbyhq.com/acme', 'likely', 'its name')"""),
        {"board": added.board_id},
    )
    building.scan(db)
    return added


def rows(db) -> dict[str, str]:
    """What is stored, but for when whoever asked was last seen."""
    return {name: one for name, one in building.digest(db).items() if name not in ("browser_sessions", "api_keys")}


@pytest.mark.parametrize(("method", "path", "body"), ADMINS_ONLY)
def test_a_member_is_refused_and_nothing_changes(root, ada, company, db, method, path, body):
    before = rows(db)
    answer = ada.request(method, path, json=body)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:rolecall:problem:forbidden"
    assert "ada@example.org is a member; ask an admin" in answer.json()["detail"]
    assert rows(db) == before


@pytest.mark.parametrize(("method", "path", "body"), ADMINS_ONLY[4:5] + ADMINS_ONLY[6:])
def test_an_admin_is_not(root, ada, company, db, method, path, body):
    before = rows(db)
    assert root.request(method, path, json=body).status_code in (200, 204)
    assert rows(db) != before


def test_a_role_holds_whatever_a_person_asks_with(accounts, root, ada, company, db):
    for credential in (key(db, 2), bearer(2)):
        assert browser(accounts).get(PEOPLE, headers=credential).status_code == 403
    people.change(db, 2, {"role": "admin"})
    db.commit()
    for credential in (key(db, 2), bearer(2), {}):
        assert ada.get(PEOPLE, headers=credential).status_code == 200


def test_a_member_may_add_companies_and_scan_them(ada, db):
    wish = {"url": "https://boards.greenhouse.io/globex", "scan": False}
    assert ada.post("/api/v1/companies", json=wish).status_code == 201
    lines = {"content": "https://jobs.lever.co/initech", "headers": {"Content-Type": "text/plain"}}
    assert ada.post("/api/v1/companies/import", **lines).json()["added"] == 1
    assert ada.post("/api/v1/scans", json={"all": True}).status_code == 202
    assert ada.get("/api/v1/companies").status_code == 200


def test_members_cancel_the_scans_they_started_and_admins_anybodys(ada, root, company):
    own = ada.post("/api/v1/scans", json={"all": True}).json()["id"]
    others = root.post("/api/v1/scans", json={"all": True}).json()["id"]
    assert ada.post(f"/api/v1/scans/{others}/cancel").status_code == 403
    assert ada.post(f"/api/v1/scans/{own}/cancel").json()["state"] == "cancelled"
    assert root.post(f"/api/v1/scans/{others}/cancel").json()["state"] == "cancelled"
    assert ada.post("/api/v1/scans/999/cancel").status_code == 404


def test_people_are_listed_in_parts_without_what_they_sign_in_with(root, ada, db):
    db.execute(text("UPDATE users SET google_sub = 'g-secret' WHERE id = 2"))
    db.commit()
    first = root.get(PEOPLE, params={"limit": 1}).json()
    rest = root.get(PEOPLE, params={"cursor": first["next_cursor"]}).json()
    assert [(one["email"], one["role"]) for one in first["items"] + rest["items"]] == [
        ("root@example.org", "admin"), ("ada@example.org", "member"),
    ]  # fmt: skip
    assert set(rest["items"][0]) == {"id", "email", "name", "role", "created_at", "signed_in_at", "disabled_at"}
    assert rest["items"][0]["signed_in_at"]
    assert root.get(f"{PEOPLE}/2").json() == rest["items"][0]
    assert root.get(f"{PEOPLE}/99").status_code == 404


# --- invited


def test_an_invitation_lets_somebody_in_once_within_a_week(accounts, root, db):
    answer = root.post(PEOPLE, json={"email": "Eve@Example.org", "name": " Eve  Example "})
    assert answer.status_code == 201
    eve, its_link = answer.json()["person"], answer.json()["link"]
    assert answer.headers["location"] == f"{PEOPLE}/{eve['id']}"
    assert (eve["email"], eve["name"], eve["role"]) == ("eve@example.org", "Eve Example", "member")
    assert eve["signed_in_at"] is None
    lasts = text("SELECT expires_at - created_at = interval '7 days' FROM login_links WHERE user_id = :id")
    assert db.execute(lasts, {"id": eve["id"]}).scalar_one()
    client = browser(accounts)
    assert client.post(its_link["url"].removeprefix(URL)).status_code == 303
    assert client.get("/api/v1/me").json()["name"] == "Eve Example"
    assert browser(accounts).post(its_link["url"].removeprefix(URL)).status_code == 401


def test_an_invitation_that_was_lost_is_replaced(accounts, root):
    first = root.post(PEOPLE, json={"email": "eve@example.org", "name": "Eve"}).json()
    second = root.post(PEOPLE, json={"email": "EVE@example.org", "role": "admin"}).json()
    assert second["person"] == {**first["person"], "role": "admin"}
    assert browser(accounts).post(first["link"]["url"].removeprefix(URL)).status_code == 401
    assert browser(accounts).post(second["link"]["url"].removeprefix(URL)).status_code == 303


def test_nobody_gets_a_link_for_somebody_who_is_here(root, ada, db):
    """It would let an admin be that person."""
    people.local(db)
    db.commit()
    before = count(db, "login_links")
    for email in ("ada@example.org", people.LOCAL_EMAIL, "root@example.org"):
        answer = root.post(PEOPLE, json={"email": email, "role": "member"})
        assert answer.status_code == 409
        assert "is here already" in answer.json()["detail"]
    assert count(db, "login_links") == before


@pytest.mark.parametrize(
    "wish", [{}, {"email": "eve"}, {"email": "e@x.example", "role": "owner"}, {"email": "e@x.example", "name": ""}]
)
def test_an_invitation_that_cannot_be_understood_invites_nobody(root, db, wish):
    assert root.post(PEOPLE, json=wish).status_code == 422
    assert count(db, "users") == 1


# --- changed


def test_a_person_is_renamed_made_an_admin_and_a_member_again(root, ada):
    changed = root.patch(f"{PEOPLE}/2", json={"name": "Ada", "role": "admin"}).json()
    assert (changed["name"], changed["role"]) == ("Ada", "admin")
    assert ada.get(PEOPLE).status_code == 200
    assert root.patch(f"{PEOPLE}/2", json={"role": "member"}).json()["name"] == "Ada"
    assert ada.get(PEOPLE).status_code == 403
    assert root.patch(f"{PEOPLE}/2", json={"name": None}).json()["name"] is None
    assert root.patch(f"{PEOPLE}/2", json={}).status_code == 200
    assert root.patch(f"{PEOPLE}/99", json={"name": "x"}).status_code == 404


@pytest.mark.parametrize("wish", [{"role": None}, {"role": "owner"}, {"disabled": None}, {"name": "x" * 201}, []])
def test_a_change_that_cannot_be_understood_changes_nothing(root, ada, db, wish):
    before = rows(db)
    assert root.patch(f"{PEOPLE}/2", json=wish).status_code == 422
    assert rows(db) == before


def test_a_disabled_person_is_refused_until_enabled_and_signs_in_anew(accounts, root, ada, db):
    credentials = (key(db, 2), bearer(2))
    path = link(db, 2)
    assert root.patch(f"{PEOPLE}/2", json={"disabled": True}).json()["disabled_at"]
    client = browser(accounts)
    for credential in credentials:
        answer = client.get("/api/v1/me", headers=credential)
        assert answer.status_code == 403
        assert answer.json()["detail"].startswith("the account of ada@example.org has been disabled")
    assert ada.get("/api/v1/me").status_code == 401
    first = root.patch(f"{PEOPLE}/2", json={"disabled": True}).json()["disabled_at"]
    assert root.get(f"{PEOPLE}/2").json()["disabled_at"] == first
    assert root.patch(f"{PEOPLE}/2", json={"disabled": False}).json()["disabled_at"] is None
    assert [client.get("/api/v1/me", headers=one).status_code for one in credentials] == [200, 200]
    assert ada.get("/api/v1/me").status_code == 401
    assert client.post(path).status_code == 401


LAST = [
    ("PATCH", f"{PEOPLE}/1", {"role": "member"}),
    ("PATCH", f"{PEOPLE}/1", {"disabled": True}),
    ("DELETE", f"{PEOPLE}/1", None),
    ("DELETE", "/api/v1/me", None),
]


@pytest.mark.parametrize(("method", "path", "body"), LAST)
def test_the_last_admin_stays_one(root, ada, db, method, path, body):
    people.local(db)  # an admin, but none who could sign in
    people.change(db, people.add(db, email="off@example.org", role="admin")["id"], {"disabled": True})
    db.commit()
    answer = root.request(method, path, json=body)
    assert answer.status_code == 409
    assert "make somebody else an admin first" in answer.json()["detail"]
    assert root.get(PEOPLE).status_code == 200
    root.patch(f"{PEOPLE}/2", json={"role": "admin"})
    assert root.request(method, path, json=body).status_code in (200, 204)
    assert ada.get(PEOPLE).status_code == 200


def test_of_two_admins_who_leave_at_the_same_moment_one_stays(root, accounts, db):
    """The second asks while the first one's leaving is not committed yet."""
    other, statuses = sign_in(accounts, db, person(db, "two@example.org", "admin")), []
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with database() as first:
        rules.remove(first, 1)
        second = threading.Thread(target=lambda: statuses.append(other.delete("/api/v1/me").status_code))
        second.start()
        while second.is_alive() and not db.execute(waits).scalar_one():
            db.rollback()
            second.join(0.01)
        first.commit()
        second.join()
    assert statuses == [409]
    db.rollback()
    assert [row["email"] for row in people.page(db)] == ["two@example.org"]


@pytest.mark.parametrize(
    ("method", "body"), [("PATCH", {"role": "member"}), ("PATCH", {"disabled": True}), ("DELETE", None)]
)
def test_the_person_of_the_command_line_stays_an_admin(root, db, method, body):
    local = people.local(db)["id"]
    db.commit()
    answer = root.request(method, f"{PEOPLE}/{local}", json=body)
    assert answer.status_code == 409
    assert "command line" in answer.json()["detail"]
    assert people.get(db, local)["role"] == "admin"


# --- removed

THEIRS = {
    "api_keys": "INSERT INTO api_keys (user_id, name, prefix, digest) VALUES (2, 'k', 'rc_', 'd')",
    "browser_sessions": "SELECT 1",  # the fixture's
    "login_links": "SELECT 1",
    "company_settings": "INSERT INTO company_settings (user_id, company_id) VALUES (2, 1)",
    "groups": "INSERT INTO groups (user_id, name) VALUES (2, 'dream')",
    "group_companies": "INSERT INTO group_companies (group_id, company_id) VALUES (1, 1)",
    "matches": "INSERT INTO matches (user_id, posting_id) VALUES (2, 1)",
    "match_actions": "INSERT INTO match_actions (user_id, action, before) VALUES (2, 'seen', '[]')",
    "channels": "INSERT INTO channels (user_id, name, kind, address, shown) VALUES (2, 'c', 'webhook', 'a', 's')",
    "deliveries": "INSERT INTO deliveries (channel_id, kind, body) VALUES (1, 'test', '{}')",
    "delivery_tries": "INSERT INTO delivery_tries (delivery_id, ok, answer, milliseconds) VALUES (1, true, 'a', 1)",
    "alerts": "INSERT INTO alerts (channel_id, match_id, scan_run_id) VALUES (1, 1, 1)",
    "feeds": "INSERT INTO feeds (user_id, name, nonce) VALUES (2, 'f', 'n')",
}
SHARED = {
    *("companies", "boards", "postings", "posting_events", "role_keys", "scans", "scan_runs", "suggestions"),
    *("vendor_days", "drifts", "board_weeks", "run_days", "vendor_weeks", "users"),
}


def test_every_table_is_somebodys_or_everybodys():
    assert {table.name for table in Base.metadata.sorted_tables} == set(THEIRS) | SHARED


def test_with_a_person_all_that_is_theirs_goes_and_nothing_else(root, ada, company, db):
    building.postings(db, company.board_id, "Engineer")
    db.commit()
    for statement in THEIRS.values():
        db.execute(text(statement))
    db.commit()
    kept = {name: count(db, name) for name in SHARED}
    ada.post("/api/v1/scans", json={"all": True}, headers={"Idempotency-Key": "mine"})
    assert all(count(db, name) for name in THEIRS)
    assert root.delete(f"{PEOPLE}/2").status_code == 204
    assert {name: count(db, name) for name in THEIRS if count(db, name)} == {"browser_sessions": 1, "login_links": 1}
    now = {name: count(db, name) for name in SHARED}
    assert now == kept | {"users": 1, "scans": kept["scans"] + 1, "scan_runs": kept["scan_runs"] + 1}
    assert ada.get("/api/v1/me").status_code == 401
    assert ada.get("/api/v1/me", headers=bearer(2)).status_code == 401
    assert root.delete(f"{PEOPLE}/2").status_code == 404


def test_two_who_named_their_scans_alike_can_both_leave(accounts, root, company, db):
    for email in ("a@example.org", "b@example.org"):
        client = sign_in(accounts, db, person(db, email))
        assert client.post("/api/v1/scans", json={"all": True}, headers={"Idempotency-Key": "1"}).status_code == 202
        assert client.delete("/api/v1/me").status_code == 204
    assert [row["user_id"] for row in scans.page(db, before=None, most=2)] == [None, None]


# --- oneself


def test_everybody_sees_and_names_themselves(ada):
    me = ada.get("/api/v1/me").json()
    assert (me["email"], me["name"], me["role"]) == ("ada@example.org", None, "member")
    assert ada.patch("/api/v1/me", json={"name": " Ada  Lovelace "}).json() == {**me, "name": "Ada Lovelace"}
    assert ada.patch("/api/v1/me", json={"role": "admin"}).json()["role"] == "member"
    assert ada.get("/api/v1/me").json()["name"] == "Ada Lovelace"


def test_a_name_that_somebody_chose_is_not_replaced_by_googles(accounts, settings, google_, db):  # noqa: F811
    settings(GOOGLE_CLIENT_ID=CLIENT_ID)
    person(db, name="Countess")
    assert sign_in_by_google(browser(accounts), google_).json()["user"]["name"] == "Countess"
    assert sign_in_by_google(browser(accounts), google_).json()["user"]["name"] == "Countess"


def test_who_leaves_is_signed_out(accounts, root, ada, db):
    answer = ada.delete("/api/v1/me")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not ada.cookies
    assert count(db, "users") == 1
    assert ada.get("/api/v1/me").status_code == 401


def test_the_person_of_a_local_installation_is_an_admin_who_stays(client, db):
    assert client.get("/api/v1/me").json()["role"] == "admin"
    assert client.get(PEOPLE).json()["items"][0]["email"] == people.LOCAL_EMAIL
    assert client.delete("/api/v1/me").status_code == 409
    assert client.patch("/api/v1/me", json={"name": "Me"}).json()["name"] == "Me"
    db.execute(text("UPDATE users SET role = 'member', disabled_at = now()"))
    db.commit()
    assert client.get("/api/v1/me").json()["role"] == "admin"
