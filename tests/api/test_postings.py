"""Postings as they are listed, and the feed of what happened to them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from tests.api import building
from tests.api.test_companies import walk
from worker.posting import Place, Salary
from worker.resources import database
from worker.store import inventory
from worker.store import postings as store

PATH = "/api/v1/postings"
SAID = {
    "external_id", "title", "url", "apply_url", "locations", "workplace", "country_codes", "places", "department",
    "team", "employment_type", "salary", "posted_at", "closes_at", "seniority", "language", "requisition_id",
}  # fmt: skip
LONG = {"description_html", "description_text", "extras"}
KNOWN = {
    "role_id",
    "id",
    "company_id",
    "company",
    "ats",
    "board",
    "board_id",
    "state",
    "first_seen",
    "last_seen",
    "closed_at",
}


def titles(client, **params) -> list[str]:
    return [one["title"] for part in walk(client, PATH, 100, **params) for one in part]


@pytest.fixture
def acme(db):
    return building.company(db)


def test_a_posting_has_every_field_by_its_name(client, db, acme):
    pay = Salary(Decimal("70000.00"), Decimal("90000.50"), "EUR", "YEAR")
    ids = building.postings(
        db, acme.board_id, "Engineer", locations=["Berlin"], salary=pay, description_html="<p>Hi</p>",
        description_text="Hi", posted_at=datetime(2026, 1, 1, tzinfo=UTC), extras={"a": 1}, seniority="senior",
        places=[Place("Berlin", "Berlin", "DE")],
    )  # fmt: skip
    db.commit()
    (brief,) = client.get(PATH).json()["items"]
    assert set(brief) == SAID | KNOWN
    (full,) = client.get(f"{PATH}?brief=false").json()["items"]
    assert set(full) == SAID | KNOWN | LONG
    one = client.get(f"{PATH}/{ids['Engineer']}").json()
    assert set(one) == SAID | KNOWN | LONG | {"events", "listings"}
    assert one["salary"] == {"min": 70000, "max": 90000.5, "currency": "EUR", "period": "YEAR", "source": "board"}
    assert (one["places"], one["seniority"]) == ([{"city": "Berlin", "region": "Berlin", "country": "DE"}], "senior")
    assert (one["company"], one["ats"], one["board"], one["state"]) == ("Acme", "greenhouse", "acme", "open")
    assert (one["description_html"], one["extras"]) == ("<p>Hi</p>", {"a": 1})
    assert [event["kind"] for event in one["events"]] == ["opened"]
    assert client.get(f"{PATH}/99").status_code == 404


def test_postings_are_told_apart(client, db, acme):
    globex = building.company(db, "globex", ats="lever")
    building.postings(db, acme.board_id, "Python Engineer", "Data Intern", description_text="with Django 100%")
    ids = building.postings(db, globex.board_id, "Go Engineer", run=2)
    db.execute(text("UPDATE postings SET closed_at = now() WHERE title = 'Data Intern'"))
    db.commit()
    assert titles(client) == ["Go Engineer", "Data Intern", "Python Engineer"]
    assert titles(client, company=globex.company_id) == ["Go Engineer"]
    assert titles(client, ats="greenhouse") == ["Data Intern", "Python Engineer"]
    assert titles(client, state="closed") == ["Data Intern"]
    assert titles(client, state="open", text="DJANGO 100%") == ["Python Engineer"]
    assert titles(client, text="1_0%") == []
    assert titles(client, filter="engineer -go") == ["Python Engineer"]
    assert titles(client, filter=["intern", "go"]) == ["Go Engineer", "Data Intern"]
    db.execute(text("UPDATE postings SET first_seen_at = '2020-01-01Z' WHERE id <> :id"), {"id": ids["Go Engineer"]})
    db.commit()
    assert titles(client, since="2020-01-02T00:00:00Z") == ["Go Engineer"]
    answer = client.get(PATH, params={"filter": "(a"})
    assert answer.json()["errors"][0]["column"] == 1


def test_parts_neither_skip_nor_repeat_while_postings_arrive(client, db, acme):
    building.postings(db, acme.board_id, *(f"Role {n}" for n in range(7)))
    db.commit()
    first = client.get(f"{PATH}?limit=3").json()
    building.postings(db, acme.board_id, "Newer", run=2)
    db.commit()
    rest = client.get(PATH, params={"limit": 100, "cursor": first["next_cursor"]}).json()
    assert [one["title"] for one in first["items"] + rest["items"]] == [f"Role {n}" for n in reversed(range(7))]
    assert rest["next_cursor"] is None


def test_filtered_parts_are_full_and_their_work_is_bounded(client, db, acme, monkeypatch):
    names = [f"{'Python' if n % 10 == 0 else 'Go'} {n}" for n in range(95)]
    building.postings(db, acme.board_id, *names)
    db.commit()
    monkeypatch.setattr(store, "TITLES_AT_ONCE", 4)
    parts = walk(client, PATH, 3, filter="python")
    assert [len(part) for part in parts[:3]] == [3, 3, 3]
    assert [one["title"] for part in parts for one in part] == [f"Python {n}" for n in range(90, -1, -10)]
    monkeypatch.setattr(store, "TITLES_MOST", 8)
    short = walk(client, PATH, 3, filter="python")
    assert len(short) > len(parts)
    assert [one["title"] for part in short for one in part] == [f"Python {n}" for n in range(90, -1, -10)]


def follow(client, since=None, limit=2):
    """Read the feed to its present end; return the titles and the cursor."""
    found = []
    while True:
        body = client.get("/api/v1/changes", params={"limit": limit, **({"since": since} if since else {})}).json()
        found += [one["title"] for one in body["items"]]
        since = body["next_cursor"]
        if not body["more"]:
            return found, since


def test_the_feed_goes_on_from_its_cursor(client, db, acme):
    building.postings(db, acme.board_id, "A", "B", "C")
    building.caught_up(db)
    found, cursor = follow(client)
    assert found == ["A", "B", "C"]
    assert follow(client, cursor) == ([], cursor)
    building.postings(db, acme.board_id, "D", run=2)
    building.caught_up(db)
    found, later = follow(client, cursor)
    assert found == ["D"]
    assert follow(client, later)[0] == []


def test_the_feed_can_begin_now(client, db, acme):
    building.postings(db, acme.board_id, "A")
    building.caught_up(db)
    found, cursor = follow(client, "latest")
    assert found == []
    building.postings(db, acme.board_id, "B", run=2)
    building.caught_up(db)
    assert follow(client, cursor)[0] == ["B"]


def test_an_event_committed_late_is_neither_skipped_nor_repeated(client, db, acme):
    """The older transaction commits after the newer one: ids and clocks alone would skip its event."""
    globex = building.company(db, "globex")
    with database() as older:
        building.postings(older, acme.board_id, "Older")
        building.postings(db, globex.board_id, "Newer")
        db.commit()
        building.postings(db, globex.board_id, "Newest", run=2)
        db.commit()
        early, cursor = follow(client)
        _, latest = follow(client, "latest")
        older.commit()
    building.caught_up(db)
    assert early == []
    late, cursor = follow(client, cursor)
    assert late == ["Older", "Newer", "Newest"]
    assert follow(client, latest)[0] == ["Older", "Newer", "Newest"]
    assert follow(client, cursor)[0] == []


def test_the_feed_says_what_changed(client, db, acme):
    ids = building.postings(db, acme.board_id, "A")
    event = inventory.Event("A", "updated", {"title": ["B", "A"]})
    inventory.record(db, acme.board_id, 2, [event], ids, baseline=False)
    building.caught_up(db)
    last = client.get("/api/v1/changes").json()["items"][-1]
    assert (last["kind"], last["changes"], last["posting_id"]) == ("updated", {"title": ["B", "A"]}, ids["A"])


def test_a_posting_shows_the_other_listings_of_its_role_and_why_it_is_no_news(client, db):
    board = building.company(db).board_id
    ids = building.postings(db, board, "Engineer, Berlin", "Engineer, Munich", "Designer")
    db.execute(text("UPDATE postings SET role_id = 7, closed_at = now() WHERE title LIKE 'Engineer%'"))
    db.execute(
        text("UPDATE posting_events SET news = 'repost' WHERE posting_id = :id"), {"id": ids["Engineer, Munich"]}
    )
    db.commit()
    first = client.get(f"/api/v1/postings/{ids['Engineer, Berlin']}").json()
    assert [(one["title"], one["state"]) for one in first["listings"]] == [("Engineer, Munich", "closed")]
    assert first["events"][0]["news"] is None
    second = client.get(f"/api/v1/postings/{ids['Engineer, Munich']}").json()
    assert second["events"][0]["news"] == "repost"
    assert second["role_id"] == first["role_id"]
    alone = client.get(f"/api/v1/postings/{ids['Designer']}").json()
    assert (alone["role_id"], alone["listings"]) == (None, [])
