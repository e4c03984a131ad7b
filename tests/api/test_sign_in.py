"""Coming in: by a link that was printed or mailed, and by Google; who may, and what tells nobody anything."""

import json
import logging
import os
import subprocess
import sys
import threading

import pytest
import requests
from limits import parse
from sqlalchemy import text

from api import links
from tests.api.conftest import CLIENT_ID, SECRET, serve
from tests.api.signing_in import COOKIE, OURS, URL, browser, cookie_of, count, key, link, person, sign_in
from tests.api.test_auth import google_  # noqa: F401 - a fixture
from tests.mailbox import Mailbox
from worker import accounts as rules
from worker import tasks
from worker.store import people

FORM = "/sign-in/google"


@pytest.fixture
def mailbox(accounts, settings):
    """A mail server that the installation sends through."""
    with Mailbox() as box:
        settings(ROLECALL_MAIL_URL=box.url)
        yield box


@pytest.fixture
def with_google(accounts, settings, google_):  # noqa: F811
    """Google's signer, for an installation that lets nobody in who was not invited."""
    settings(GOOGLE_CLIENT_ID=CLIENT_ID)
    return google_


def of_link(db, path: str) -> dict:
    return {"token": path.rsplit("/", 1)[1]}


def ask(client, email: str):
    return client.post("/api/v1/auth/links", json={"email": email})


# --- links


def test_opening_a_link_uses_nothing_up_and_tells_nothing(accounts, db):
    path = link(db, person(db))
    client = browser(accounts)
    pages = [client.get(path), client.get(path), client.get("/sign-in/" + "x" * 43), client.get("/sign-in/x")]
    assert {page.status_code for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    assert 'method="post"' in pages[0].text
    assert "ada" not in pages[0].text
    assert not client.cookies
    assert db.execute(text("SELECT count(*) FROM login_links WHERE used_at IS NULL")).scalar_one() == 1
    assert client.post(path).status_code == 303


def test_the_page_of_a_link_is_kept_by_nobody_and_keeps_its_address_to_itself(accounts, db):
    headers = browser(accounts).get(link(db, person(db))).headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    # `no-referrer` would make browsers send `Origin: null` with the form, `unsafe-url` would give the address away.
    assert headers["referrer-policy"] == "same-origin"


def test_a_link_signs_a_browser_in_once(accounts, db):
    path = link(db, person(db))
    client, late = browser(accounts), browser(accounts)
    answer = client.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/api/v1/me").json()["email"] == "ada@example.org"
    refused = late.post(path)
    assert (refused.status_code, refused.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "ask for a new one" in refused.text
    assert "set-cookie" not in refused.headers
    assert client.get("/api/v1/me").status_code == 200


def test_of_two_who_use_a_link_at_the_same_moment_one_comes_in(accounts, db):
    path = link(db, person(db))
    together, statuses = threading.Barrier(8), []

    def use() -> None:
        client = browser(accounts)
        together.wait()
        statuses.append(client.post(path).status_code)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, *[401] * 7]
    assert count(db, "browser_sessions") == 1


def test_a_link_works_for_fifteen_minutes(accounts, db):
    path = link(db, person(db))
    assert db.execute(text("SELECT expires_at - created_at FROM login_links")).scalar_one() == rules.LINK_LIFETIME
    db.execute(text("UPDATE login_links SET expires_at = now() - interval '1 second'"))
    db.commit()
    assert browser(accounts).post(path).status_code == 401
    assert browser(accounts).post("/api/v1/auth/links/use", json=of_link(db, path)).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 44, "%00", "%ED%A0%80", "ä" * 43, "..%2F", "y" * 5000])
def test_what_is_no_link_signs_nobody_in(accounts, db, token):
    person(db)
    answer = browser(accounts).post(f"/sign-in/{token}")
    assert answer.status_code in (401, 404)
    assert count(db, "browser_sessions") == 0


