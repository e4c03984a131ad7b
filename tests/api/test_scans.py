"""Scans: started at once whatever their size, asked for once, read, cancelled, carried out."""

import os
import subprocess
import sys
import threading

import pytest
from sqlalchemy import text

from tests import scanning
from tests.api import building
from tests.api.test_companies import walk
from tests.boards import Internet
from worker import dispatch
from worker import scan as pipeline
from worker.resources import database

PATH = "/api/v1/scans"


def start(client, key=None, **wish):
    return client.post(PATH, json=wish, headers={"Idempotency-Key": key} if key else {})


def test_a_scan_is_accepted_sent_and_found_under_its_location(client, db, redis):
    ids = [building.company(db, f"company{n}").company_id for n in range(3)]
    answer = start(client, company_ids=ids[:2])
    assert answer.status_code == 202
    assert answer.json() == {"id": 1, "runs": 2}
    assert redis.llen("interactive") == 2
    scan = client.get(answer.headers["location"]).json()
    assert (scan["state"], scan["runs"]["queued"], scan["finished_at"]) == ("running", 2, None)
    assert [run["company_id"] for run in scan["items"]] == ids[:2]
    assert start(client, all=True).json()["runs"] == 3


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"all": False},
        {"company_ids": []},
        {"company_ids": [1], "all": True},
        {"company_ids": [-1]},
        {"company_ids": [2**63]},
    ],
)
def test_a_wish_must_be_clear(client, wish):
    assert start(client, **wish).status_code == 422


def test_what_cannot_be_scanned_is_said(client, db):
    assert "add a company" in start(client, all=True).json()["detail"]
    building.company(db)
    answer = start(client, company_ids=[1, 7, 8])
    assert answer.status_code == 404
    assert "7, 8" in answer.json()["detail"]
    assert client.get(PATH).json()["items"] == []


def test_ten_thousand_boards_are_accepted_with_one_message(client, db, redis):
    db.execute(text("INSERT INTO companies (name) SELECT 'c' || n FROM generate_series(1, 10000) n"))
    db.execute(text("INSERT INTO boards (company_id, ats, key, url) SELECT id, 'lever', name, name FROM companies"))
    db.commit()
    assert start(client, all=True).json()["runs"] == 10_000
    assert db.execute(text("SELECT count(*) FROM scan_runs WHERE state = 'queued'")).scalar_one() == 10_000
    assert [redis.llen(queue) for queue in ("interactive", "scans", "maintenance")] == [0, 0, 1]


def test_the_same_request_with_the_same_key_is_one_scan(client, db):
    building.company(db)
    first = start(client, "k1", all=True)
    again = start(client, "k1", all=True)
    assert (again.status_code, again.json(), again.headers["location"]) == (
        202,
        first.json(),
        first.headers["location"],
    )
    assert start(client, "k2", all=True).json()["id"] != first.json()["id"]
    assert start(client, all=True).json()["id"] != first.json()["id"]
    assert len(client.get(PATH).json()["items"]) == 3


def test_another_request_with_the_same_key_is_a_conflict(client, db):
    building.company(db)
    start(client, "k1", all=True)
    assert start(client, "k1", company_ids=[1]).status_code == 409
    assert start(client, "x" * 256, all=True).status_code == 422


def test_keys_of_two_people_are_two(signed, db):
    from tests.api.test_auth import bearer, ours

    db.execute(text("INSERT INTO users (email) VALUES ('a'), ('b')"))
    building.company(db)
    answers = [
        signed.post(PATH, json={"all": True}, headers={"Idempotency-Key": "k", **bearer(ours(sub=sub))}) for sub in "12"
    ]
    assert answers[0].json()["id"] != answers[1].json()["id"]


def test_two_equal_requests_at_the_same_time_are_one_scan(client, db):
    """The first has written and not committed when the second arrives: the second waits for it, and finds its scan."""
    building.company(db)
    client.get("/api/v1/me")
    wish = {"all": True}
    digest = _digest(wish)
    with database() as other:
        first = dispatch.start_scan(other, trigger="api", company_ids=None, user=1, idempotency=digest)
        answers = []
        second = threading.Thread(target=lambda: answers.append(start(client, "k1", **wish)))
        second.start()
        _until_somebody_waits(db)
        other.commit()
        second.join(timeout=20)
    assert answers[0].json()["id"] == first.scan
    assert len(client.get(PATH).json()["items"]) == 1


