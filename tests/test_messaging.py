"""What Celery puts on Redis, and that it is not wasteful about it."""

import base64
import json
import threading

import pytest
import redis as redis_py
from kombu import Connection, Exchange, Queue

from worker.celery import app


@pytest.fixture
def built(monkeypatch):
    """Counts the clients that are built while a test runs; they work as ever."""
    clients = []
    build = redis_py.Redis.__init__

    def count(self, *args, **options):
        clients.append(self)
        build(self, *args, **options)

    monkeypatch.setattr(redis_py.Redis, "__init__", count)
    return clients


def test_messages_are_sent_received_and_acknowledged_over_one_client(redis, built):
    queue = Queue("parcels", Exchange(""), routing_key="parcels")
    with app.connection_for_write() as connection:
        assert isinstance(connection, Connection)
        channel = connection.default_channel
        producer = connection.Producer(channel)
        bound = queue(channel)
        bound.declare()
        before = len(built)
        for number in range(20):
            producer.publish(number, routing_key="parcels")
        received = [bound.get() for _ in range(20)]
        for message in received:
            message.ack()
    assert [message.payload for message in received] == list(range(20))
    assert len(built) - before <= 2  # one to send and acknowledge with, one that may block
    assert not redis.exists("unacked")


def test_threads_share_the_client_without_mixing_their_messages(redis):
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        producer = connection.Producer(channel)

        def send(name):
            for number in range(50):
                producer.publish({"of": name, "number": number}, routing_key="many")

        threads = [threading.Thread(target=send, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        bound = Queue("many", Exchange(""), routing_key="many")(channel)
        found = [bound.get(no_ack=True).payload for _ in range(200)]
    for name in "abcd":
        assert [one["number"] for one in found if one["of"] == name] == list(range(50))


def test_task_events_travel_in_company_and_leave_with_the_heartbeat(redis):
    with redis.pubsub() as wire, app.connection_for_write() as connection:
        wire.psubscribe("*celeryev*")
        assert wire.get_message(timeout=5)["type"] == "psubscribe"
        dispatcher = app.events.Dispatcher(connection, hostname="w@test", buffer_group=["task"])
        for number in range(3):
            dispatcher.send("task-received", uuid=str(number), name="board.scan")
        assert wire.get_message(timeout=0.2) is None
        dispatcher.send("worker-heartbeat", freq=2)
        heartbeat, batch = (_body(wire.get_message(timeout=5)) for _ in range(2))
    assert heartbeat["type"] == "worker-heartbeat"
    assert [(event["type"], event["uuid"]) for event in batch] == [
        ("task-received", str(number)) for number in range(3)
    ]


def _body(message):
    return json.loads(base64.b64decode(json.loads(message["data"])["body"]))
