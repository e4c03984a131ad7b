"""Nothing is lost, doubled or falsely closed, whatever is killed, flushed or restarted meanwhile."""

import os
import random
import time
from collections import Counter

import pytest
import redis as redis_py
from sqlalchemy import text

from tests.boards import Internet
from tests.e2e.installation import installation, wait_for
from tests.scanning import watch
from worker import dispatch
from worker.resources import database

pytestmark = pytest.mark.e2e

BOARDS = int(os.environ.get("UPHEAVAL_BOARDS", "300"))
ROUNDS = int(os.environ.get("UPHEAVAL_ROUNDS", "20"))
KILLS = 10


@pytest.mark.timeout(600)
def test_postings_and_events_equal_what_happened_through_kills_flushes_and_a_restart(servers, tmp_path):
    postgres, valkey = servers
    chance = random.Random(7)
    blows = ["kill"] * KILLS + ["flush"] * 2 + ["restart"]
    chance.shuffle(blows)
    with Internet(seed=5, companies=BOARDS) as net:
        boards = {}
        with database() as db:
            for company in net.world.companies:
                boards[watch(db, company).board_id] = company
            db.execute(text("UPDATE boards SET next_scan_at = now() + interval '1 day'"))
            db.commit()
        with installation(net, tmp_path, postgres.url, valkey.url) as workers:
            observed = []
            for number in range(ROUNDS):
                observed.append(net.world.round)
                with database() as db:
                    dispatch.start_scan(db, trigger="api", company_ids=None)
                    db.commit()  # beat's next tick sends the runs
                if number >= 1 and blows:
                    strike(blows.pop(), workers, postgres, valkey, chance)
                wait_for(lambda: unfinished() == 0, f"round {number} to end", seconds=120)
                net.advance()
            assert not blows
        assert Counter(all_events()) == Counter(expected_events(net, boards, observed))
        assert outcomes() <= {"changed", "unchanged"}, failures()
        for board, company in boards.items():
            assert open_titles(board) == net.world.titles(company, at=observed[-1]), company.slug


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("refuse", "relent"),
    [("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"), ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")],
    ids=["memory is full", "it is a replica"],
)
def test_workers_outlive_a_redis_that_refuses_writes_for_a_while(refuse, relent, servers, tmp_path):
    postgres, valkey = servers
    client = redis_py.Redis.from_url(valkey.url)
    with Internet(seed=5, companies=60) as net:
        with database() as db:
            for company in net.world.companies:
                watch(db, company)
            dispatch.start_scan(db, trigger="api", company_ids=None)
            db.commit()
        with installation(net, tmp_path, postgres.url, valkey.url) as workers:
            wait_for(lambda: unfinished() < 60, "the scan to be under way", every=0.01)
            client.execute_command(*refuse.split())
            time.sleep(4)  # the outage itself, not a wait for something
            client.execute_command(*relent.split())
            wait_for(lambda: unfinished() == 0, "the scan to end")
            assert [worker.running.poll() for worker in workers] == [None, None]
        assert outcomes() == {"changed"}, failures()


def strike(blow, workers, postgres, valkey, chance) -> None:
    """Do the worst in the midst of a scan: when some of its runs have ended and others have not."""
    wait_for(lambda: unfinished() < BOARDS * chance.uniform(0.3, 0.9), "the scan to be under way", every=0.01)
    if blow == "kill":
        chance.choice(workers).kill()
    elif blow == "flush":
        redis_py.Redis.from_url(valkey.url).flushall()
    else:
        postgres.restart()


def unfinished() -> int:
    return _query("SELECT count(*) FROM scan_runs WHERE state <> 'finished'")[0][0]


def outcomes() -> set[str]:
    return {row[0] for row in _query("SELECT DISTINCT outcome FROM scan_runs")}


def failures() -> list:
    return _query(
        "SELECT board_id, outcome, attempt, error FROM scan_runs WHERE outcome NOT IN ('changed', 'unchanged')"
    )


def all_events() -> list[tuple[int, str, str]]:
    rows = _query("""SELECT postings.board_id, external_id, kind FROM posting_events
        JOIN postings ON postings.id = posting_id""")
    return [(row[0], row[1], row[2]) for row in rows]


def expected_events(net, boards, observed) -> list[tuple[int, str, str]]:
    board_of = {company.slug: board for board, company in boards.items()}
    changes = net.world.expected_events(dict.fromkeys(board_of, observed))
    return [(board_of[change.company], change.external_id, change.kind) for change in changes]


def open_titles(board: int) -> dict[str, str]:
    rows = _query("SELECT external_id, title FROM postings WHERE board_id = :board AND closed_at IS NULL", board=board)
    return dict(map(tuple, rows))


def _query(statement: str, **values: object) -> list:
    from worker.resources import transaction

    return transaction(lambda db: db.execute(text(statement), values).all())
