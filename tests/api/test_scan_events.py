"""A scan's progress as server-sent events."""

import json
import threading

import requests
from sqlalchemy import text

from tests.api import building
from worker.resources import database
from worker.scan import PROGRESS_CHANNEL


def parse(body: str) -> list[dict]:
    """Return the events of a stream: type, id and data."""
    events = []
    for block in body.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if fields:
            events.append({**fields, "data": json.loads(fields["data"])})
    return events


def boards(db, count: int) -> tuple[int, list[int]]:
    for number in range(count):
        building.company(db, f"company{number}")
    scan = building.scan(db)
    return scan, building.runs(db, scan)


def test_a_finished_scan_is_told_in_full_and_ends(client, db):
    scan, runs = boards(db, 3)
    for run in reversed(runs):
        building.finish(db, run)
        db.commit()
    answer = client.get(f"/api/v1/scans/{scan}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-cache"
    events = parse(answer.text)
    assert [event["event"] for event in events] == ["run", "run", "run", "done"]
    assert [event["data"]["id"] for event in events[:3]] == runs[::-1]
    assert events[-1]["data"]["state"] == "finished"


def test_a_stream_that_was_cut_goes_on_where_it_was(client, db):
    scan, runs = boards(db, 4)
    for run in runs:
        building.finish(db, run)
        db.commit()
    whole = parse(client.get(f"/api/v1/scans/{scan}/events").text)
    for cut in range(4):
        rest = parse(client.get(f"/api/v1/scans/{scan}/events", headers={"Last-Event-ID": whole[cut]["id"]}).text)
        assert rest == whole[cut + 1 :]


def test_what_cannot_be_watched_is_a_problem(client, db):
    assert client.get("/api/v1/scans/99/events").status_code == 404
    scan, _ = boards(db, 1)
    for wrong in ("x", "1", "1-x", "-1-2", f"{2**63}-1", "1-2-3"):
        answer = client.get(f"/api/v1/scans/{scan}/events", headers={"Last-Event-ID": wrong})
        assert answer.status_code == 422, wrong
        assert answer.headers["content-type"] == "application/problem+json"


def test_runs_arrive_while_they_finish(server, db, redis):
    scan, runs = boards(db, 2)
    with requests.get(f"{server}/api/v1/scans/{scan}/events", stream=True, timeout=20) as answer:
        blocks = (block for block in answer.iter_lines(delimiter="\n\n", decode_unicode=True) if block)
        assert parse(next(blocks))[0]["event"] == "progress"
        for number, run in enumerate(runs, start=1):
            building.finish(db, run)
            db.commit()
            redis.publish(PROGRESS_CHANNEL.format(scan), run)
            (event,) = parse(next(blocks))
            assert (event["event"], event["data"]["id"]) == ("run", run)
            (after,) = parse(next(blocks))
            assert after["data"]["runs"]["finished"] == number
        assert after["event"] == "done"
        assert list(blocks) == []


def test_without_redis_runs_arrive_all_the_same(app, server, db, settings):
    settings(REDIS_URL="redis://127.0.0.1:1/0")
    scan, (run,) = boards(db, 1)
    with requests.get(f"{server}/api/v1/scans/{scan}/events", stream=True, timeout=20) as answer:
        lines = (line for line in answer.iter_lines(decode_unicode=True) if line)
        assert next(lines) == "event: progress"
        building.finish(db, run)
        db.commit()
        assert "event: done" in list(lines)


def test_a_run_whose_commit_is_overtaken_is_neither_lost_nor_repeated(server, db):
    """An older transaction holds everything after it back until it has ended: ids alone would have skipped its run."""
    scan, (slow, fast) = boards(db, 2)
    with database() as older, requests.get(f"{server}/api/v1/scans/{scan}/events", stream=True, timeout=20) as answer:
        lines = (line for line in answer.iter_lines(decode_unicode=True) if line)
        building.finish(older, slow)
        building.finish(db, fast)
        db.commit()
        assert next(lines) == "event: progress"
        timer = threading.Timer(0.1, older.commit)
        timer.start()
        events = ["event: progress", *lines]
        timer.join()
    told = [json.loads(line[6:])["id"] for line in events if line.startswith("data:") and '"outcome"' in line]
    assert told == [slow, fast]
    assert events.count("event: done") == 1


def test_a_run_that_is_held_back_is_told_before_the_end(server, db):
    """Any older transaction holds it back, also one that has nothing to do with the scan."""
    scan, (run,) = boards(db, 1)
    with database() as older:
        older.execute(text("SELECT pg_current_xact_id()"))
        building.finish(db, run)
        db.commit()
        with requests.get(f"{server}/api/v1/scans/{scan}/events", stream=True, timeout=20) as answer:
            lines = (line for line in answer.iter_lines(decode_unicode=True) if line.startswith("event:"))
            assert next(lines) == "event: progress"
            older.commit()
            assert list(lines) == ["event: run", "event: done"]


def test_a_deleted_scan_ends_its_stream(server, db):
    scan, _ = boards(db, 1)
    with requests.get(f"{server}/api/v1/scans/{scan}/events", stream=True, timeout=20) as answer:
        lines = (line for line in answer.iter_lines(decode_unicode=True) if line)
        assert next(lines) == "event: progress"
        db.execute(text("DELETE FROM scans"))
        db.commit()
        assert list(lines)[-2:] == ["event: done", f'data: {{"id": {scan}, "state": "deleted"}}']
