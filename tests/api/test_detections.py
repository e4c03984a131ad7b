"""Detections as the API gives them, and companies that are added by what they find."""

import pytest
from limits import parse

from api import detections, limiting
from tests import scanning
from tests.api import building
from tests.boards import Internet
from worker import robots

PATH = "/api/v1/detections"
HOME = "https://www.proseware.example"


@pytest.fixture
def net(client):
    robots.MEMORY.clear()
    with Internet(seed=5, companies=11) as net, scanning.inside(net):
        yield net


def embed(net, *companies):
    net.page(f"{HOME}/jobs", "".join(f'<iframe src="{one.address}"></iframe>' for one in companies))


def test_a_detection_says_what_was_found_and_tried_and_writes_nothing(client, net, db):
    company = net.world.of("greenhouse")[0]
    embed(net, company)
    client.get("/api/v1/me")
    before = building.digest(db)
    answer = client.post(PATH, json={"what": f"{HOME}/jobs"})
    assert answer.status_code == 200
    body = answer.json()
    assert body["chosen"] == body["candidates"][0]
    one = body["chosen"]
    assert (one["ats"], one["board"], one["certainty"], one["error"]) == ("greenhouse", company.slug, "certain", None)
    assert (one["open_postings"], len(one["titles"])) == (len(net.world.open_ids(company)), 5)
    assert body["tried"] == [f"{HOME}/jobs: a board in it"]
    assert body["requests"] == 3
    assert "ratelimit" in answer.headers
    assert building.digest(db) == before


def test_a_company_is_looked_for_by_name_at_one_vendor(client, net):
    company = net.world.of("lever")[0]
    body = client.post(PATH, json={"what": company.name, "ats": "lever"}).json()
    assert body["chosen"]["url"] == company.address


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ({}, "invalid-request"),
        ({"what": ""}, "invalid-request"),
        ({"what": "!?"}, "invalid-input"),
        ({"what": "Acme", "ats": "grenhouse"}, "invalid-input"),
        ({"what": "http://169.254.169.254/latest"}, "unsafe-address"),
    ],
)
def test_what_cannot_be_looked_for_is_a_problem(client, wish, name):
    answer = client.post(PATH, json=wish)
    assert answer.status_code == 422
    assert answer.json()["type"] == f"urn:rolecall:problem:{name}"


def test_a_company_is_added_by_its_own_page(client, net):
    company = net.world.of("greenhouse")[0]
    embed(net, company)
    answer = client.post("/api/v1/companies", json={"url": f"{HOME}/jobs", "scan": False})
    assert answer.status_code == 201
    assert answer.json()["name"] == company.name
    assert answer.json()["boards"][0]["board"] == company.slug
    again = client.post("/api/v1/companies", json={"url": f"{HOME}/jobs", "scan": False})
    assert (again.status_code, again.json()["id"]) == (200, answer.json()["id"])


def test_where_several_boards_may_be_meant_each_can_be_added_as_it_is_named(client, net):
    one, other = net.world.of("greenhouse")[0], net.world.of("lever")[0]
    embed(net, one, other)
    answer = client.post("/api/v1/companies", json={"url": f"{HOME}/jobs", "scan": False})
    assert answer.status_code == 422
    body = answer.json()
    assert body["type"] == "urn:rolecall:problem:not-one-board"
    assert {each["url"] for each in body["errors"]} == {one.address, other.address}
    assert all(each["detail"] and each["open_postings"] for each in body["errors"])
    assert client.get("/api/v1/companies").json()["items"] == []
    wish = {name: body["errors"][0][name] for name in ("ats", "board", "name")}
    assert client.post("/api/v1/companies", json={**wish, "scan": False}).status_code == 201


def test_where_no_board_is_found_it_is_said_what_was_tried(client, net):
    answer = client.post("/api/v1/companies", json={"url": "https://nobody-here.example/jobs"})
    assert answer.status_code == 422
    assert "Tried: https://nobody-here.example/jobs: there is no such page" in answer.json()["detail"]
    assert "errors" not in answer.json()


def test_only_some_detections_run_at_once(client, net):
    for _ in range(detections.AT_ONCE):
        assert detections._PLACES.acquire(blocking=False)
    try:
        for path, wish in ((PATH, {"what": "Acme"}), ("/api/v1/companies", {"url": f"{HOME}/jobs"})):
            answer = client.post(path, json=wish)
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
        known = {"url": "https://boards.greenhouse.io/acme", "scan": False}
        assert client.post("/api/v1/companies", json=known).status_code == 201
    finally:
        for _ in range(detections.AT_ONCE):
            detections._PLACES.release()
    for _ in range(detections.AT_ONCE + 1):
        client.post("/api/v1/companies", json={"url": "https://nobody-here.example/jobs"})
    assert client.post(PATH, json={"what": "nobody-here.example"}).status_code == 200


def test_detections_are_counted_by_person_and_adding_known_addresses_is_not(app, client, net):
    app.dependency_overrides[limiting.dry_run_limit] = lambda: parse("1/minute")
    assert client.post(PATH, json={"what": "nobody-here.example"}).status_code == 200
    assert client.post(PATH, json={"what": "nobody-here.example"}).status_code == 429
    assert client.post("/api/v1/companies", json={"url": f"{HOME}/jobs"}).status_code == 429
    known = {"url": "https://boards.greenhouse.io/acme", "scan": False}
    assert client.post("/api/v1/companies", json=known).status_code == 201