def _digest(wish):
    from api.schemas.scans import NewScan
    from api.starting import idempotency

    return idempotency("k1", NewScan(**wish))


def _until_somebody_waits(db):
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(100_000):
        db.rollback()
        if db.execute(waiting).scalar_one():
            return
    raise AssertionError("nobody waited")


def test_scans_and_their_runs_are_listed_part_by_part(client, db):
    for number in range(5):
        building.company(db, f"company{number}")
    ids = [building.scan(db) for _ in range(5)]
    assert [scan["id"] for part in walk(client, PATH, 2) for scan in part] == ids[::-1]
    runs = building.runs(db, ids[0])
    parts = walk(client, f"{PATH}/{ids[0]}", 2)
    assert [len(part) for part in parts] == [2, 2, 1]
    assert [run["id"] for part in parts for run in part] == runs
    assert client.get(f"{PATH}/99").status_code == 404


def test_totals_add_up(client, db):
    for number in range(4):
        building.company(db, f"company{number}")
    scan = building.scan(db)
    for run, outcome in zip(building.runs(db, scan), ("changed", "changed", "failed"), strict=False):
        building.finish(db, run, outcome)
    db.commit()
    body = client.get(f"{PATH}/{scan}").json()
    assert body["runs"] == {"total": 4, "queued": 1, "running": 0, "finished": 3}
    assert body["outcomes"] == {"changed": 2, "unchanged": 0, "partial": 0, "suspect": 0, "gone": 0, "failed": 1}


def test_a_cancelled_scan_ends_its_waiting_runs(client, db):
    for number in range(2):
        building.company(db, f"company{number}")
    scan = building.scan(db)
    building.finish(db, building.runs(db, scan)[0])
    db.commit()
    body = client.post(f"{PATH}/{scan}/cancel").json()
    assert body["state"] == "cancelled"
    assert (body["outcomes"]["unchanged"], body["outcomes"]["failed"]) == (1, 1)
    assert client.post(f"{PATH}/{scan}/cancel").json() == body
    assert client.post(f"{PATH}/99/cancel").status_code == 404


def test_a_scan_is_accepted_while_redis_is_away(db):
    """In a process of its own: Celery keeps its connections for the life of one."""
    building.company(db)
    program = """
from starlette.testclient import TestClient
from api.app import create_app
with TestClient(create_app(), base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
    answer = client.post("/api/v1/scans", json={"all": True})
    print(answer.status_code, client.get(answer.headers["location"]).json()["runs"]["queued"])
"""
    env = {**os.environ, "REDIS_URL": "redis://127.0.0.1:1/0"}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout.splitlines()[-1] == "202 1"
    assert "scan accepted while Redis is away" in ended.stdout


def carry_out(client, scan):
    """Do what a worker does with the messages that were sent for a scan."""
    for run in client.get(f"{PATH}/{scan}").json()["items"]:
        assert pipeline.scan(run["id"])


def test_from_an_address_to_postings_and_their_news(client, db, redis):
    with Internet(seed=3, companies=11) as net, scanning.inside(net):
        wanted = net.world.of("greenhouse")[0]
        added = client.post("/api/v1/companies", json={"url": wanted.address}).json()
        client.put(f"/api/v1/settings/{added['id']}", json={"title_filters": "engineer*"})
        carry_out(client, added["scan_id"])
        scan = client.get(f"/api/v1/scans/{added['scan_id']}").json()
        assert (scan["state"], scan["outcomes"]["changed"]) == ("finished", 1)
        found = [one for part in walk(client, "/api/v1/postings", 3) for one in part]
        assert {one["external_id"]: one["title"] for one in found} == net.world.titles(wanted)
        building.caught_up(db)
        seen = client.get("/api/v1/changes?limit=1000").json()
        assert {one["kind"] for one in seen["items"]} == {"opened"}
        while not any(change.company == wanted.slug for change in net.advance()):
            pass
        again = start(client, company_ids=[added["id"]])
        carry_out(client, again.json()["id"])
        counts = client.get(again.headers["location"]).json()["counts"]
        building.caught_up(db)
        news = client.get("/api/v1/changes", params={"since": seen["next_cursor"]}).json()["items"]
        assert len(news) == counts["opened"] + counts["updated"] + counts["closed"] + counts["reopened"] > 0
        for one in news:
            posting = client.get(f"/api/v1/postings/{one['posting_id']}").json()
            assert posting["events"][-1]["changes"] == one["changes"]
            assert posting["state"] == ("closed" if one["kind"] == "closed" else "open")
