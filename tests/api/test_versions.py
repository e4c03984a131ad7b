"""Nobody overwrites what they have not seen: each thing that people edit has a version, and a stale one is refused."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.api import building
from tests.api.signing_in import browser
from tests.api.who_may import API, World, world

EDITED = {
    ("PUT", f"{API}/channels/{{channel_id}}"): ({"name": "phone"}, {"name": "mail"}),
    ("PATCH", f"{API}/companies/{{company_id}}"): ({"name": "Globex"}, {"interval_seconds": 600}),
    ("PATCH", f"{API}/feeds/{{feed_id}}"): ({"name": "Mine"}, {"name": "Yours"}),
    ("PUT", f"{API}/groups/{{group_id}}"): ({"name": "Africa"}, {"name": "Asia"}),
    ("PATCH", f"{API}/matches/{{match_id}}"): ({"state": "saved"}, {"state": "hidden"}),
    ("PATCH", f"{API}/me"): ({"name": "Ada"}, {"name": "Grace"}),
    ("PATCH", f"{API}/people/{{person_id}}"): ({"role": "admin"}, {"name": "Grace"}),
    ("PUT", f"{API}/settings/{{company_id}}"): ({"title_filters": "python"}, {"title_filters": "rust"}),
}
"""What is edited, with two changes."""

REMOVED = {("DELETE", f"{API}/channels/{{channel_id}}")}

for_each = pytest.mark.parametrize(
    ("method", "path", "changes"),
    [(method, path, changes) for (method, path), changes in EDITED.items()],
    ids=[f"{method} {path}" for method, path in EDITED],
)


@pytest.fixture
def there(accounts, db) -> World:
    return world(accounts, db)


def editor(app, there: World, path: str):
    """A client of whoever may edit it."""
    for_admins = path.startswith((f"{API}/companies/", f"{API}/people/"))
    return browser(app, **(there.root if for_admins else there.ada))


def test_all_that_has_a_version_is_edited_here(app):
    takes = {
        (method.upper(), path)
        for path, found in app.openapi()["paths"].items()
        for method, one in found.items()
        if "if-match" in {parameter["name"] for parameter in one.get("parameters", ())}
    }
    assert takes == set(EDITED) | REMOVED, "give what is edited two changes here"


@for_each
def test_a_change_with_a_stale_version_is_refused_and_changes_nothing(accounts, there, db, method, path, changes):
    path, first, second = there.path(path), *changes
    with editor(accounts, there, path) as client:
        read = client.get(path)
        seen = read.headers["ETag"]
        assert seen == client.get(path).headers["ETag"]
        changed = client.request(method, path, json=first, headers={"If-Match": seen})
        assert changed.status_code == 200, changed.text
        assert changed.headers["ETag"] == client.get(path).headers["ETag"] != seen
        before, shown = building.digest(db), client.get(path).json()
        stale = client.request(method, path, json=second, headers={"If-Match": seen})
        assert stale.status_code == 412, stale.text
        assert stale.headers["content-type"] == "application/problem+json"
        assert stale.json()["type"] == "urn:rolecall:problem:outdated"
        assert "read it again" in stale.json()["detail"]
        assert building.digest(db) == before
        assert client.get(path).json() == shown


@pytest.mark.parametrize(("method", "path"), REMOVED)
def test_what_has_changed_since_it_was_read_is_not_removed(accounts, there, method, path):
    path = there.path(path)
    with editor(accounts, there, path) as client:
        seen = client.get(path).headers["ETag"]
        assert client.put(path, json={"name": "phone"}).status_code == 200
        assert client.request(method, path, headers={"If-Match": seen}).status_code == 412
        now = client.get(path).headers["ETag"]
        assert client.request(method, path, headers={"If-Match": now}).status_code == 204
        assert client.get(path).status_code == 404


@for_each
def test_a_change_without_a_version_is_meant_for_whichever_is_there(accounts, there, method, path, changes):
    path = there.path(path)
    with editor(accounts, there, path) as client:
        assert client.request(method, path, json=changes[0]).status_code == 200
        assert client.request(method, path, json=changes[1], headers={"If-Match": "*"}).status_code == 200
        assert client.request(method, path, json=changes[0], headers={"If-Match": "mine"}).status_code == 422


@for_each
def test_of_many_who_have_seen_the_same_one_may_change_it(accounts, there, method, path, changes):
    path = there.path(path)
    with editor(accounts, there, path) as client:
        seen = client.get(path).headers["ETag"]

        def change(number: int) -> int:
            wish = changes[number % 2]
            return client.request(method, path, json=wish, headers={"If-Match": seen}).status_code

        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(change, range(6))) == [200, *[412] * 5]


@pytest.mark.parametrize(
    ("path", "under_way"),
    [
        (f"{API}/companies/{{company_id}}", "UPDATE companies SET name = 'Initech'"),
        (f"{API}/people/{{person_id}}", "UPDATE users SET name = 'Initech'"),
    ],
)
def test_a_change_that_is_under_way_counts_as_seen_by_nobody(accounts, there, db, path, under_way):
    """These have no counter that their own statement could compare, so who changes one waits for who is doing so."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    path = there.path(path)
    with editor(accounts, there, path) as client, ThreadPoolExecutor(1) as threads:
        seen = client.get(path).headers["ETag"]
        db.execute(text(under_way))
        change = threads.submit(client.patch, path, json={"name": "Globex"}, headers={"If-Match": seen})
        until = time.monotonic() + 30
        while not db.execute(waiting).scalar_one():
            assert time.monotonic() < until
            time.sleep(0.01)
        db.commit()
        assert change.result().status_code == 412
        assert client.get(path).json()["name"] == "Initech"
