"""Liveness and readiness."""

from celery.events.dispatcher import EventDispatcher
from celery.worker.heartbeat import Heart
from kombu.asynchronous.timer import Timer
from sqlalchemy import text

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
