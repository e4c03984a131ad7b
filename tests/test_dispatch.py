"""What is scanned and when, what waits, and how what got lost is found again."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from worker import dispatch
from worker.celery import app
from worker.errors import Conflict, InvalidInput, NotFound
from worker.resources import database
from worker.settings import get_settings
from worker.store import companies, runs, scans
from worker.store.runs import Result
from worker.store.scans import INTERACTIVE, SCANS, Idempotency


@pytest.fixture
def boards(db):
    """Ten boards that are due."""
    return add(db, 10)


def add(db, count: int) -> list[int]:
    ids = []
    for number in range(count):
        added = companies.add(
            db, name=f"C{number}", ats="lever", key=f"c{number}", url=f"https://jobs.lever.co/c{number}"
        )
        ids.append(added.board_id)
    db.commit()
    return ids


def due(db) -> list[int]:
    started = dispatch.start_due(db, get_settings())
    db.commit()
    return [] if started is None else [run["board_id"] for run in scans.runs(db, started.scan)]


def test_boards_are_due_once_and_then_an_interval_later(boards, db):
    assert due(db) == boards
    assert due(db) == []
    soonest, latest = db.execute(text("SELECT min(next_scan_at - now()), max(next_scan_at - now()) FROM boards")).one()
    assert timedelta(seconds=3200) < soonest <= latest < timedelta(seconds=4000)


def test_a_boards_own_interval_counts_and_a_paused_board_is_never_due(boards, db):
    db.execute(text("UPDATE boards SET interval_seconds = 60 WHERE id = :id"), {"id": boards[0]})
    db.execute(text("UPDATE boards SET enabled = false WHERE id = :id"), {"id": boards[1]})
    db.commit()
    assert due(db) == [board for board in boards if board != boards[1]]
    soon = db.execute(text("SELECT id FROM boards WHERE enabled AND next_scan_at < now() + interval '70 s'")).scalars()
    assert list(soon) == [boards[0]]


def test_a_board_whose_run_has_not_ended_is_not_due_again(boards, db):
    due(db)
    db.execute(text("UPDATE boards SET next_scan_at = now()"))
    db.commit()
    assert due(db) == []


def test_any_number_of_beats_start_each_board_once(boards, db):
    def tick(_: int) -> list[int]:
        with database() as session:
            return due(session)

    with ThreadPoolExecutor(8) as beats:
        taken = [board for tick_ in beats.map(tick, range(8)) for board in tick_]
    assert sorted(taken) == boards


def test_a_large_installation_is_started_in_parts_until_nothing_is_due(db):
    db.execute(
        text("""WITH c AS (INSERT INTO companies (name) VALUES ('Many') RETURNING id)
            INSERT INTO boards (company_id, ats, key, url)
            SELECT c.id, 'lever', n::text, n::text FROM c, generate_series(1, 4500) AS n""")
    )
    db.commit()
    sizes = []
    while (started := dispatch.start_due(db, get_settings())) is not None:
        db.commit()
        sizes.append(started.runs)
    assert sum(sizes) == 4500
    assert max(sizes) <= 4 * dispatch.BATCH


def test_a_waiting_run_is_sent_to_one_sender_only(boards, db):
    dispatch.start_scan(db, trigger="api", company_ids=None)
    db.commit()

    def take(_: int) -> list[tuple[int, str]]:
        with database() as session:
            found = dispatch.take_waiting(session)
            session.commit()
            return found

    with ThreadPoolExecutor(8) as senders:
        taken = [run for found in senders.map(take, range(8)) for run in found]
    assert len(taken) == len(set(taken)) == 10
    assert {queue for _, queue in taken} == {INTERACTIVE}


def test_a_run_that_has_to_wait_is_sent_when_its_time_has_come(boards, db):
    dispatch.start_scan(db, trigger="api", company_ids=None)
    db.execute(
        text("UPDATE scan_runs SET not_before = now() + interval '1 hour' WHERE board_id <> :id"), {"id": boards[0]}
    )
    db.commit()
    assert len(dispatch.take_waiting(db)) == 1
    db.execute(text("UPDATE scan_runs SET not_before = now() - interval '1 second' WHERE not_before IS NOT NULL"))
    assert len(dispatch.take_waiting(db)) == 9


def test_a_scan_of_nothing_is_refused_with_a_remedy(db):
    with pytest.raises(InvalidInput, match="add a company first"):
        dispatch.start_scan(db, trigger="api", company_ids=None)
    with pytest.raises(NotFound, match="no company 77"):
        dispatch.start_scan(db, trigger="api", company_ids=[77])


def test_the_same_idempotency_key_gives_the_same_scan_and_another_request_a_conflict(boards, db):
    key = Idempotency("k1", b"one request")
    first = dispatch.start_scan(db, trigger="api", company_ids=None, idempotency=key)
    again = dispatch.start_scan(db, trigger="api", company_ids=None, idempotency=key)
    assert (again.scan, again.repeated, again.runs) == (first.scan, True, 10)
    with pytest.raises(Conflict):
        dispatch.start_scan(db, trigger="api", company_ids=None, idempotency=Idempotency("k1", b"another"))


# --- what gets lost


def sweep(db, redis) -> None:
    dispatch.sweep(db, redis, get_settings())
    db.commit()


def sent(db) -> list[int]:
    """Start a scan and mark its runs as sent long ago."""
    dispatch.start_scan(db, trigger="api", company_ids=None)
    batch = [run for run, _ in dispatch.take_waiting(db)]
    db.execute(text("UPDATE scan_runs SET enqueued_at = now() - interval '5 minutes'"))
    db.commit()
    return batch


def test_messages_that_an_empty_redis_lost_are_sent_again(boards, db, redis):
    batch = sent(db)
    sweep(db, redis)
    assert [run for run, _ in dispatch.take_waiting(db)] == batch


def test_messages_that_wait_on_a_queue_are_not_doubled_until_a_quarter_of_an_hour(boards, db, redis):
    batch = sent(db)
    redis.rpush(INTERACTIVE, "a message")
    sweep(db, redis)
    assert dispatch.take_waiting(db) == []
    db.execute(text("UPDATE scan_runs SET enqueued_at = now() - interval '16 minutes'"))
    db.commit()
    sweep(db, redis)
    assert [run for run, _ in dispatch.take_waiting(db)] == batch


def test_a_run_whose_worker_died_is_sent_again_and_failed_when_its_tries_are_used_up(boards, db, redis):
    run = sent(db)[0]
    outcomes = []
    for _ in range(get_settings().max_attempts):
        held = runs.claim(db, run, lease_seconds=-1)
        assert held is not None
        db.commit()
        sweep(db, redis)
        outcomes.append(db.execute(text("SELECT state, outcome FROM scan_runs WHERE id = :id"), {"id": run}).one())
    assert outcomes[:-1] == [("queued", None)] * (get_settings().max_attempts - 1)
    assert outcomes[-1] == ("finished", "failed")
    error = db.execute(text("SELECT error_kind, error FROM scan_runs WHERE id = :id"), {"id": run}).one()
    assert error[0] == "WorkerLost"
    assert runs.claim(db, run, lease_seconds=60) is None


def test_a_worker_that_stopped_in_a_transaction_does_not_hold_up_what_others_lost(boards, db, redis):
    batch = sent(db)
    held = [runs.claim(db, run, lease_seconds=-1) for run in batch[:2]]
    db.commit()
    with database() as stopped:
        runs.hold(stopped, held[0])
        stopped.execute(text("SELECT 1 FROM scan_runs WHERE id = :id FOR UPDATE"), {"id": batch[2]})
        db.execute(text("SET LOCAL lock_timeout = '5s'"))
        sweep(db, redis)
        states = db.execute(text("SELECT id, state, enqueued_at IS NULL FROM scan_runs ORDER BY id")).all()
        db.commit()
    assert states[:4] == [
        (batch[0], "running", False),
        (batch[1], "queued", True),
        (batch[2], "queued", False),
        (batch[3], "queued", True),
    ]
    sweep(db, redis)
    assert db.execute(text("SELECT count(*) FROM scan_runs WHERE enqueued_at IS NULL")).scalar_one() == 10


def test_a_running_run_with_a_lease_is_left_alone(boards, db, redis):
    run = sent(db)[0]
    assert runs.claim(db, run, lease_seconds=60) is not None
    db.commit()
    sweep(db, redis)
    assert db.execute(text("SELECT state FROM scan_runs WHERE id = :id"), {"id": run}).scalar_one() == "running"


def test_a_cancelled_scan_fails_what_has_not_begun_and_lets_the_rest_finish(boards, db):
    batch = sent(db)
    held = runs.claim(db, batch[0], lease_seconds=60)
    assert held is not None
    scan_id = held.scan_id
    assert scans.cancel(db, scan_id) == 9
    assert runs.claim(db, batch[1], lease_seconds=60) is None
    found = scans.get(db, scan_id)
    assert (found["state"], found["failed"], found["running"]) == ("running", 9, 1)
    runs.finish(db, held, Result("unchanged"), held.board)
    assert scans.get(db, scan_id)["state"] == "cancelled"
    assert {run["error_kind"] for run in scans.runs(db, scan_id)} == {"Cancelled", None}


def test_old_scans_are_forgotten_but_not_while_a_run_is_open(boards, db):
    sent(db)
    db.execute(text("UPDATE scans SET created_at = now() - interval '200 days'"))
    assert scans.prune(db, days=90) == 0
    db.execute(text("UPDATE scan_runs SET state = 'finished', outcome = 'unchanged'"))
    assert scans.prune(db, days=90) == 1


# --- what finished, in an order to follow


def test_finished_runs_are_followed_without_a_gap_while_transactions_overlap(boards, db):
    batch = sent(db)
    held = [runs.claim(db, run, lease_seconds=60) for run in batch[:3]]
    db.commit()
    seen: list[int] = []
    cursor = (0, 0)
    with database() as slow, database() as quick:
        runs.finish(slow, held[0], Result("unchanged"), held[0].board)  # older transaction, not committed yet
        runs.finish(quick, held[1], Result("unchanged"), held[1].board)
        quick.commit()
        assert scans.finished_after(db, held[0].scan_id, cursor) == []  # the older one could still come before it
        db.rollback()
        slow.commit()
    until = time.monotonic() + 30
    while len(seen) < 2 and time.monotonic() < until:  # other databases of the cluster may hold it back for a moment
        if found := scans.finished_after(db, held[0].scan_id, cursor, most=1):
            cursor = found[-1][0]
            seen += [run["id"] for _, run in found]
        db.rollback()
    assert sorted(seen) == sorted(batch[:2])


# --- Celery's side


def test_every_setting_of_celery_is_one_that_celery_knows():
    from celery.app.defaults import NAMESPACES, flatten

    import celeryconfig

    known = {name for name, _ in flatten(NAMESPACES)}
    ours = {name for name in vars(celeryconfig) if not name.startswith("_") and name not in ("Queue", "get_settings")}
    assert ours <= known, ours - known


def test_beat_sends_only_tasks_that_exist_to_queues_that_are_consumed(stack):
    app.loader.import_default_modules()
    queues = {queue.name for queue in app.conf.task_queues}
    assert queues == {INTERACTIVE, SCANS, "alerts", "maintenance"}
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        assert app.amqp.router.route({}, entry["task"])["queue"].name in queues


def test_a_tick_is_still_taken_by_a_worker_whose_clock_is_minutes_ahead_of_beats(stack):
    for entry in app.conf.beat_schedule.values():
        message = app.amqp.as_task_v2("id", entry["task"], (), {}, **entry["options"])
        assert datetime.fromisoformat(message.headers["expires"]) > datetime.now(UTC) + timedelta(minutes=5), entry


def test_messages_survive_a_flush_of_redis(boards, db, redis):
    """A named exchange's bindings would be gone with the flush, and every later message with them."""
    from worker import tasks

    def send() -> int:
        started = dispatch.start_scan(db, trigger="api", company_ids=None)
        db.commit()
        tasks.enqueue_scan(started)
        return redis.llen(INTERACTIVE)

    assert send() == 10
    redis.flushdb()
    assert send() == 10


def test_a_scan_is_dated_when_it_was_asked_for(boards, db):
    scan_id = dispatch.start_scan(db, trigger="api", company_ids=None).scan
    assert abs(scans.get(db, scan_id)["created_at"] - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_board_that_a_person_has_just_had_read_is_not_due_at_once(boards, db):
    dispatch.start_scan(db, trigger="api", company_ids=None)
    db.execute(text("UPDATE scan_runs SET state = 'finished', outcome = 'changed'"))
    db.commit()
    assert due(db) == []
    soonest = db.execute(text("SELECT min(next_scan_at - now()) FROM boards")).scalar_one()
    assert soonest > timedelta(seconds=3200)


def test_cancelling_a_scan_that_has_ended_changes_nothing(boards, db):
    scan_id = dispatch.start_scan(db, trigger="api", company_ids=None).scan
    db.execute(text("UPDATE scan_runs SET state = 'finished', outcome = 'unchanged'"))
    assert scans.cancel(db, scan_id) == 0
    assert scans.get(db, scan_id)["state"] == "finished"
