"""A browser's session: its cookie as browsers see it, how it ends, and which pages may use it."""

from datetime import UTC, datetime, timedelta

import pytest
from limits import parse
from sqlalchemy import text

from api import limiting
from tests.api.conftest import SECRET
from tests.api.signing_in import COOKIE, OURS, URL, bearer, browser, cookie_of, count, key, link, person, sign_in
from worker import tasks
from worker.settings import get_settings


def moved(db, **columns: str) -> None:
    """Move a session's moments, as SQL writes them."""
    db.execute(text(f"UPDATE browser_sessions SET {', '.join(f'{name} = {to}' for name, to in columns.items())}"))
    db.commit()


def stored(db) -> dict:
    db.rollback()
    return dict(db.execute(text("SELECT * FROM browser_sessions")).mappings().one())


def test_over_https_the_cookie_is_of_this_host_alone_and_no_script_reads_it(accounts, db):
    cookie = cookie_of(browser(accounts).post(link(db, person(db))))
    assert cookie.key == COOKIE
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert int(cookie["max-age"]) == timedelta(days=180).total_seconds()
    assert len(cookie.value) == 43


def test_over_http_the_cookie_cannot_be_secure_and_says_so_by_its_name(accounts, settings, db):
    settings(ROLECALL_URL="http://127.0.0.1:8000")
    cookie = cookie_of(browser(accounts, "http://127.0.0.1:8000").post(link(db, person(db))))
    assert (cookie.key, cookie["secure"], cookie["httponly"]) == ("rolecall_session", "", True)


def test_only_the_hmac_of_a_cookie_is_stored(accounts, db):
    client = sign_in(accounts, db, person(db))
    value = client.cookies[COOKIE]
    row = stored(db)
    assert len(row["digest"]) == 32
    assert value not in str(row)
    assert value.encode() not in bytes(row["digest"])


def test_a_session_is_listed_with_its_browser_and_stands_for_its_person(accounts, db):
    ada = person(db)
    client = sign_in(accounts, db, ada, **{"User-Agent": "Firefox\x01/142.0 " + "x" * 500})
    elsewhere = sign_in(accounts, db, ada, **{"User-Agent": "Safari"})
    assert client.get("/api/v1/me").json()["email"] == "ada@example.org"
    first, second = client.get("/api/v1/sessions").json()["items"]
    assert first["browser"].startswith("Firefox/142.0 xxx")
    assert len(first["browser"]) == 200
    assert (first["current"], second["current"]) == (True, False)
    assert (second["browser"], second["id"]) == ("Safari", first["id"] + 1)
    assert [one["current"] for one in elsewhere.get("/api/v1/sessions").json()["items"]] == [False, True]
    assert [one["current"] for one in client.get("/api/v1/sessions", headers=bearer(ada)).json()["items"]] == [
        False
    ] * 2


