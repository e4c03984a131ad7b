"""Companies, boards, settings: what a person does first."""

import pytest
from sqlalchemy import text

from api.cursors import encode
from tests.api import building
from worker.extractors import extractors

ACME = "https://boards.greenhouse.io/acme"


def add(client, **wish):
    return client.post("/api/v1/companies", json={"scan": False, **wish})


def walk(client, path, limit, **params):
    """Follow the cursors to the end; return the parts."""
    parts, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        body = client.get(path, params={"limit": limit, **params, **more}).json()
        parts.append(body["items"])
        cursor = body["next_cursor"]
        if cursor is None:
            return parts


def test_a_new_company_is_created_and_read_at_once(client, db, redis):
    answer = client.post("/api/v1/companies", json={"url": ACME})
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"/api/v1/companies/{body['id']}"
    assert body["name"] == "Acme"
    assert body["boards"][0]["ats"] == "greenhouse"
    assert body["boards"][0]["board"] == "acme"
    scan = client.get(f"/api/v1/scans/{body['scan_id']}").json()
    assert scan["trigger"] == "api"
    assert scan["runs"] == {"total": 1, "queued": 1, "running": 0, "finished": 0}
    assert redis.llen("interactive") == 1
    assert client.get(answer.headers["location"]).json() == {name: body[name] for name in body if name != "scan_id"}


def test_a_known_company_is_found_again_and_not_scanned(client):
    first = add(client, url=ACME, name="Acme Inc.").json()
    answer = client.post("/api/v1/companies", json={"url": f"{ACME.upper().replace('HTTPS', 'https')}/jobs/1"})
    assert answer.status_code == 200
    assert answer.json()["id"] == first["id"]
    assert answer.json()["name"] == "Acme Inc."
    assert answer.json()["scan_id"] is None


def test_a_company_is_added_by_ats_and_board(client):
    assert add(client, ats="lever", board="acme").json()["boards"][0]["url"].startswith("https://jobs.lever.co/acme")


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"url": "not an address"}, "web address"),
        ({"ats": "nothing", "board": "acme"}, "ashby, "),
        ({"ats": "lever", "board": "a/b/c"}, "board"),
        ({"ats": "workday", "board": "acme"}, "tenant"),
    ],
)
def test_what_is_no_board_is_refused_with_what_was_tried(client, wish, says):
    answer = add(client, **wish)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert client.get("/api/v1/companies").json()["items"] == []


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"url": ACME, "ats": "lever", "board": "x"},
        {"ats": "lever"},
        {"board": "x"},
        {"url": ACME, "name": " "},
        {"url": ACME, "name": "x" * 201},
    ],
)
def test_a_wish_must_be_clear(client, wish):
    assert add(client, **wish).status_code == 422


def test_companies_are_listed_part_by_part(client, db):
    ids = [building.company(db, f"company-{number}").company_id for number in range(7)]
    parts = walk(client, "/api/v1/companies", 3)
    assert [len(part) for part in parts] == [3, 3, 1]
    assert [company["id"] for part in parts for company in part] == ids
    assert [len(part) for part in walk(client, "/api/v1/companies", 7)] == [7]


def test_a_walk_neither_skips_nor_repeats_while_others_add_and_delete(client, db):
    ids = [building.company(db, f"company-{number}").company_id for number in range(6)]
    first = client.get("/api/v1/companies?limit=3").json()
    client.delete(f"/api/v1/companies/{ids[2]}")
    late = building.company(db, "late").company_id
    rest = client.get("/api/v1/companies", params={"limit": 10, "cursor": first["next_cursor"]}).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [*ids, late]


def test_companies_are_found_by_part_of_their_name(client, db):
    for name in ("acme-one", "acme-two", "100%"):
        building.company(db, name)
    assert len(client.get("/api/v1/companies?name=ACME").json()["items"]) == 2
    assert [one["name"] for one in client.get("/api/v1/companies", params={"name": "0%"}).json()["items"]] == ["100%"]
    assert client.get("/api/v1/companies", params={"name": "_"}).json()["items"] == []


