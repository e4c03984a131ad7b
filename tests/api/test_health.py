"""Liveness and readiness."""

from celery.events.dispatcher import EventDispatcher
from celery.signals import after_task_publish, beat_init, worker_shutdown
from celery.worker.heartbeat import Heart
from kombu.asynchronous.timer import Timer
from sqlalchemy import text

from worker import celery as module
from worker import heartbeat
from worker.celery import app as celery


def test_healthz_needs_nothing(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readyz_is_ready_when_a_worker_was_seen(client):
    heartbeat._said_at.clear()
    assert "no worker" in client.get("/readyz").json()["detail"]
    heartbeat.beat("worker1@here")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "workers": ["worker1@here"]}


def test_a_worker_that_is_gone_is_forgotten(client, redis):
    heartbeat._said_at.clear()
    redis.zadd(heartbeat.KEY, {"old@here": redis.time()[0] - 61})
    assert "no worker" in client.get("/readyz").json()["detail"]
    heartbeat.beat("new@here")
    assert redis.zrange(heartbeat.KEY, 0, -1) == ["new@here"]


def test_a_worker_says_so_at_most_every_ten_seconds(redis):
    heartbeat._said_at.clear()
    heartbeat.beat("a@here")
    redis.delete(heartbeat.KEY)
    heartbeat.beat("a@here")
    assert redis.exists(heartbeat.KEY) == 0


class Stopped:
    hostname = "one@here"


def test_a_worker_that_stops_says_so_and_need_not_be_missed_for_a_minute(client, redis):
    heartbeat._said_at.clear()
    for worker in ("one@here", "other@here"):
        heartbeat.beat(worker)
    worker_shutdown.send(sender=Stopped)
    assert client.get("/readyz").json()["workers"] == ["other@here"]
    heartbeat.beat("one@here")
    assert heartbeat.seen(redis) == ["one@here", "other@here"], "and may come back at once"


def test_celerys_own_heartbeat_tells(redis):
    heartbeat._said_at.clear()
    with celery.connection_for_write() as connection:
        dispatcher = EventDispatcher(connection, hostname="w9@here", enabled=True, app=celery)
        heart = Heart(Timer(), dispatcher)
        heart.start()
        heart.stop()
        dispatcher.close()
    assert heartbeat.seen(redis) == ["w9@here"]


def test_a_missing_migration_is_named(client, db):
    db.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.commit()
    try:
        detail = client.get("/readyz").json()["detail"]
        assert "0000" in detail
        assert "rolecall migrate" in detail
        assert "no worker" in detail
    finally:
        db.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": _head()})
        db.commit()


def _head() -> str:
    from worker.migrate import head

    return head()


def test_beat_says_that_it_ticks_and_whoever_else_sends_a_task_does_not(redis):
    heartbeat._said_at.clear()
    celery.send_task("scan.due", queue="maintenance")
    assert heartbeat.last_tick(redis) is None
    beat_init.send(sender=None)
    try:
        celery.send_task("scan.due", queue="maintenance")
    finally:
        after_task_publish.disconnect(module._tick)
    assert heartbeat.last_tick(redis) < heartbeat.GONE_AFTER_SECONDS