def test_sessions_come_in_parts(accounts, db):
    ada = person(db)
    clients = [sign_in(accounts, db, ada) for _ in range(3)]
    first = clients[0].get("/api/v1/sessions", params={"limit": 2}).json()
    rest = clients[0].get("/api/v1/sessions", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [len(first["items"]), len(rest["items"]), rest["next_cursor"]] == [2, 1, None]


def test_each_sign_in_has_a_cookie_of_its_own_and_ends_the_session_before(accounts, db):
    ada = person(db)
    client = browser(accounts)
    client.cookies.set(COOKIE, "planted-by-somebody-else", domain="jobs.example.org")
    client.post(link(db, ada))
    first = client.cookies[COOKIE]
    assert first != "planted-by-somebody-else"
    client.post(link(db, ada))
    second = client.cookies[COOKIE]
    assert second not in (first, "planted-by-somebody-else")
    for value, status in ((first, 401), ("planted-by-somebody-else", 401), (second, 200)):
        assert browser(accounts).get("/api/v1/me", headers={"Cookie": f"{COOKIE}={value}"}).status_code == status
    assert count(db, "browser_sessions") == 1


def test_signing_out_ends_the_session_here_and_in_the_browser(accounts, db):
    client = sign_in(accounts, db, person(db))
    value = client.cookies[COOKIE]
    answer = client.delete("/api/v1/sessions/current")
    assert answer.status_code == 204
    cleared = cookie_of(answer)
    assert (cleared.key, cleared.value, cleared["max-age"], cleared["secure"]) == (COOKIE, "", "0", True)
    assert COOKIE not in client.cookies
    replayed = browser(accounts).get("/api/v1/me", headers={"Cookie": f"{COOKIE}={value}"})
    assert replayed.status_code == 401
    assert "this session has ended" in replayed.json()["detail"]
    assert count(db, "browser_sessions") == 0


def test_without_a_session_there_is_none_to_sign_out_of(accounts, db):
    answer = browser(accounts).delete("/api/v1/sessions/current", headers=key(db, person(db)))
    assert answer.status_code == 404


def test_a_lost_browser_is_signed_out_from_another(accounts, db):
    ada = person(db)
    client, lost = sign_in(accounts, db, ada), sign_in(accounts, db, ada)
    number = client.get("/api/v1/sessions").json()["items"][1]["id"]
    assert client.delete(f"/api/v1/sessions/{number}").status_code == 204
    assert (client.get("/api/v1/me").status_code, lost.get("/api/v1/me").status_code) == (200, 401)
    assert client.delete(f"/api/v1/sessions/{number}").status_code == 404


def test_all_other_browsers_are_signed_out_at_once_and_nobody_elses(accounts, db):
    ada, eve = person(db), person(db, "eve@example.org")
    client, other, hers = sign_in(accounts, db, ada), sign_in(accounts, db, ada), sign_in(accounts, db, eve)
    assert client.delete("/api/v1/sessions").status_code == 204
    assert [one.get("/api/v1/me").status_code for one in (client, other, hers)] == [200, 401, 200]
    assert client.delete("/api/v1/sessions", headers=bearer(ada)).status_code == 204
    assert [one.get("/api/v1/me").status_code for one in (client, hers)] == [401, 200]


def test_nobody_sees_or_ends_a_session_of_somebody_elses(accounts, db):
    ada, eve = sign_in(accounts, db, person(db)), sign_in(accounts, db, person(db, "eve@example.org"))
    [hers] = ada.get("/api/v1/sessions").json()["items"]
    assert eve.delete(f"/api/v1/sessions/{hers['id']}").status_code == 404
    assert hers["id"] not in [one["id"] for one in eve.get("/api/v1/sessions").json()["items"]]
    assert ada.get("/api/v1/me").status_code == 200


def test_a_session_that_nobody_used_for_thirty_days_has_ended(accounts, db):
    client = sign_in(accounts, db, person(db))
    assert stored(db)["expires_at"] - stored(db)["created_at"] == timedelta(days=30)
    moved(db, expires_at="now() - interval '1 second'")
    assert client.get("/api/v1/me").status_code == 401
    assert client.get("/api/v1/sessions", headers=bearer(1)).json()["items"] == []


def test_each_use_makes_a_session_last_for_thirty_days_more(accounts, db):
    client = sign_in(accounts, db, person(db))
    moved(db, last_used_at="now() - interval '29 days'", expires_at="now() + interval '1 day'")
    client.get("/api/v1/me")
    row, now = stored(db), datetime.now(UTC)
    assert now - row["last_used_at"] < timedelta(minutes=1)
    assert timedelta(days=29, hours=23) < row["expires_at"] - now <= timedelta(days=30)


def test_no_session_lasts_for_over_180_days(accounts, db):
    client = sign_in(accounts, db, person(db))
    moved(db, created_at="now() - interval '179 days'", last_used_at="now() - interval '1 day'")
    client.get("/api/v1/me")
    row = stored(db)
    assert row["expires_at"] - row["created_at"] == timedelta(days=180)


def test_uses_within_a_minute_are_noted_once(accounts, db):
    client = sign_in(accounts, db, person(db))
    moved(db, last_used_at="now() - interval '50 seconds'")
    before = stored(db)
    client.get("/api/v1/me")
    assert stored(db) == before


CHANGES = {"name": "laptop"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://jobs.example.org.evil.example"},
        {"Origin": "https://other.example.org", "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://jobs.example.org"},
        {"Origin": "https://jobs.example.org:8443"},
        {"Origin": "http://localhost:5173"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://["},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
    ids=str,
)
def test_a_page_from_elsewhere_changes_nothing_with_a_cookie(accounts, db, headers):
    client = sign_in(accounts, db, person(db))
    del client.headers["Origin"]
    answer = client.post("/api/v1/api-keys", json=CHANGES, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:rolecall:problem:forbidden"
    assert URL in answer.json()["detail"]
    assert client.get("/api/v1/api-keys", headers=headers).json()["items"] == []


@pytest.mark.parametrize(
    "headers",
    [
        OURS,
        {**OURS, "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
def test_a_page_of_ours_may_change_things(accounts, db, headers):
    client = sign_in(accounts, db, person(db))
    del client.headers["Origin"]
    assert client.post("/api/v1/api-keys", json=CHANGES, headers=headers).status_code == 201


@pytest.mark.parametrize(("origin", "status"), [("http://localhost:8000", 201), ("http://localhost:5173", 403)])
def test_on_this_machine_a_page_of_another_port_is_another_page(accounts, settings, db, origin, status):
    """Cookies do not tell ports apart, and people type localhost where ROLECALL_URL says 127.0.0.1."""
    settings(ROLECALL_URL="http://127.0.0.1:8000")
    client = sign_in(accounts, db, person(db), "http://localhost:8000")
    assert client.post("/api/v1/api-keys", json=CHANGES, headers={"Origin": origin}).status_code == status


def test_whoever_sends_a_header_needs_no_page_of_ours(accounts, db):
    ada = person(db)
    client = sign_in(accounts, db, ada)
    for credential in (key(db, ada), bearer(ada)):
        headers = {"Origin": "https://tool.example", **credential}
        assert client.post("/api/v1/api-keys", json=CHANGES, headers=headers).status_code == 201


def test_a_wrong_header_is_not_mended_by_a_cookie(accounts, db):
    client = sign_in(accounts, db, person(db))
    assert client.get("/api/v1/me", headers={"X-API-Key": "rc_wrong"}).status_code == 401


def test_a_proxys_own_password_is_no_credential_of_ours(accounts, db):
    client = sign_in(accounts, db, person(db))
    client.headers["Authorization"] = "Basic bWU6cHc="
    assert client.get("/api/v1/me").status_code == 200
    assert client.post("/api/v1/api-keys", json=CHANGES, headers={"Origin": "https://x.example"}).status_code == 403


def test_rubbish_in_the_cookie_is_an_ended_session_and_no_attack(app, accounts, db):
    app.dependency_overrides[limiting.sign_in_limit] = lambda: parse("2/minute")
    for value in ("", "x", "ä" * 20, "x" * 5000, "a b", '"', "%00"):
        answer = browser(accounts).get("/api/v1/me", headers={"Cookie": f"{COOKIE}={value}".encode()})
        assert answer.status_code == 401


def test_the_cookie_of_an_insecure_address_does_not_open_a_secure_one(accounts, settings, db):
    settings(ROLECALL_URL="http://127.0.0.1:8000")
    client = sign_in(accounts, db, person(db), "http://127.0.0.1:8000")
    value = client.cookies["rolecall_session"]
    settings(ROLECALL_URL=URL)
    assert browser(accounts).get("/api/v1/me", headers={"Cookie": f"rolecall_session={value}"}).status_code == 401


def test_another_secret_ends_all_sessions(accounts, settings, db):
    client = sign_in(accounts, db, person(db))
    settings(ROLECALL_SECRET_KEY=SECRET + " of another time")
    assert client.get("/api/v1/me").status_code == 401


def test_a_disabled_person_is_signed_out_everywhere(accounts, db):
    ada, root = person(db), person(db, "root@example.org", "admin")
    client, admin = sign_in(accounts, db, ada), sign_in(accounts, db, root)
    assert admin.patch(f"/api/v1/people/{ada}", json={"disabled": True}).status_code == 200
    assert client.get("/api/v1/me").status_code == 401
    assert admin.get("/api/v1/me").status_code == 200


def test_a_session_that_outlived_the_disabling_is_refused(accounts, db):
    """One that is begun in the moment in which an admin disables the person."""
    client = sign_in(accounts, db, person(db))
    db.execute(text("UPDATE users SET disabled_at = now()"))
    db.commit()
    answer = client.get("/api/v1/me")
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:rolecall:problem:sign-in-refused"


def test_a_local_installation_needs_no_session_and_heeds_none(client):
    answer = client.get("/api/v1/me", headers={"Cookie": "rolecall_session=left-from-before"})
    assert answer.json()["email"] == "local@rolecall.localhost"
    assert client.get("/api/v1/sessions").json()["items"] == []
    assert client.delete("/api/v1/sessions/current").status_code == 404


def test_what_has_ended_is_forgotten_within_the_hour(accounts, db):
    ada = person(db)
    client = sign_in(accounts, db, ada)
    sign_in(accounts, db, ada)
    link(db, ada)
    db.execute(text("UPDATE browser_sessions SET expires_at = now() WHERE id = 2"))
    db.execute(text("UPDATE login_links SET expires_at = now() WHERE id = 1"))
    db.commit()
    tasks.forget_sessions()
    assert (count(db, "browser_sessions"), count(db, "login_links")) == (1, 2)
    assert client.get("/api/v1/me").status_code == 200
    from celeryconfig import beat_schedule

    assert 3600.0 in [one["schedule"] for one in beat_schedule.values() if one["task"] == "people.forget"]


def test_settings_name_the_address_as_browsers_do(accounts, settings, db):
    settings(ROLECALL_URL="HTTPS://Jobs.Example.org:443/")
    assert get_settings().public_url == URL
    client = sign_in(accounts, db, person(db))
    assert client.post("/api/v1/api-keys", json=CHANGES).status_code == 201