def test_only_the_hmac_of_a_link_is_stored(accounts, db):
    token = of_link(db, link(db, person(db)))["token"]
    row = db.execute(text("SELECT row_to_json(login_links)::text FROM login_links")).scalar_one()
    assert token not in row
    assert token.encode().hex() not in row


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}], ids=str)
def test_a_page_from_elsewhere_signs_nobody_in(accounts, db, headers):
    """Otherwise it could make its visitors somebody else, and read what they write then."""
    path = link(db, person(db))
    client = browser(accounts)
    assert client.post(path, headers=headers).status_code == 403
    wish = {**of_link(db, path), "session": True}
    assert client.post("/api/v1/auth/links/use", json=wish, headers=headers).status_code == 403
    assert not client.cookies
    assert client.post(path).status_code == 303


def test_a_program_exchanges_a_link_for_an_access_token(accounts, db):
    wish = of_link(db, link(db, person(db)))
    client = browser(accounts)
    del client.headers["Origin"]
    answer = client.post("/api/v1/auth/links/use", json=wish)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert client.get("/api/v1/me", headers=bearer).json() == answer.json()["user"]
    assert client.post("/api/v1/auth/links/use", json=wish).status_code == 401


def test_a_page_of_ours_may_exchange_a_link_for_a_session(accounts, db):
    client = browser(accounts)
    answer = client.post("/api/v1/auth/links/use", json={**of_link(db, link(db, person(db))), "session": True})
    assert (answer.status_code, cookie_of(answer).key) == (200, COOKIE)
    assert client.get("/api/v1/me").status_code == 200


def test_a_link_of_somebody_who_was_disabled_since_lets_nobody_in(accounts, db):
    ada = person(db)
    path = link(db, ada)
    db.execute(text("UPDATE users SET disabled_at = now()"))
    db.commit()
    answer = browser(accounts).post(path)
    assert answer.status_code == 403
    assert "disabled" in answer.text
    db.execute(text("UPDATE users SET disabled_at = NULL"))
    db.commit()
    rules.change(db, ada, {"disabled": True})
    rules.change(db, ada, {"disabled": False})
    db.commit()
    assert browser(accounts).post(path).status_code == 401


def test_what_a_page_says_of_an_error_cannot_be_markup(accounts, db):
    ada = people.add(db, email="<script>@example.org")["id"]
    path = link(db, ada)
    db.execute(text("UPDATE users SET disabled_at = now()"))
    db.commit()
    answer = browser(accounts).post(path)
    assert "<script>" not in answer.text
    assert "&lt;script&gt;@example.org" in answer.text


def test_links_stay_out_of_the_access_log(accounts, db, settings, caplog):
    logger = logging.getLogger("uvicorn.access")
    with serve(accounts) as url:
        settings(ROLECALL_URL=url)
        path = link(db, person(db))
        logger.addHandler(caplog.handler)
        logger.setLevel(logging.INFO)
        try:
            requests.get(url + path, timeout=10)
            requests.get(url + "/api/v1/companies?limit=10", timeout=10)
        finally:
            logger.removeHandler(caplog.handler)
    lines = [record.getMessage() for record in caplog.records if record.name == "uvicorn.access"]
    assert path not in str(lines)
    assert any('"GET /sign-in/… HTTP/1.1" 200' in line for line in lines)
    assert any("/api/v1/companies?limit=10" in line for line in lines)


# --- links by mail


def test_who_asks_gets_a_link_by_mail_that_signs_them_in(accounts, db, mailbox):
    person(db)
    client = browser(accounts)
    answer = ask(client, "Ada@Example.org")
    assert (answer.status_code, answer.json()) == (202, {"expires_in": 900})
    tasks.mail_link("ada@example.org")
    [mail] = mailbox.mails
    assert mail.to == ["ada@example.org"]
    assert mail.message["Subject"] == "Sign in to Rolecall"
    [line] = [line for line in mail.text.splitlines() if "/sign-in/" in line]
    assert line.startswith(f"{URL}/sign-in/")
    assert client.post(line.removeprefix(URL)).status_code == 303


