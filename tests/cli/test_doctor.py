"""`rolecall doctor`: each check, well and not."""

import os
import shutil
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from tests.cli.conftest import company
from tests.cli.test_errors import closed_port
from worker import examining, heartbeat


@pytest.fixture
def healthy(db, redis):
    redis.zadd(heartbeat.KEY, {"worker1@here": redis.time()[0]})
    redis.set(heartbeat.BEAT, redis.time()[0])
    company(db, "Acme")
    db.execute(text("UPDATE boards SET last_outcome = 'changed', open_count = 1200"))
    db.commit()


def findings(ran) -> dict[str, tuple[str, str]]:
    return {row["check"]: (row["state"], row["found"]) for row in ran.rows}


def test_a_healthy_installation_is_ok_line_by_line(rolecall, healthy):
    ran = rolecall("doctor")
    lines = ran.out.splitlines()
    assert ran.code == 0, ran.out
    assert all(line.startswith("ok ") for line in lines if not line.lstrip().startswith("Make room"))
    assert "ok       Workers: 1 worker seen lately: worker1@here" in lines
    assert "ok       Boards: 1 board watched, 1,200 postings open, none in trouble" in lines
    assert "ok       Queues: interactive 0, scans 0, alerts 0, maintenance 0" in lines
    assert [line.split()[1] for line in lines] == [
        *("Settings:", "Database:", "Migrations:", "Runs:", "Schedule:", "Boards:", "Vendors:"),
        *("Redis:", "Workers:", "Beat:", "Queues:", "Disk:"),
    ]


def test_without_workers_and_beat_there_is_a_problem_each(rolecall, db, redis, healthy):
    redis.delete(heartbeat.KEY, heartbeat.BEAT)
    db.execute(text("UPDATE boards SET next_scan_at = now() - interval '1 hour'"))
    db.commit()
    ran = rolecall("doctor", "--format", "json")
    assert ran.code == 1
    assert findings(ran)["Workers"] == ("problem", "none was seen lately, so no board is read")
    assert findings(ran)["Beat"] == ("problem", "it has not ticked lately, so no board is scanned by itself")
    assert findings(ran)["Schedule"] == ("problem", "1 board should have been scanned by now, the first 60 minutes ago")
    assert all(row["remedy"] for row in ran.rows if row["state"] != "ok")
    assert not any(row["remedy"] for row in ran.rows if row["state"] == "ok")


def test_a_board_that_is_being_read_is_not_overdue(rolecall, db, healthy):
    db.execute(text("UPDATE boards SET next_scan_at = now() - interval '1 hour'"))
    db.commit()
    rolecall("scan")
    assert findings(rolecall("doctor", "--format", "json"))["Schedule"][0] == "ok"


def test_a_server_that_throws_messages_away_is_a_warning():
    careless = SimpleNamespace(info=lambda: {"redis_version": "8.2", "maxmemory_policy": "allkeys-lru"})
    finding = examining._server(careless)
    assert (finding.state, finding.found.split(",")[0]) == ("warning", "Redis 8.2 answers")
    assert "noeviction" in finding.remedy


def test_failing_boards_and_old_runs_are_warnings(rolecall, db, healthy):
    rolecall("scan")
    db.execute(text("UPDATE boards SET last_outcome = 'gone'"))
    db.execute(text("UPDATE scan_runs SET created_at = now() - interval '2 hours'"))
    db.commit()
    ran = rolecall("doctor", "--format", "json")
    assert ran.code == 0
    for check, said in {"Boards": "1 failing", "Runs": "the oldest for 120 min"}.items():
        state, found = findings(ran)[check]
        assert (state, said in found) == ("warning", True)


def test_an_empty_installation_is_told_how_to_begin(rolecall, db, redis):
    ran = rolecall("doctor")
    assert "warning  Boards: no company is watched yet\n         Add one with `rolecall add ADDRESS`.\n" in ran.out


def test_servers_that_are_away_are_problems_and_the_rest_is_still_checked(rolecall, elsewhere, stack):
    elsewhere(
        DATABASE_URL=f"postgresql://me@127.0.0.1:{closed_port()}/x", REDIS_URL=f"redis://127.0.0.1:{closed_port()}/0"
    )
    ran = rolecall("doctor", "--format", "json")
    assert ran.code == 1
    assert {check: state for check, (state, _) in findings(ran).items()} == {
        "Settings": "ok",
        "Database": "problem",
        "Redis": "problem",
        "Disk": "ok" if findings(ran)["Disk"][0] == "ok" else "warning",
    }


def test_addresses_that_are_none_are_problems(rolecall, elsewhere, stack):
    elsewhere(DATABASE_URL="nonsense", REDIS_URL="nonsense")
    ((check, (state, said)),) = findings(rolecall("doctor", "--format", "json")).items()
    assert (check, state) == ("Settings", "problem")
    assert "DATABASE_URL: cannot be read; write it as postgresql://" in said
    assert "REDIS_URL: cannot be read; write it as redis://" in said


def test_a_database_without_tables_is_a_problem(rolecall, elsewhere, stack):
    elsewhere(DATABASE_URL=os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/postgres")
    state, said = findings(rolecall("doctor", "--format", "json"))["Migrations"]
    assert (state, said.split(",")[0]) == ("problem", "the database is at no revision")


def test_without_configuration_that_is_all_it_says(rolecall, elsewhere, tmp_path, monkeypatch, stack):
    monkeypatch.chdir(tmp_path)
    elsewhere(DATABASE_URL=None, REDIS_URL=None)
    ran = rolecall("doctor")
    assert ran.code == 1
    assert ran.out.startswith("problem  Settings: Rolecall is not configured")


@pytest.mark.parametrize(("free", "state"), [(10 * 1024**3, "ok"), (1024**3, "warning"), (1024**2, "problem")])
def test_a_full_disk_is_seen_before_it_stops_the_database(rolecall, healthy, monkeypatch, free, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    ran = rolecall("doctor", "--format", "json")
    assert findings(ran)["Disk"][0] == state
    assert ran.code == int(state == "problem")
