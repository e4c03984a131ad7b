"""The settings: keys and feeds, files, who is signed in, and who may come in at all."""

import pytest
from fastapi import FastAPI
from lxml import html
from starlette.testclient import TestClient

from tests.api.conftest import CLIENT_ID, SECRET
from tests.api.signing_in import URL, browser, count, link, person, sign_in
from tests.mailbox import Mailbox
from tests.web.conftest import SIZES, THEMES, check_accessible
from tests.web.test_inbox import follow, notice
from worker.store import feeds, people


@pytest.fixture
def accounts(app, settings) -> FastAPI:
    """The application of an installation of several people, without Google."""
    settings(ROLECALL_ACCOUNTS="true", ROLECALL_SECRET_KEY=SECRET, ROLECALL_URL=URL)
    return app


@pytest.fixture
def ada(accounts, db) -> TestClient:
    """The browser of an admin, in an installation of several people."""
    return sign_in(accounts, db, person(db, "ada@example.org", "admin", name="Ada"), Accept="text/html")


def secret(answer) -> str:
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text).get_element_by_id("secret").value


def tabs(answer) -> list[str]:
    return html.fromstring(answer.text).xpath("//nav[@aria-label='Settings']//a/text()")


def said(answer) -> str:
    return " ".join(html.fromstring(answer.text).get_element_by_id("main").text_content().split())


def test_one_persons_own_installation_shows_nothing_of_sessions_and_people(browsing, seeded):
    page = browsing.get("/settings")
    assert tabs(page) == ["General", "API keys", "Feeds", "Exports"]
    assert "Sign out" not in page.text
    for address in ("/settings/sessions", "/settings/people"):
        assert browsing.get(address).status_code == 404
    assert browsing.get("/sign-in").headers["location"] == "/"


def test_the_general_settings_say_how_to_back_up_and_what_this_is(browsing, seeded):
    text = said(browsing.get("/settings"))
    for expected in ("rolecall backup rolecall.zip", "ROLECALL_KEEP_DAYS", "Version", "ROLECALL_CONTACT"):
        assert expected in text


def test_the_appearance_is_kept_by_its_form(browsing, seeded):
    sent = {"theme": "dark", "keys": "off", "back": "/settings"}
    assert browsing.post("/appearance", data=sent).headers["location"] == "/settings"
    page = html.fromstring(browsing.get("/settings").text)
    assert (page.get("data-theme"), page.get("data-keys")) == ("dark", "off")
    assert page.get_element_by_id("theme-dark").checked
    assert page.get_element_by_id("keys-off").checked


def test_a_key_is_shown_once_works_and_is_revoked_at_once(browsing, seeded, app):
    key = secret(browsing.post("/settings/keys", data={"name": "laptop"}))
    page = browsing.get("/settings/keys")
    assert key not in page.text
    assert key[:11] in page.text
    asks = {"X-API-Key": key}
    assert browsing.get("/api/v1/me", headers=asks).status_code == 200
    [revoke] = html.fromstring(page.text).xpath("//a[contains(@href, '/revoke')]/@href")
    assert "cannot be undone" in browsing.get(revoke).text
    assert "revoked" in said(follow(browsing, browsing.post(revoke)))
    assert browsing.get("/api/v1/me", headers=asks).status_code == 401


def test_a_key_needs_a_name(browsing, seeded, db):
    answer = browsing.post("/settings/keys", data={"name": " "})
    assert answer.status_code == 422
    assert html.fromstring(answer.text).xpath("//*[@id='name-error']")
    assert count(db, "api_keys") == 0


def test_a_feeds_addresses_can_be_read_renewed_and_deleted(browsing, seeded, db):
    browsing.post("/settings/feeds", data={"name": "Data", "group": seeded.group})
    page = browsing.get("/settings/feeds")
    assert "Matches of Everywhere" in page.text
    addresses = html.fromstring(page.text).xpath("//input[@data-copies]/@value")
    assert [one.rsplit(".", 1)[1] for one in addresses] == ["atom", "json", "ics"]
    assert {browsing.get(one).status_code for one in addresses} == {200}
    [feed] = feeds.page(db, seeded.user)
    for what, text in (("renew", "dead at once"), ("delete", "cannot be undone")):
        assert text in browsing.get(f"/settings/feeds/{feed['id']}/{what}").text
    browsing.post(f"/settings/feeds/{feed['id']}/renew")
    assert {browsing.get(one).status_code for one in addresses} == {404}
    assert "No feed yet" in follow(browsing, browsing.post(f"/settings/feeds/{feed['id']}/delete")).text


@pytest.mark.parametrize("sent", [{"title_filters": "data ("}, {"title_filters": "data", "group": "1"}])
def test_a_feed_that_cannot_be_made_says_why_beside_the_words(browsing, seeded, db, sent):
    answer = browsing.post("/settings/feeds", data={"name": "Data", **sent})
    assert answer.status_code == 422
    assert html.fromstring(answer.text).xpath("//*[@id='title_filters-error']")
    assert count(db, "feeds") == 0


def test_exports_are_offered_in_every_format_and_can_be_downloaded(browsing, seeded):
    offered = html.fromstring(browsing.get("/settings/exports").text).xpath("//main//a[@download]/@href")
    assert len(offered) == 15
    for address in offered:
        assert browsing.get(address).status_code == 200, address