def messages(redis) -> list[dict]:
    """What waits for workers who serve people, without what differs each time."""
    found = [json.loads(one) for one in redis.lrange("interactive", 0, -1)]
    return [{"task": one["headers"]["task"], "expires": bool(one["headers"]["expires"])} for one in found]


def test_the_answer_does_not_tell_whether_somebody_has_the_address(accounts, db, mailbox, redis):
    person(db)
    client = browser(accounts)
    known, unknown = ask(client, "ada@example.org"), ask(client, "eve@example.org")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert messages(redis) == [{"task": "people.mail_link", "expires": True}] * 2


@pytest.mark.parametrize("email", ["eve@example.org", people.LOCAL_EMAIL, "off@example.org"])
def test_no_mail_goes_to_whoever_may_not_come_in(accounts, db, mailbox, email):
    people.local(db)
    people.change(db, person(db, "off@example.org"), {"disabled": True})
    db.commit()
    tasks.mail_link(email)
    assert mailbox.mails == []
    assert count(db, "login_links") == 0


def test_the_admin_that_the_operator_names_is_let_in_by_mail(accounts, db, settings, mailbox):
    settings(ROLECALL_ADMIN="Root@Example.org")
    tasks.mail_link("root@example.org")
    [mail] = mailbox.mails
    path = next(line for line in mail.text.splitlines() if "/sign-in/" in line).removeprefix(URL)
    client = browser(accounts)
    client.post(path)
    assert client.get("/api/v1/me").json()["role"] == "admin"


def test_without_a_mail_server_whoever_asks_hears_what_to_do(accounts, db, redis):
    answer = ask(browser(accounts), "ada@example.org")
    assert answer.status_code == 503
    assert "ROLECALL_MAIL_URL" in answer.json()["detail"]
    assert "rolecall login-link" in answer.json()["detail"]
    assert messages(redis) == []


def test_without_redis_no_link_is_promised(stack):
    """In a process of its own: Celery keeps its connections for the life of one."""
    program = """
from starlette.testclient import TestClient
from api.app import create_app
with TestClient(create_app(), base_url="http://127.0.0.1") as client:
    answer = client.post("/api/v1/auth/links", json={"email": "ada@example.org"})
    print(answer.status_code, answer.json()["detail"])
"""
    changed = {"REDIS_URL": "redis://127.0.0.1:1/0", "ROLECALL_ACCOUNTS": "true", "ROLECALL_SECRET_KEY": SECRET}
    env = {**os.environ, **changed, "ROLECALL_MAIL_URL": "mailto://127.0.0.1?from=rolecall@example.org"}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout.splitlines()[-1].startswith("503 Redis does not answer right now, so no link can be sent")


def test_links_for_one_address_are_counted_whoever_asks(app, accounts, mailbox):
    app.dependency_overrides[links.limit_by_email] = lambda: parse("2/hour")
    for email in ("ada@example.org", "eve@example.org"):
        statuses = [ask(browser(accounts), email).status_code for _ in range(3)]
        assert statuses == [202, 202, 429]
    answer = ask(browser(accounts), "ADA@example.org")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 60


def test_links_from_one_address_are_counted_whomever_for(app, accounts, mailbox):
    app.dependency_overrides[links.limit_by_address] = lambda: parse("3/hour")
    statuses = [ask(browser(accounts), f"p{number}@example.org").status_code for number in range(5)]
    assert statuses == [202, 202, 202, 429, 429]


def test_the_limits_of_links_are_those_that_are_documented():
    assert (str(links.limit_by_address()), str(links.limit_by_email())) == ("20 per 1 hour", "5 per 1 hour")


