"""What an operator asks of the API: figures and drift."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from tests.api import building
from worker import dispatch, heartbeat
from worker.resources import transaction


def figures(client) -> dict[str, float]:
    """The figures by name and labels, as a monitor reads them."""
    answer = client.get("/api/v1/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {
        f"{one.name}{sorted(one.labels.values()) or ''}": one.value for family in families for one in family.samples
    }


@pytest.fixture
def month(db):
    """A vendor whose postings named their departments for ten days."""
    db.execute(
        text("""INSERT INTO vendor_days (ats, day, postings, filled, rows, skipped, runs, unexpected)
            SELECT 'greenhouse', (now() AT TIME ZONE 'UTC')::date - n, 100, '{"department": 90}', 100, 0, 10, 0
            FROM generate_series(1, 10) AS n""")
    )
    db.commit()


@pytest.fixture
def opened(db):
    """Opens postings today, with a department or without."""

    def open_(count: int, department: str | None) -> None:
        board = building.company(db).board_id
        building.postings(db, board, *(f"Engineer {n}" for n in range(count)), department=department)
        db.commit()

    return open_


def measured(db) -> None:
    transaction(dispatch.measure_vendors)
    db.rollback()


def test_figures_of_an_installation(client, db, redis):
    redis.zadd(heartbeat.KEY, {"worker1@here": redis.time()[0]})
    redis.rpush("scans", "a", "b")
    found = figures(client)
    assert found["rolecall_workers"] == 1
    assert found["rolecall_queue_messages['scans']"] == 2
    assert found["rolecall_runs['queued']"] == 0
    assert found["rolecall_boards['enabled']"] == 0
    assert not any(name.startswith("rolecall_drift") for name in found)


def test_a_field_that_vanishes_is_drift_for_the_api_the_metrics_and_the_log(client, db, redis, month, opened):
    opened(40, None)
    measured(db)
    [one] = client.get("/api/v1/drift").json()["items"]
    assert (one["ats"], one["what"], one["level"], one["share"]) == ("greenhouse", "department", 0.9, 0.0)
    assert client.get("/api/v1/drift", params={"ats": "lever"}).json()["items"] == []
    assert figures(client)["rolecall_drift_ratio['department', 'greenhouse']"] == 0


def test_a_day_like_the_month_is_no_drift(client, db, month, opened):
    opened(40, "Engineering")
    measured(db)
    assert client.get("/api/v1/drift").json()["items"] == []
    filled = db.execute(text("SELECT postings, filled ->> 'department' FROM vendor_days ORDER BY day DESC LIMIT 1"))
    assert tuple(filled.one()) == (40, "40")


def test_a_drift_of_the_morning_that_the_day_has_mended_is_none(client, db, month, opened):
    opened(40, None)
    measured(db)
    db.execute(text("UPDATE postings SET department = 'Engineering'"))
    db.commit()
    measured(db)
    assert client.get("/api/v1/drift").json()["items"] == []


def test_pay_that_was_found_in_the_text_is_not_the_vendors(db, opened):
    opened(3, None)
    db.execute(text("UPDATE postings SET salary_min = 1, salary_source = 'text'"))
    db.commit()
    measured(db)
    assert db.execute(text("SELECT filled ->> 'salary' FROM vendor_days")).scalar_one() == "0"


def test_unexpected_answers_are_counted_from_the_runs(client, db, month):
    added = [building.company(db, f"acme{n}") for n in range(4)]
    scan = building.scan(db)
    for run in building.runs(db, scan):
        building.finish(db, run, "failed")
    db.execute(text("UPDATE scan_runs SET error_kind = 'UnexpectedPayload', skipped = 1 WHERE id % 4 > 0"))
    db.commit()
    measured(db)
    found = {one["what"]: one["share"] for one in client.get("/api/v1/drift").json()["items"]}
    assert found == {"unexpected answers": 0.75, "skipped postings": 1.0}
    assert len(added) == 4


def test_drift_comes_in_parts(client, db):
    db.execute(
        text("""INSERT INTO drifts (ats, what, day, level, share)
            SELECT 'greenhouse', 'field' || n, current_date, 0.5, 0.1 FROM generate_series(1, 5) AS n""")
    )
    db.commit()
    found, cursor = [], None
    while cursor is not None or not found:
        part = client.get("/api/v1/drift", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += [one["what"] for one in part["items"]]
        cursor = part["next_cursor"]
    assert found == [f"field{n}" for n in (5, 4, 3, 2, 1)]