def test_somebody_sees_their_browsers_and_signs_others_out(ada, accounts, db):
    user = people.by_email(db, "ada@example.org")["id"]
    other = sign_in(accounts, db, user, **{"User-Agent": "Other/1.0"})
    page = ada.get("/settings/sessions")
    assert "This browser" in page.text
    assert "Other/1.0" in page.text
    [end] = html.fromstring(page.text).xpath(
        "//form[contains(@action, '/end') and not(contains(@action, 'others'))]/@action"
    )
    ada.post(end)
    assert other.get("/inbox").headers["location"].startswith("/sign-in")
    third = sign_in(accounts, db, user)
    ada.post("/settings/sessions/end-others")
    assert third.get("/inbox").status_code == 303
    assert ada.get("/inbox").status_code == 200


def test_signing_out_ends_the_session(ada, db):
    page = ada.get("/inbox")
    assert html.fromstring(page.text).xpath("//form[@action='/sign-out'][@method='post']")
    answer = ada.post("/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert count(db, "browser_sessions") == 0
    assert "You are signed out" in ada.get("/sign-in").text
    assert ada.get("/inbox").headers["location"].startswith("/sign-in")


def test_an_admin_invites_changes_disables_and_deletes(ada, accounts, db):
    answer = ada.post("/settings/people", data={"email": " Bo@example.org\n", "role": "member"})
    invited = browser(accounts)
    path = secret(answer).removeprefix(URL)
    assert invited.post(path).headers["location"] == "/"
    bo = people.by_email(db, "bo@example.org")["id"]
    assert invited.get("/settings/people", headers={"Accept": "text/html"}).status_code == 403
    assert "People" not in tabs(invited.get("/settings"))
    assert "an admin now" in notice(follow(ada, ada.post(f"/settings/people/{bo}", data={"role": "admin"})))
    assert "People" in tabs(invited.get("/settings"))
    ada.post(f"/settings/people/{bo}", data={"disabled": "yes"})
    assert invited.get("/inbox").headers["location"].startswith("/sign-in")
    assert "Disabled" in ada.get("/settings/people").text
    assert "cannot be undone" in ada.get(f"/settings/people/{bo}/delete").text
    ada.post(f"/settings/people/{bo}/delete")
    assert "bo@example.org" not in said(ada.get("/settings/people"))


def test_an_invitation_that_cannot_be_made_says_why(ada):
    for email, expected in (("nobody", "Write an e-mail address"), ("ada@example.org", "is here already")):
        answer = ada.post("/settings/people", data={"email": email, "role": "member"})
        assert answer.status_code == 422
        assert expected in html.fromstring(answer.text).xpath("string(//*[@id='email-error'])")


def test_the_last_admin_stays_one(ada, db):
    me = people.by_email(db, "ada@example.org")["id"]
    answer = follow(ada, ada.post(f"/settings/people/{me}", data={"role": "member"}))
    assert "make somebody else an admin first" in notice(answer)


def test_without_a_mail_server_the_sign_in_says_who_can_help(accounts, db):
    page = browser(accounts).get("/sign-in")
    assert "rolecall login-link" in page.text
    assert "Google" not in page.text
    assert not html.fromstring(page.text).xpath("//form[@action='/sign-in']")


def test_a_link_is_asked_for_by_mail_and_nothing_tells_who_is_known(accounts, settings, db):
    with Mailbox() as box:
        settings(ROLECALL_MAIL_URL=box.url)
        person(db)
        client = browser(accounts)
        for email in ("ada@example.org", "nobody@example.org"):
            answer = client.post("/sign-in", data={"email": email})
            assert notice(follow(client, answer)).startswith(f"If {email} may sign in here")
        answer = client.post("/sign-in", data={"email": "nobody"})
        assert answer.status_code == 422
        assert "Write an e-mail address" in answer.text


def test_google_is_offered_where_it_is_set_up_and_shown_who_began(accounts, settings, db):
    settings(GOOGLE_CLIENT_ID=CLIENT_ID)
    client = browser(accounts)
    assert 'href="/sign-in/google"' in client.get("/sign-in").text
    answer = client.get("/sign-in/google")
    to, cookie = answer.headers["location"], answer.headers["set-cookie"]
    assert to.startswith("https://accounts.google.com/o/oauth2/v2/auth?")
    assert f"client_id={CLIENT_ID}" in to
    assert "redirect_uri=https%3A%2F%2Fjobs.example.org%2Fsign-in%2Fgoogle" in to
    began = client.cookies["g_csrf_token"]
    assert f"state={began}" in to
    assert "SameSite=none" in cookie
    assert "Secure" in cookie
    refused = client.post(
        "/sign-in/google", data={"id_token": "x", "state": "another"}, headers={"Origin": "https://accounts.google.com"}
    )
    assert refused.status_code == 403


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_screens_of_several_people_are_accessible_and_fit_their_width(
    visitor, seeded, settings, db, pictures, theme, size
):
    settings(ROLECALL_ACCOUNTS="true", ROLECALL_SECRET_KEY=SECRET, ROLECALL_URL=visitor.site)
    person(db, "bo@example.org", name="Bo")
    path = link(db, person(db, "ada@example.org", "admin", name="Ada"))
    page = visitor.open("/sign-in", size=SIZES[size], theme=theme)
    for name, address in (
        ("sign-in", "/sign-in"),
        ("sign-in-link", path),
        ("sessions", "/settings/sessions"),
        ("people", "/settings/people"),
    ):
        page.goto(address)
        pictures(page, f"{name}-{size}-{theme}")
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
        if address == path:
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/inbox")