@pytest.mark.parametrize(
    "email",
    ["", "ada", "@example.org", "ada@", "a b@example.org", "ada@x@y", "ada@example.org\nBcc: eve@example.org",
     "ada@example.org,eve@example.org", "Ada <ada@example.org>", "a" * 65 + "@example.org", "ada@" + "x" * 300,
     '"a"@example.org', "ada@example.org\x00"],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_anybody_sends_to_it(accounts, mailbox, redis, email):
    answer = ask(browser(accounts), email)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/email"
    assert messages(redis) == []


# --- Google


def credential(google_, **claims) -> dict:  # noqa: F811
    return {"credential": google_.credential(**claims)}


def sign_in_by_google(client, google_, *, session: bool = False, **claims):  # noqa: F811
    return client.post("/api/v1/auth/google", json={**credential(google_, **claims), "session": session})


def test_nobody_comes_in_by_google_who_was_not_invited(accounts, with_google, db):
    answer = sign_in_by_google(browser(accounts), with_google, session=True)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:rolecall:problem:sign-in-refused"
    assert "nobody has invited Ada@Example.org" in answer.json()["detail"]
    assert "set-cookie" not in answer.headers
    assert count(db, "users") == 0


def test_who_was_invited_comes_in_by_google_as_what_they_were_invited(accounts, with_google, db):
    people.add(db, email="ada@example.org", role="admin")
    db.commit()
    user = sign_in_by_google(browser(accounts), with_google).json()["user"]
    assert (user["email"], user["name"], user["role"]) == ("ada@example.org", "Ada", "admin")
    assert sign_in_by_google(browser(accounts), with_google, email="ada@new.example").json()["user"]["id"] == user["id"]


def test_the_admin_that_the_operator_names_needs_no_invitation(accounts, with_google, settings, db):
    settings(ROLECALL_ADMIN="ada@example.org")
    assert sign_in_by_google(browser(accounts), with_google).json()["user"]["role"] == "admin"
    eve = sign_in_by_google(browser(accounts), with_google, sub="g-2", email="eve@example.org")
    assert eve.status_code == 403


def test_a_member_whom_the_operator_names_is_an_admin_from_the_next_sign_in_on(accounts, with_google, settings, db):
    person(db)
    assert sign_in_by_google(browser(accounts), with_google).json()["user"]["role"] == "member"
    settings(ROLECALL_ADMIN="ada@example.org")
    client = sign_in(accounts, db, 1)
    assert client.get("/api/v1/me").json()["role"] == "admin"


def test_where_anyone_may_come_the_first_is_no_admin(accounts, with_google, settings, db):
    """A stranger would be one on any host that can be reached before its operator has signed in."""
    settings(ROLECALL_SIGN_UP="anyone")
    assert sign_in_by_google(browser(accounts), with_google).json()["user"]["role"] == "member"


def test_an_account_that_is_linked_to_another_google_account_stays_so(accounts, with_google, db):
    person(db)
    assert sign_in_by_google(browser(accounts), with_google, sub="g-1").status_code == 200
    answer = sign_in_by_google(browser(accounts), with_google, sub="g-2")
    assert answer.status_code == 409
    assert db.execute(text("SELECT google_sub FROM users")).scalar_one() == "g-1"


def test_a_page_of_ours_may_sign_a_browser_in_with_google(accounts, with_google, db):
    person(db)
    client = browser(accounts)
    answer = sign_in_by_google(client, with_google, session=True)
    assert (answer.status_code, cookie_of(answer).key) == (200, COOKIE)
    assert client.get("/api/v1/me").json() == answer.json()["user"]
    elsewhere = browser(accounts, Origin="https://evil.example")
    assert sign_in_by_google(elsewhere, with_google, session=True).status_code == 403
    assert sign_in_by_google(elsewhere, with_google).status_code == 200
    assert not elsewhere.cookies


def send_form(client, google_, sent: str | None = "t0ken", kept: str | None = "t0ken", **claims):  # noqa: F811
    """Send what Google's page makes a browser send, in its redirect mode."""
    fields = {**credential(google_, **claims), "g_csrf_token": sent, "select_by": "btn", "clientId": CLIENT_ID}
    headers = {"Origin": "https://accounts.google.com", "Sec-Fetch-Site": "cross-site"}
    if kept is not None:
        headers["Cookie"] = f"g_csrf_token={kept}"
    return client.post(FORM, data={name: one for name, one in fields.items() if one is not None}, headers=headers)


def test_googles_form_signs_a_browser_in(accounts, with_google, db):
    person(db)
    client = browser(accounts)
    answer = send_form(client, with_google)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert cookie_of(answer)["samesite"] == "lax"  # with `strict` the page after Google's would not have it
    assert client.get("/api/v1/me").json()["email"] == "ada@example.org"


@pytest.mark.parametrize(
    ("sent", "kept"), [("a", "b"), (None, "a"), ("a", None), (None, None), ("", ""), ("ä", "b"), ("a", "a" * 9999)]
)
def test_googles_form_without_our_own_token_is_refused(accounts, with_google, db, sent, kept):
    person(db)
    client = browser(accounts)
    answer = send_form(client, with_google, sent, kept)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert not client.cookies


@pytest.mark.parametrize(
    ("claims", "status"),
    [({"aud": "another"}, 401), ({"email_verified": False}, 401), ({"email": "eve@x.net"}, 403)],
)
def test_googles_form_is_looked_at_as_closely_as_any_other_sign_in(accounts, with_google, db, claims, status):
    person(db)
    answer = send_form(browser(accounts), with_google, **claims)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"&" * 5000, b"a=b&" * 500, b"credential", b'{"credential": "x"}'])