def test_a_company_is_renamed_paused_and_rescheduled(client):
    company = add(client, url=ACME).json()
    path = f"/api/v1/companies/{company['id']}"
    changed = client.patch(path, json={"name": "  Acme\tRobotics ", "enabled": False, "interval_seconds": 60}).json()
    assert changed["name"] == "Acme Robotics"
    assert (changed["boards"][0]["enabled"], changed["boards"][0]["interval_seconds"]) == (False, 60)
    assert client.patch(path, json={}).json()["boards"][0]["interval_seconds"] == 60
    assert client.patch(path, json={"interval_seconds": None}).json()["boards"][0]["interval_seconds"] is None
    for wrong in ({"interval_seconds": 59}, {"name": ""}, {"name": None}, {"enabled": None}):
        assert client.patch(path, json=wrong).status_code == 422, wrong
    assert client.patch("/api/v1/companies/99", json={"enabled": False}).status_code == 404


def test_a_deleted_company_is_gone_with_everything(client, db):
    added = building.company(db)
    building.postings(db, added.board_id, "Engineer")
    db.commit()
    assert client.delete(f"/api/v1/companies/{added.company_id}").status_code == 204
    assert client.delete(f"/api/v1/companies/{added.company_id}").status_code == 404
    assert client.get("/api/v1/postings").json()["items"] == []


def test_boards_that_fail_are_found(client, db):
    good, bad = building.company(db, "good"), building.company(db, "bad")
    db.execute(
        text("UPDATE boards SET last_outcome = 'failed', error_kind = 'BoardRefused', error = 'no' WHERE id = :id"),
        {"id": bad.board_id},
    )
    db.commit()
    assert [one["id"] for one in client.get("/api/v1/boards").json()["items"]] == [good.board_id, bad.board_id]
    (failing,) = client.get("/api/v1/boards?failing=true").json()["items"]
    assert (failing["board"], failing["error_kind"], failing["company"]) == ("bad", "BoardRefused", "Bad")


def test_every_vendor_is_listed_with_examples(client):
    items = client.get("/api/v1/ats").json()["items"]
    assert [one["ats"] for one in items] == list(extractors())
    assert all(one["examples"] == list(extractors()[one["ats"]].examples) for one in items)


def test_a_cursor_belongs_to_its_list(client):
    assert client.get("/api/v1/companies", params={"cursor": encode("boards", 1)}).status_code == 422


def test_title_filters_are_kept_as_text_or_lines(client, db):
    company = building.company(db).company_id
    path = f"/api/v1/settings/{company}"
    nothing = client.get(path).json()
    assert (nothing["title_filters"], nothing["enabled"], nothing["updated_at"]) == (None, None, None)
    assert nothing["effective"]["watched"] is False
    stored = client.put(path, json={"title_filters": ["python engineer", "-intern"]}).json()
    assert stored["title_filters"] == "python engineer\n-intern"
    assert client.get(path).json() == stored
    assert client.put(path, json={"title_filters": "go", "enabled": False}).json()["enabled"] is False
    assert client.put("/api/v1/settings/99", json={"title_filters": ""}).status_code == 404
    assert client.get("/api/v1/settings/99").status_code == 404


def test_a_filter_that_cannot_be_read_names_line_and_column(client, db):
    company = building.company(db).company_id
    answer = client.put(f"/api/v1/settings/{company}", json={"title_filters": "python\n(go OR"})
    body = answer.json()
    assert answer.status_code == 422
    assert body["type"] == "urn:rolecall:problem:filter-syntax"
    assert (body["errors"][0]["line"], body["errors"][0]["column"]) == (2, 5)
    assert client.get(f"/api/v1/settings/{company}").json()["title_filters"] is None
