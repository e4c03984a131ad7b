"""Feeds: made, changed and renewed by their person, and read by whoever knows the address."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from uuid import UUID

import pytest
from icalendar import Calendar
from limits import parse
from lxml import etree
from sqlalchemy import text
from starlette.testclient import TestClient

from api.limiting import feed_limit, sign_in_limit
from tests.api import building
from tests.api.signing_in import bearer, person
from tests.api.test_exports import match
from worker import feeds as reading
from worker.posting import Salary
from worker.store import companies, inventory, people, wishes
from worker.store import feeds as store
from worker.wish import Criteria

PATH = "/api/v1/feeds"
ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
def acme(db):
    return building.company(db)


def add(client, name: str = "Mine", **scope):
    answer = client.post(PATH, json={"name": name, **scope})
    assert answer.status_code == 201, answer.text
    return answer.json()


def read(client, feed: dict, form: str = "json_feed", **headers: str):
    return client.get(feed["addresses"][form].removeprefix("http://127.0.0.1:8000"), headers=headers)


def items(client, feed: dict) -> list[dict]:
    return read(client, feed).json()["items"]


def titles(client, feed: dict) -> list[str]:
    return [one["title"].partition(" \u2013 ")[0] for one in items(client, feed)]


def ids_of(client, feed: dict) -> dict[str, str]:
    return {one["title"].partition(" \u2013 ")[0]: one["id"] for one in items(client, feed)}


# --- What a feed is of -----------------------------------------------------------------------------------------------


def test_a_feed_of_all_matches_has_those_that_fit_are_open_news_and_not_hidden(client, db, acme):
    ids = building.postings(db, acme.board_id, "New", "Saved", "Hidden", "Repeat", "No fit", "Closed", "No match")
    first = match(db, ids["New"])
    match(db, ids["Saved"], state="saved")
    match(db, ids["Hidden"], state="hidden")
    match(db, ids["Repeat"], repeats=first)
    match(db, ids["No fit"], fits=False)
    match(db, ids["Closed"])
    db.execute(text("UPDATE postings SET closed_at = now() WHERE title = 'Closed'"))
    db.commit()
    assert titles(client, add(client)) == ["Saved", "New"]


def test_the_match_found_last_comes_first_and_there_are_a_hundred_at_most(client, db, acme, monkeypatch):
    ids = building.postings(db, acme.board_id, "A", "B", "C")
    now = datetime.now(UTC)
    for title, age in (("A", 2), ("B", 1), ("C", 3)):
        match(db, ids[title], found_at=now - timedelta(days=age))
    db.commit()
    feed = add(client)
    assert titles(client, feed) == ["B", "A", "C"]
    assert reading.NEWEST_MOST == 100
    monkeypatch.setattr(reading, "NEWEST_MOST", 2)
    assert titles(client, feed) == ["B", "A"]


def test_a_feed_may_be_of_a_company_or_of_a_group(client, db, acme):
    globex, other = building.company(db, "globex"), building.company(db, "umbrella")
    for number, one in enumerate((acme, globex, other), start=1):
        ids = building.postings(db, one.board_id, f"Role {number}", run=number)
        match(db, ids[f"Role {number}"])
    mine = people.local(db)["id"]
    group = wishes.add_group(db, mine, name="Big ones", criteria=Criteria())
    wishes.put_in_group(db, mine, group, [acme.company_id, globex.company_id])
    everywhere = wishes.add_group(db, mine, name="All", criteria=Criteria(), all_companies=True)
    db.commit()
    assert titles(client, add(client, company_id=globex.company_id)) == ["Role 2"]
    assert titles(client, add(client, group_id=group)) == ["Role 2", "Role 1"]
    assert len(titles(client, add(client, group_id=everywhere))) == 3


def test_a_feed_of_a_filter_is_of_all_open_postings(client, db, acme, monkeypatch):
    building.postings(db, acme.board_id, "Python Engineer", "Go Engineer", "Python Intern", "Python Closed")
    ids = building.postings(db, acme.board_id, "Python, hidden", "Python, listed twice", "Python, again", run=2)
    match(db, ids["Python, hidden"], state="hidden")
    db.execute(text("UPDATE postings SET closed_at = now() WHERE title = 'Python Closed'"))
    db.execute(text("UPDATE postings SET role_id = 7 WHERE title IN ('Python, listed twice', 'Python, again')"))
    db.commit()
    feed = add(client, title_filters=["python", "-intern"])
    assert titles(client, feed) == ["Python, listed twice", "Python Engineer"]
    monkeypatch.setattr(store, "TITLES_AT_ONCE", 1)
    assert titles(client, feed) == ["Python, listed twice", "Python Engineer"]
    monkeypatch.setattr(store, "TITLES_MOST", 3)
    assert titles(client, feed) == ["Python, listed twice"]


def test_the_calendar_is_of_open_postings_that_close_and_those_first_that_close_first(client, db, acme, monkeypatch):
    now = datetime.now(UTC)
    for number, (title, days) in enumerate((("Later", 9), ("Soon", 1), ("Never", None), ("Long over", -3)), start=1):
        closes = None if days is None else now + timedelta(days=days)
        match(db, building.postings(db, acme.board_id, title, run=number, closes_at=closes)[title])
    db.commit()
    for feed in (add(client), add(client, title_filters="-nothing")):
        calendar = Calendar.from_ical(read(client, feed, "calendar").content)
        found = {str(one["summary"]).partition(" \u2013 ")[0]: one for one in calendar.walk("VEVENT")}
        assert list(found) == ["Closes: Soon", "Closes: Later"]
        assert str(found["Closes: Soon"]["uid"]) == ids_of(client, feed)["Soon"]
        assert found["Closes: Soon"].decoded("dtstart") == (now + timedelta(days=1)).replace(microsecond=0)
    monkeypatch.setattr(reading, "CLOSING_MOST", 1)
    assert read(client, feed, "calendar").text.count("BEGIN:VEVENT") == 1


# --- What an entry says ----------------------------------------------------------------------------------------------


def test_an_entry_says_what_where_why_and_what_the_board_says(client, db, acme):
    found_at, changed_at = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    ids = building.postings(
        db, acme.board_id, "Engineer", locations=["Berlin", "Munich"], workplace="hybrid", department="Data",
        employment_type="FULL_TIME", seniority="senior", language="en", description_html="<p>Hi</p>",
        salary=Salary(Decimal(70000), Decimal("90000.00"), "EUR", "YEAR"), closes_at=datetime(2099, 1, 31, tzinfo=UTC),
    )  # fmt: skip
    why = [{"criterion": "title", "detail": 'let in by "engineer"', "source": "company"},
           {"criterion": "place", "detail": "Berlin, DE is in Germany", "source": "all"}]  # fmt: skip
    match(db, ids["Engineer"], found_at=found_at, why=json.dumps(why))
    inventory.record(
        db, acme.board_id, 2, [inventory.Event("Engineer", "updated", {"title": ["a", "b"]})], ids, baseline=False
    )
    db.execute(text("UPDATE posting_events SET at = :at WHERE kind = 'updated'"), {"at": changed_at})
    db.execute(text("UPDATE posting_events SET at = :at WHERE kind = 'opened'"), {"at": found_at})
    db.commit()
    (item,) = items(client, add(client))
    assert item.pop("id").startswith("urn:uuid:")
    assert item == {
        "url": "https://acme.example/0",
        "title": "Engineer \u2013 Acme (Berlin +1)",
        "summary": "Berlin, Munich · hybrid · full time · 70,000 to 90,000 EUR a year · closes 2099-01-31\n"
                   'Matches (title: let in by "engineer"; place: Berlin, DE is in Germany)',
        "date_published": "2026-01-02T00:00:00Z",
        "date_modified": "2026-03-04T05:06:07Z",
        "authors": [{"name": "Acme"}],
        "tags": ["Acme", "Data", "senior", "hybrid", "FULL_TIME"],
        "content_html": "<p>Hi</p>",
        "language": "en",
    }  # fmt: skip


def test_a_filters_entry_names_the_line_that_let_it_in(client, db, acme):
    building.postings(db, acme.board_id, "Engineer", workplace="remote")
    db.commit()
    (item,) = items(client, add(client, title_filters="engineer -intern"))
    assert item["title"] == "Engineer \u2013 Acme (remote)"
    assert item["summary"] == 'remote\nMatches (title: let in by "engineer -intern")'


def test_a_long_description_is_left_out_as_html_and_cut_as_text(client, db, acme):
    building.postings(
        db, acme.board_id, "Engineer", description_html="x" * (store.HTML_MOST + 1), description_text="y" * 9_000
    )
    db.commit()
    (item,) = items(client, add(client, title_filters="engineer"))
    assert "content_html" not in item
    assert item["content_text"] == "y" * store.TEXT_MOST


def test_the_id_of_an_entry_survives_its_row(client, db, acme):
    """A board that is deleted and added again, or restored elsewhere, has the same postings."""
    feed = add(client, title_filters="engineer")
    building.postings(db, acme.board_id, "Engineer")
    db.commit()
    before = ids_of(client, feed)
    companies.delete(db, acme.company_id)
    db.commit()
    again = building.company(db)
    building.postings(db, again.board_id, "Engineer", run=2)
    db.commit()
    assert ids_of(client, feed) == before
    assert UUID(before["Engineer"].removeprefix("urn:uuid:")).version == 5
    assert reading.identity("lever", "acme", "1") not in {
        reading.identity("lever", "acme", "2"), reading.identity("lever", "acme1", ""),
        reading.identity("ashby", "acme", "1"),
    }  # fmt: skip


# --- The documents ---------------------------------------------------------------------------------------------------

HOSTILE = '</title><script>alert(1)</script> & "]]> \u202e x'


@pytest.fixture
def several(client, db, acme):
    """A feed with an entry that has everything, and one that has as little as possible."""
    building.postings(
        db, acme.board_id, HOSTILE, locations=["A & B"], description_html="<p>1 &lt; 2 &amp; <b>3</b></p>",
        language="de", department="R&D", closes_at=datetime(2099, 1, 31, tzinfo=UTC),
    )  # fmt: skip
    building.postings(db, acme.board_id, "Plain", run=2)
    db.commit()
    return add(client, "Feed & <me>", title_filters="-nothing")


def test_atom_has_what_rfc_4287_requires(client, several):
    answer = read(client, several, "atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    root = etree.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    assert_once(root, "id", "title", "updated")
    assert root.find(f"{ATOM}title").text == "Feed & <me>"
    (own,) = root.findall(f"{ATOM}link")
    assert (own.get("rel"), own.get("href"), own.get("type")) == (
        "self", several["addresses"]["atom"], "application/atom+xml",
    )  # fmt: skip
    assert root.find(f"{ATOM}author/{ATOM}name").text
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 2
    for entry in entries:
        assert_once(entry, "id", "title", "updated", "published", "summary")
        assert entry.find(f"{ATOM}author/{ATOM}name").text == "Acme"
        assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate"]
        assert entry.find(f"{ATOM}link").get("href").startswith("https://")
    ids = [one.text for one in root.iter(f"{ATOM}id")]
    assert len(set(ids)) == 3
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one) for one in ids)
    moments = [one.text for name in ("updated", "published") for one in root.iter(f"{ATOM}{name}")]
    assert all(MOMENT.fullmatch(one) for one in moments)
    assert root.find(f"{ATOM}updated").text == max(one.text for one in root.iter(f"{ATOM}updated"))
    rich = entries[1]
    assert rich.find(f"{ATOM}title").text == f"{HOSTILE} \u2013 Acme (A & B)"
    assert (rich.find(f"{ATOM}content").get("type"), rich.find(f"{ATOM}content").text) == (
        "html", "<p>1 &lt; 2 &amp; <b>3</b></p>",
    )  # fmt: skip
    assert rich.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert "R&D" in [one.get("term") for one in rich.findall(f"{ATOM}category")]
    assert entries[0].find(f"{ATOM}content") is None


def assert_once(element, *names: str) -> None:
    for name in names:
        assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert element.find(f"{ATOM}{name}").text, name


def test_json_feed_has_what_version_1_1_requires(client, several):
    answer = read(client, several)
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    assert set(feed) == {"version", "title", "feed_url", "items"}
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["title"], feed["feed_url"]) == ("Feed & <me>", several["addresses"]["json_feed"])
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert ("content_html" in item) != ("content_text" in item)
        assert MOMENT.fullmatch(item["date_published"])
        assert MOMENT.fullmatch(item["date_modified"])
        assert item["authors"] == [{"name": "Acme"}]
        assert all(isinstance(tag, str) for tag in item["tags"])
    assert [one["id"] for one in feed["items"]] == [
        one.text for one in etree.fromstring(read(client, several, "atom").content).iterfind(f"{ATOM}entry/{ATOM}id")
    ]


def test_a_calendar_has_what_rfc_5545_requires(client, several):
    answer = read(client, several, "calendar")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = answer.content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    calendar = Calendar.from_ical(answer.content)
    assert (calendar["version"], calendar["prodid"]) == ("2.0", "-//Rolecall//Closing dates//EN")
    assert calendar["name"] == calendar["x-wr-calname"] == "Feed & <me>"
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == datetime(2099, 1, 31).date()  # noqa: DTZ001 - a day has no zone
    assert re.search(rb"^DTSTAMP:\d{8}T\d{6}Z\r$", answer.content, re.MULTILINE)
    assert str(event["summary"]) == f"Closes: {HOSTILE} \u2013 Acme (A & B)"
    assert str(event["url"]).startswith("https://")


@pytest.mark.parametrize("form", ["atom", "json_feed", "calendar"])
def test_an_empty_feed_is_a_document(client, form):
    answer = read(client, add(client), form)
    assert answer.status_code == 200
    read_back = {"atom": etree.fromstring, "json_feed": json.loads, "calendar": Calendar.from_ical}[form]
    assert read_back(answer.content) is not None


@pytest.mark.parametrize("form", ["atom", "json_feed", "calendar"])
def test_characters_that_documents_cannot_hold_break_none(client, db, form):
    hostile = "".join(map(chr, [*range(1, 32), 127, 0xFFFE, 0xFFFF, 0x1F600]))
    added = companies.add(db, name=f"A{hostile}", ats="lever", key="a", url="https://a.example")
    building.postings(
        db, added.board_id, f"R{hostile}", locations=[hostile], department=hostile, language=hostile,
        description_html=hostile, closes_at=datetime(2099, 1, 31, 1, tzinfo=UTC),
    )  # fmt: skip
    db.commit()
    answer = read(client, add(client, title_filters="-nothing"), form)
    content = answer.content.decode()
    assert "\U0001f600" in content
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", content) or form == "json_feed"
    if form == "calendar":
        (event,) = Calendar.from_ical(content).walk("VEVENT")
        assert str(event["summary"]).startswith("Closes: R\t\n")
    else:
        (etree.fromstring if form == "atom" else json.loads)(answer.content)


# --- Asking again ----------------------------------------------------------------------------------------------------


def test_a_reader_that_has_it_is_told_so(client, db, acme, several):
    first = read(client, several, "atom")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, max-age=300"
    assert first.headers["vary"] == "Accept-Encoding"
    again = read(client, several, "atom", **{"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["cache-control"] == "private, max-age=300"
    strong = read(client, several, "atom", **{"If-None-Match": tag.removeprefix("W/")})
    assert strong.status_code == 304
    assert read(client, several, "atom", **{"If-None-Match": '"other"'}).status_code == 200
    building.postings(db, acme.board_id, "News", run=3)
    db.commit()
    changed = read(client, several, "atom", **{"If-None-Match": tag})
    assert (changed.status_code, changed.headers["etag"] == tag) == (200, False)


def test_last_modified_is_the_newest_news_and_not_the_moment_of_asking(client, db, acme):
    feed = add(client, title_filters="engineer")
    building.postings(db, acme.board_id, "Engineer")
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    db.execute(text("UPDATE posting_events SET at = :at"), {"at": at})
    db.commit()
    assert parsedate_to_datetime(read(client, feed).headers["last-modified"]) == at


@pytest.mark.parametrize(
    ("accepts", "compressed"),
    [
        ("gzip", True), ("deflate, gzip;q=0.5", True), ("*", True), ("GZIP ; q=1", True),
        ("identity", False), ("gzip;q=0", False), ("gzip;q=0.0, *", False), ("", False),
    ],
)  # fmt: skip
def test_a_feed_is_compressed_where_that_is_asked_for(client, several, accepts, compressed):
    headers = {"Accept-Encoding": accepts}
    with client.stream("GET", several["addresses"]["atom"], headers=headers) as answer:
        body = b"".join(answer.iter_raw())
    assert (answer.headers.get("content-encoding") == "gzip") is compressed
    plain = gzip.decompress(body) if compressed else body
    assert plain == read(client, several, "atom", **{"Accept-Encoding": "identity"}).content
    assert read(client, several, "atom", **{"If-None-Match": answer.headers["etag"]}).status_code == 304


# --- Addresses -------------------------------------------------------------------------------------------------------


def test_an_address_needs_no_sign_in_and_opens_this_feed_alone(accounts, db):
    ada, bob = person(db), person(db, "bob@example.org")
    with TestClient(accounts, base_url="https://jobs.example.org") as client:
        client.headers |= bearer(ada)
        mine = add(client, "Ada's")
        client.headers |= bearer(bob)
        theirs = add(client, "Bob's")
        del client.headers["Authorization"]
        assert mine["addresses"]["atom"].startswith("https://jobs.example.org/feeds/1-")
        assert client.get(mine["addresses"]["json_feed"]).json()["title"] == "Ada's"
        token = mine["addresses"]["atom"].partition("-")[2]
        assert client.get(f"/feeds/{theirs['id']}-{token}").status_code == 404
        assert client.get(PATH).status_code == 401
        db.execute(text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": ada})
        db.commit()
        assert client.get(mine["addresses"]["json_feed"]).status_code == 404


def test_a_token_is_too_long_to_be_guessed_and_depends_on_the_secret(client, settings):
    feed = add(client)
    token = re.fullmatch(r"http://127\.0\.0\.1:8000/feeds/1-([\w-]{43})\.atom", feed["addresses"]["atom"])
    assert token
    settings(ROLECALL_SECRET_KEY="another secret of at least 32 characters")
    assert read(client, feed).status_code == 404
    assert client.get(f"{PATH}/1").json()["addresses"] != feed["addresses"]


@pytest.mark.parametrize(
    "address", ["1-", "1", "-x", "x-y", "1-x%0a", f"{'9' * 18}-x", f"{'9' * 19}-x", "1-%C3%A4", "1-" + "x" * 999]
)
def test_what_is_no_address_is_not_found(client, address):
    add(client)
    answer = client.get(f"/feeds/{address}.atom")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_trying_addresses_out_is_bounded(app, client):
    app.dependency_overrides[sign_in_limit] = lambda: parse("3/minute")
    feed = add(client)
    answers = [client.get("/feeds/1-guess.atom").status_code for _ in range(5)]
    assert answers == [404, 404, 404, 429, 429]
    assert read(client, feed).status_code == 200


def test_a_feed_is_read_so_often_and_no_oftener(app, client):
    app.dependency_overrides[feed_limit] = lambda: parse("2/minute")
    feed, other = add(client), add(client)
    assert [read(client, feed).status_code for _ in range(3)] == [200, 200, 429]
    assert read(client, other).status_code == 200


def test_renewing_kills_the_old_address_at_once(client):
    feed = add(client)
    assert feed["renewed_at"] is None
    renewed = client.post(f"{PATH}/{feed['id']}/renew").json()
    assert {form: read(client, feed, form).status_code for form in feed["addresses"]} == dict.fromkeys(
        ("atom", "json_feed", "calendar"), 404
    )
    assert "renewed" in read(client, feed).json()["detail"]
    assert {read(client, renewed, form).status_code for form in feed["addresses"]} == {200}
    assert renewed["renewed_at"] is not None


def test_a_feed_keeps_its_own_id_when_it_is_renewed(client):
    def own_id(feed):
        return etree.fromstring(read(client, feed, "atom").content).find(f"{ATOM}id").text

    feed, other = add(client), add(client)
    before = own_id(feed)
    assert own_id(client.post(f"{PATH}/{feed['id']}/renew").json()) == before != own_id(other)


# --- Looking after feeds ---------------------------------------------------------------------------------------------


def test_feeds_are_listed_read_changed_and_deleted(client, db, acme):
    first, second = add(client, "One"), add(client, "Two", title_filters="python")
    assert client.get(f"{PATH}/{first['id']}").json() == first
    part = client.get(f"{PATH}?limit=1").json()
    rest = client.get(PATH, params={"cursor": part["next_cursor"]}).json()
    assert part["items"] + rest["items"] == [first, second]
    changed = client.patch(f"{PATH}/{second['id']}", json={"name": "Zwei"}).json()
    assert (changed["name"], changed["title_filters"]) == ("Zwei", "python")
    assert changed["addresses"] == second["addresses"]
    assert client.delete(f"{PATH}/{first['id']}").status_code == 204
    assert read(client, first).status_code == 404
    assert [one["id"] for one in client.get(PATH).json()["items"]] == [second["id"]]


def test_a_scope_that_is_named_takes_the_place_of_the_other(client, acme):
    feed = add(client, title_filters="python")

    def changed(**scope):
        found = client.patch(f"{PATH}/{feed['id']}", json=scope).json()
        return found["group_id"], found["company_id"], found["title_filters"]

    assert changed(company_id=acme.company_id) == (None, acme.company_id, None)
    assert changed(title_filters="go") == (None, None, "go")
    assert changed(title_filters=None) == (None, None, None)


def test_a_feed_goes_with_its_group(client, db):
    group = wishes.add_group(db, people.local(db)["id"], name="G", criteria=Criteria())
    db.commit()
    feed = add(client, group_id=group)
    assert client.delete(f"/api/v1/groups/{group}").status_code == 204
    assert read(client, feed).status_code == 404
    assert client.get(PATH).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"name": " "}, 422, "at least 1"),
        ({"name": "x", "company_id": 1, "group_id": 1}, 422, "a feed is of one thing"),
        ({"name": "x", "title_filters": "(a"}, 422, "never closed"),
        ({"name": "x", "company_id": 99}, 404, "there is no company 99"),
        ({"name": "x", "group_id": 99}, 404, "there is no group 99 of yours"),
    ],
)
def test_what_cannot_be_a_feed_is_refused(client, body, status, says):
    feed = add(client)
    for answer in (client.post(PATH, json=body), client.patch(f"{PATH}/{feed['id']}", json=body)):
        assert answer.status_code == status
        assert says in answer.text


def test_a_person_has_a_hundred_feeds_at_most(client, monkeypatch):
    monkeypatch.setattr(store, "FEEDS_MOST", 1)
    add(client)
    answer = client.post(PATH, json={"name": "Two"})
    assert (answer.status_code, answer.json()["detail"]) == (422, "a person has at most 1 feeds; delete one first")


def test_nobody_overwrites_what_they_have_not_seen(client):
    feed = add(client)
    tag = client.get(f"{PATH}/{feed['id']}").headers["etag"]
    changed = client.patch(f"{PATH}/{feed['id']}", json={"name": "Mine"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    late = client.patch(f"{PATH}/{feed['id']}", json={"name": "Theirs"}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert client.get(f"{PATH}/{feed['id']}").json()["name"] == "Mine"
    now = {"If-Match": changed.headers["etag"]}
    assert client.patch(f"{PATH}/{feed['id']}", json={"name": "Again"}, headers=now).status_code == 200


def test_the_feeds_of_others_are_not_there(accounts, db):
    ada, bob = person(db), person(db, "bob@example.org")
    with TestClient(accounts, base_url="https://jobs.example.org") as client:
        feed = client.post(PATH, json={"name": "Ada's"}, headers=bearer(ada)).json()
        group = wishes.add_group(db, ada, name="G", criteria=Criteria())
        db.commit()
        for method, path, body in (
            *(("GET", f"{PATH}/1", None), ("PATCH", f"{PATH}/1", {"name": "x"}), ("DELETE", f"{PATH}/1", None)),
            *(("POST", f"{PATH}/1/renew", None), ("POST", PATH, {"name": "x", "group_id": group})),
        ):
            assert client.request(method, path, json=body, headers=bearer(bob)).status_code == 404, (method, path)
        assert client.get(PATH, headers=bearer(bob)).json()["items"] == []
        assert client.get(f"{PATH}/1", headers=bearer(ada)).json() == feed