def test_what_is_not_googles_form_is_refused(accounts, with_google, db, body):
    answer = browser(accounts).post(FORM, content=body, headers={"Cookie": "g_csrf_token=a"})
    assert answer.status_code == 403


def test_a_disabled_person_is_refused_whatever_they_sign_in_with(accounts, with_google, db):
    ada = person(db)
    assert sign_in_by_google(browser(accounts), with_google).status_code == 200
    header, path = key(db, ada), link(db, ada)
    token = sign_in_by_google(browser(accounts), with_google).json()["access_token"]
    db.execute(text("UPDATE users SET disabled_at = now()"))
    db.commit()
    client = browser(accounts)
    refused = [
        client.get("/api/v1/me", headers=header),
        client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}),
        sign_in_by_google(client, with_google),
        client.post("/api/v1/auth/links/use", json=of_link(db, path)),
        client.post(path),
        send_form(client, with_google),
    ]
    assert [answer.status_code for answer in refused] == [403] * 6
    assert all("disabled" in answer.text for answer in refused)


def test_a_sign_in_that_is_refused_leaves_the_role_as_it_was(accounts, with_google, settings, db):
    people.change(db, person(db), {"disabled": True})
    db.commit()
    settings(ROLECALL_ADMIN="ada@example.org")
    assert sign_in_by_google(browser(accounts), with_google).status_code == 403
    assert db.execute(text("SELECT role, google_sub FROM users")).one() == ("member", None)


# --- where nobody signs in


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/auth/links", {"email": "ada@example.org"}),
        ("POST", "/api/v1/auth/links/use", {"token": "x" * 43}),
        ("POST", "/api/v1/auth/google", {"credential": "x"}),
        ("POST", "/api/v1/people", {"email": "ada@example.org"}),
        ("GET", "/sign-in/" + "x" * 43, None),
        ("POST", "/sign-in/" + "x" * 43, None),
        ("POST", FORM, None),
    ],
)
def test_a_local_installation_has_no_sign_in_and_says_what_gives_it_one(client, method, path, body):
    answer = client.request(method, path, json=body)
    assert answer.status_code == 404
    assert "ROLECALL_ACCOUNTS=true" in answer.text


def test_google_that_is_not_set_up_is_not_there(accounts):
    answer = browser(accounts).post("/api/v1/auth/google", json={"credential": "x"}, headers=OURS)
    assert answer.status_code == 404
    assert "sign in with a link" in answer.json()["detail"]
