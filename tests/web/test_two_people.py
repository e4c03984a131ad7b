"""Two people at the same page: whatever Bob asks any screen for, he sees and changes nothing that is Ada's.

Every route of the page is asked, with Ada's ids in its path, its query and its form; one that is added is asked, too.
"""

import re
from urllib.parse import urlencode

import pytest

from tests.api import signing_in
from tests.api.conftest import _logs, accounts, app  # noqa: F401 - fixtures
from tests.api.test_two_people import OWN_IDS, of_person, pages, routes
from tests.api.who_may import WORD, World, world
from worker.store import people

STREAMS = {"/live/matches", "/live/companies"}
"""They last for minutes, and say nothing but that something has changed."""
OPEN = {"/static/{name}", "/sign-in", "/sign-in/{token}", "/sign-in/google"}
"""What nobody has to sign in for."""
ADMINS = {"/settings/people", "/settings/people/{person_id}/delete", "/companies/delete"}
ROUTES = sorted((method, path) for method, path in routes(pages()) if path not in STREAMS and method != "HEAD")


@pytest.fixture
def there(accounts, db) -> World:  # noqa: F811
    made = world(accounts, db)
    made.ids["name"] = "weeks"
    return made


def address(path: str, there: World) -> str:
    """Return an address of a route, with Ada's ids in it."""
    return there.path(path.replace("{what}", "delete" if "/feeds/" in path else "put-in"))


def owned_by_ada(ids) -> dict[str, object]:
    """What a form or a query may name, all of it Ada's; what else a form needs is as harmless as can be."""
    return {
        **dict.fromkeys(("ids", "match"), ids["match_id"]),
        **dict.fromkeys(("group", "group_ids"), ids["group_id"]),
        **{name: ids[f"{name}_id"] for name in ("action", "company", "channel", "feed", "key", "session", "person")},
        **dict.fromkeys(("name", "title_filters"), "baker"),
        "companies": ids["company_id"],
        "to": "later",
        "role": "member",
        "state": "hidden",
        "do": "group",
        "version": 1,
        "enabled": "on",
    }


def ask(client, method: str, path: str, there: World):
    """Ask with Ada's ids wherever they could be named."""
    named = owned_by_ada(there.ids)
    if method == "GET":
        query = urlencode({name: named[name] for name in ("match", "company", "group")})
        return client.get(f"{address(path, there)}?{query}")
    return client.request(method, address(path, there), data=named)


def has_own_id(path: str) -> bool:
    return bool(OWN_IDS & set(re.findall(r"{(\w+)}", path)))


def test_nobody_sees_or_changes_what_is_anothers(accounts, there, db):  # noqa: F811
    bob = people.by_email(db, "bob@example.org")["id"]
    before = of_person(db, there.ids["person_id"])
    got = {}
    for method, path in ROUTES:
        with signing_in.sign_in(accounts, db, bob) as client:
            answer = ask(client, method, path, there)
        expected = (404, 303) if has_own_id(path) else range(200, 500)
        if answer.status_code not in expected or WORD in answer.text.lower():
            got[method, path] = (answer.status_code, answer.text)
        elif of_person(db, there.ids["person_id"]) != before:
            got[method, path] = "changed what is Ada's"
            before = of_person(db, there.ids["person_id"])
    assert got == {}


def test_who_has_not_signed_in_is_led_to_where_that_is_done(accounts, there, db):  # noqa: F811
    before = of_person(db, there.ids["person_id"])
    got = {}
    for method, path in ROUTES:
        with signing_in.browser(accounts) as client:
            answer = ask(client, method, path, there)
        led = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?")
        if WORD in answer.text.lower() or not (led or path in OPEN):
            got[method, path] = (answer.status_code, answer.text)
    assert got == {}
    assert of_person(db, there.ids["person_id"]) == before


def test_to_whom_it_belongs_it_is_shown(accounts, there, db):  # noqa: F811
    """A stranger's answer without the word would prove nothing where the owner's has none either."""
    got = {}
    with signing_in.sign_in(accounts, db, there.ids["person_id"]) as client:
        for method, path in ROUTES:
            if method == "GET" and path not in OPEN:
                answer = client.get(address(path, there))
                shown = answer.status_code == 200 and WORD in answer.text.lower()
                expected = 403 if path in ADMINS else 200
                if not (shown if has_own_id(path) else answer.status_code in (expected, 303)):
                    got[path] = (answer.status_code, answer.text)
    assert got == {}
