"""The dry run as the API gives it."""

from limits import parse

from api import dry_runs, limiting
from tests import scanning
from tests.api import building
from tests.boards import Internet

PATH = "/api/v1/dry-run"


def test_a_dry_run_answers_per_board_in_order_and_writes_nothing(client, db, redis):
    client.get("/api/v1/me")
    with Internet(seed=5, companies=11) as net, scanning.inside(net):
        good, bad = net.world.of("greenhouse")[0], net.world.of("lever")[0]
        net.fault(bad, "html")
        before = building.digest(db)
        wish = {"urls": [bad.address, good.address], "title_filters": ["zzz", "engineer*"]}
        broken, fine = client.post(PATH, json=wish).json()["items"]
        assert building.digest(db) == before
    assert broken["error"]["kind"] == "UnexpectedPayload"
    assert (broken["given"], broken["ats"]) == (bad.address, "lever")
    assert fine["error"] is None
    assert fine["found"] == len(net.world.open_ids(good))
    assert fine["matched"] == len(fine["postings"])
    assert {one["filter"] for one in fine["postings"]} <= {"engineer*"}
    assert all(one["reason"] == "no line matches" for one in fine["rejected"])
    assert "description_html" not in fine["postings"][0]


def test_a_dry_run_must_be_clear(client):
    for wish in ({}, {"urls": []}, {"urls": ["x"] * 21}, {"urls": ["https://jobs.lever.co/a"], "title_filters": "("}):
        assert client.post(PATH, json=wish).status_code == 422, wish
    (answer,) = client.post(PATH, json={"company_ids": [7]}).json()["items"]
    assert answer["error"]["kind"] == "NotFound"


def test_only_some_dry_runs_run_at_once(client):
    for _ in range(dry_runs.AT_ONCE):
        assert dry_runs._PLACES.acquire(blocking=False)
    try:
        answer = client.post(PATH, json={"company_ids": [7]})
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
    finally:
        for _ in range(dry_runs.AT_ONCE):
            dry_runs._PLACES.release()
    assert client.post(PATH, json={"company_ids": [7]}).status_code == 200
    for _ in range(10):
        client.post(PATH, json={})
    assert client.post(PATH, json={"company_ids": [7]}).status_code == 200


def test_dry_runs_are_counted_by_person(app, client):
    app.dependency_overrides[limiting.dry_run_limit] = lambda: parse("1/minute")
    assert client.post(PATH, json={"company_ids": [7]}).status_code == 200
    assert client.post(PATH, json={"company_ids": [7]}).status_code == 429
