"""Sending to a webhook: what it is sent, what follows from its answer, and what is found again after a loss."""

import hashlib
import hmac
import socketserver
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import text

from tests import alerting
from tests.alerting import deliveries, raise_alerts, release, tries
from tests.api import building
from tests.receiving import Receiver, Reply
from worker import alerts, tasks
from worker.errors import UnsafeAddress
from worker.resources import database, webhook_session
from worker.store import deliveries as store

SHARED = {"ROLECALL_ACCOUNTS": "true", "ROLECALL_SECRET_KEY": "a secret that is long enough for accounts"}


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def here(settings, tmp_path):
    """The settings of an installation of one person."""
    return settings(ROLECALL_FOLDER=tmp_path, ROLECALL_ALERT_SECONDS=2)


@pytest.fixture
def acme(db):
    return building.company(db)


@pytest.fixture
def delivery(db, here, acme, receiver) -> int:
    """A delivery to the receiver that may be sent now."""
    return made(db, here, acme, receiver.url)


def made(db, settings, acme, url: str, **columns) -> int:
    channel = alerting.webhook(db, settings, alerting.person(db), url, **columns)
    raise_alerts(db, 1, acme.board_id, "Engineer", "Designer")
    release(db)
    return deliveries(db, channel)[-1]["id"]


def the(db, delivery: int) -> dict:
    (found,) = [one for one in deliveries(db) if one["id"] == delivery]
    return found


def again(db, settings, delivery: int) -> dict:
    """Let the pause until the next try pass, and try."""
    db.execute(text("UPDATE deliveries SET due_at = now() WHERE id = :id"), {"id": delivery})
    db.commit()
    alerts.deliver(delivery, settings)
    return the(db, delivery)


def test_a_webhook_is_sent_signed_json(db, here, delivery, receiver):
    before = int(time.time())
    channel = alerts.deliver(delivery, here)
    (request,) = receiver.received
    assert channel == the(db, delivery)["channel_id"]
    assert (request.method, request.path) == ("POST", "/rolecall")
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["X-Rolecall-Delivery"] == str(delivery) == str(request.json["id"])
    timestamp = request.headers["X-Rolecall-Timestamp"]
    assert before <= int(timestamp) <= time.time()
    signed = hmac.new(alerting.SIGNED_WITH.encode(), f"{timestamp}.".encode() + request.body, hashlib.sha256)
    assert request.headers["X-Rolecall-Signature"] == f"v1={signed.hexdigest()}"
    assert [one["title"] for one in request.json["matches"]] == ["Engineer", "Designer"]
    assert the(db, delivery)["state"] == "sent"
    assert tries(db, delivery) == [(True, "200 thanks")]


def test_a_delivery_that_was_sent_is_not_sent_again(db, here, delivery, receiver):
    alerts.deliver(delivery, here)
    assert alerts.deliver(delivery, here) is None
    assert len(receiver.received) == 1


def test_each_try_sends_the_same_body_under_the_same_id(db, here, delivery, receiver):
    receiver.reply = lambda _: Reply(500)
    alerts.deliver(delivery, here)
    db.execute(text("UPDATE postings SET title = 'Renamed'"))
    db.execute(text("UPDATE companies SET name = 'Renamed'"))
    db.commit()
    again(db, here, delivery)
    receiver.reply = lambda _: Reply()
    assert again(db, here, delivery)["state"] == "sent"
    assert len({request.body for request in receiver.received}) == 1
    assert {request.headers["X-Rolecall-Delivery"] for request in receiver.received} == {str(delivery)}
    assert [ok for ok, _ in tries(db, delivery)] == [False, False, True]


def test_pauses_double_up_to_four_hours_and_after_a_day_the_delivery_is_dead(db, here, delivery, receiver):
    receiver.reply = lambda _: Reply(503, b"busy")
    pauses = []
    for _ in range(14):
        row = again(db, here, delivery)
        assert (row["state"], row["error"]) == ("waiting", "503 busy")
        pauses.append((row["due_at"] - datetime.now(UTC)).total_seconds())
    for number, pause in enumerate(pauses):
        assert 0.8 * min(30 * 2**number, 4 * 3600) - 5 < pause < 1.2 * min(30 * 2**number, 4 * 3600) + 5
    db.execute(text("UPDATE deliveries SET since = now() - interval '23 hours 59 minutes'"))
    row = again(db, here, delivery)
    assert row["due_at"] == row["since"] + timedelta(hours=24), "the last try is at the end of the day"
    db.execute(text("UPDATE deliveries SET since = now() - interval '24 hours'"))
    row = again(db, here, delivery)
    assert (row["state"], row["attempts"], row["error"]) == ("dead", 16, "503 busy")
    assert row["finished_at"]
    assert alerts.deliver(delivery, here) is None


def test_a_receiver_that_says_when_is_left_alone_until_then(db, here, delivery, receiver):
    receiver.reply = lambda _: Reply(429, headers={"Retry-After": "600"})
    row = again(db, here, delivery)
    assert 590 < (row["due_at"] - datetime.now(UTC)).total_seconds() <= 600


def test_a_receiver_that_is_gone_is_believed_at_once(db, here, delivery, receiver):
    receiver.reply = lambda _: Reply(410, b"unsubscribed")
    row = again(db, here, delivery)
    assert (row["state"], row["error"]) == ("dead", "410 unsubscribed")


def test_a_redirect_is_not_followed(db, here, delivery, receiver):
    receiver.reply = lambda _: Reply(307, headers={"Location": "http://127.0.0.1:1/elsewhere"})
    row = again(db, here, delivery)
    assert row["state"] == "waiting"
    assert row["error"] == "307: webhooks are not sent on; enter the address it redirects to"
    assert len(receiver.received) == 1


def test_of_a_long_answer_the_beginning_is_kept(db, here, delivery, receiver):
    receiver.reply = lambda _: Reply(500, b"no \x00\xff\n" * 1_000_000)
    row = again(db, here, delivery)
    assert row["error"].startswith("500 no")
    assert len(row["error"]) < 1_100


def test_a_receiver_that_drips_is_given_up_in_time(db, here, acme):
    class Dripping(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                while True:
                    self.request.sendall(b"H")
                    time.sleep(0.1)
            except OSError:
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        delivery = made(db, here, acme, f"http://127.0.0.1:{server.server_address[1]}/")
        row = again(db, here, delivery)
        server.shutdown()
    assert row["state"] == "waiting"
    assert "127.0.0.1" in row["error"]


def test_a_receiver_that_is_not_there_is_tried_again(db, here, acme):
    delivery = made(db, here, acme, "http://127.0.0.1:9/hook")
    row = again(db, here, delivery)
    assert (row["state"], row["error"]) == ("waiting", "127.0.0.1: it refuses connections")


def test_what_an_address_keeps_secret_does_not_turn_up_in_the_log(db, here, acme, receiver):
    receiver.reply = lambda request: Reply(404, b"no route for " + request.path.encode())
    delivery = made(db, here, acme, receiver.url + "/s3cr3t-path?token=t0k3n-value")
    row = again(db, here, delivery)
    assert row["error"] == "404 no route for /…/…?…=…"
    assert "s3cr3t" not in str(tries(db, delivery))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://169.254.169.254/latest", "http://192.168.1.1/"])
def test_among_several_people_a_webhook_reaches_no_private_address(db, settings, acme, url):
    shared = settings(**SHARED)
    row = again(db, shared, made(db, shared, acme, url))
    assert row["state"] == "dead"
    assert "private network" in row["error"]


def test_among_several_people_a_name_that_leads_to_a_private_address_is_not_connected_to(settings, receiver):
    settings(**SHARED)
    with webhook_session() as session:
        request = session.prepare_request(requests.Request("POST", f"http://localhost:{receiver.port}/", data=b"{}"))
        with pytest.raises(UnsafeAddress):
            session.get_adapter(request.url).send(request)
    assert receiver.received == []


def test_one_person_may_call_their_own_network_by_name(db, here, acme, receiver):
    row = again(db, here, made(db, here, acme, f"http://localhost:{receiver.port}/api/webhook/x"))
    assert row["state"] == "sent"


def test_nobody_calls_the_metadata_of_a_cloud(db, here, acme):
    row = again(db, here, made(db, here, acme, "http://169.254.169.254/latest"))
    assert row["state"] == "dead"


def test_a_channel_sealed_under_another_secret_says_so_and_is_not_tried_again(db, settings, here, delivery, receiver):
    other = settings(ROLECALL_SECRET_KEY="quite another secret of this installation")
    row = again(db, other, delivery)
    assert row["state"] == "dead"
    assert "ROLECALL_SECRET_KEY" in row["error"]
    assert receiver.received == []


def test_a_retry_waits_for_the_end_of_quiet_hours_and_mutes(db, here, acme, receiver):
    receiver.reply = lambda _: Reply(500)
    delivery = made(db, here, acme, receiver.url)
    until = datetime.now(UTC) + timedelta(hours=5)
    db.execute(text("UPDATE channels SET muted_until = :until"), {"until": until})
    assert again(db, here, delivery)["due_at"] == until
    quiet = datetime.now(UTC)
    db.execute(
        text("UPDATE channels SET muted_until = NULL, quiet_from = :a, quiet_to = :b"),
        {"a": (quiet - timedelta(hours=1)).time(), "b": (quiet + timedelta(hours=6)).time()},
    )
    due = again(db, here, delivery)["due_at"]
    assert abs(due - (quiet + timedelta(hours=6))) < timedelta(seconds=2)


def test_no_connection_to_the_database_is_held_while_a_receiver_is_waited_for(db, here, delivery, receiver):
    held = []

    def look(_) -> Reply:
        with database() as onlooker:
            held.append(
                onlooker.execute(
                    text("""SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'
                        AND datname = current_database() AND pid <> pg_backend_pid()""")
                ).scalar_one()
            )
        return Reply()

    receiver.reply = look
    db.rollback()
    alerts.deliver(delivery, here)
    assert held == [0]


def test_of_two_workers_one_sends(db, here, delivery, receiver):
    with database() as first, database() as second:
        assert store.claim(first, delivery, lease_seconds=60)
        first.commit()
        assert store.claim(second, delivery, lease_seconds=60) is None


def test_a_worker_that_lost_its_lease_writes_nothing(db, here, delivery):
    with database() as session:
        held = store.claim(session, delivery, lease_seconds=-1)
        session.commit()
        later = store.claim(session, delivery, lease_seconds=60)
        session.commit()
        assert later.token > held.token
        assert not store.finish(session, held.id, held.token, store.Tried(ok=True, answer="200", milliseconds=1))
        session.commit()
    assert the(db, delivery)["state"] == "sending"
    assert tries(db, delivery) == []


def test_a_delivery_whose_worker_died_is_sent_by_another_one(db, here, delivery, receiver):
    with database() as session:
        assert store.take_due(session) == [delivery]
        store.claim(session, delivery, lease_seconds=-1)
        session.commit()
        assert store.take_due(session) == [], "it is under way"
        store.recover(session, lost_seconds=60)
        session.commit()
        assert store.take_due(session) == [delivery]
        session.commit()
    alerts.deliver(delivery, here)
    assert [ok for ok, _ in tries(db, delivery)] == [False, True]
    assert "not known" in tries(db, delivery)[0][1]


def test_a_delivery_whose_message_redis_lost_is_sent_again(db, here, delivery):
    with database() as session:
        assert store.take_due(session) == [delivery]
        store.recover(session, lost_seconds=60)
        assert store.take_due(session) == []
        session.execute(text("UPDATE deliveries SET enqueued_at = now() - interval '61 seconds'"))
        store.recover(session, lost_seconds=60)
        assert store.take_due(session) == [delivery]
        session.commit()
    assert tries(db, delivery) == []


def test_a_delivery_that_kills_its_workers_ends_after_a_day(db, here, delivery):
    db.execute(text("UPDATE deliveries SET since = now() - interval '25 hours'"))
    store.claim(db, delivery, lease_seconds=-1)
    store.recover(db, lost_seconds=60)
    db.commit()
    assert the(db, delivery)["state"] == "dead"


def test_a_worker_whose_clock_is_ahead_makes_deliveries_that_are_due_now(db, redis, here, acme, receiver, monkeypatch):
    class Ahead(datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) + timedelta(minutes=10)

    monkeypatch.setattr(tasks, "datetime", Ahead)
    alerting.webhook(db, here, alerting.person(db), receiver.url)
    raise_alerts(db, 1, acme.board_id, "Engineer")
    tasks.release_alerts()
    assert redis.llen("alerts") == 1


@pytest.mark.parametrize("begun", [False, True])
def test_a_delivery_that_was_lost_while_the_installation_rested_for_days_is_tried_again(db, here, delivery, begun):
    assert store.take_due(db) == [delivery]
    if begun:
        store.claim(db, delivery, lease_seconds=60)
    db.execute(
        text("""UPDATE deliveries SET since = since - interval '3 days', due_at = due_at - interval '3 days',
        enqueued_at = enqueued_at - interval '3 days', lease_until = lease_until - interval '3 days'""")
    )
    store.recover(db, lost_seconds=60)
    assert store.take_due(db) == [delivery]
    db.commit()
    alerts.deliver(delivery, here)
    assert the(db, delivery)["state"] == "sent"


def test_a_worker_that_stopped_in_a_transaction_does_not_hold_up_what_others_lost(db, here, acme, receiver):
    ada = alerting.person(db)
    for number in range(2):
        alerting.webhook(db, here, ada, f"{receiver.url}/{number}")
    raise_alerts(db, ada, acme.board_id, "Engineer")
    release(db)
    first, second = store.take_due(db)
    db.execute(text("UPDATE deliveries SET enqueued_at = now() - interval '61 seconds'"))
    db.commit()
    with database() as stopped:
        stopped.execute(text("SELECT 1 FROM deliveries WHERE id = :id FOR UPDATE"), {"id": first})
        db.execute(text("SET LOCAL lock_timeout = '5s'"))
        store.recover(db, lost_seconds=60)
        assert second in store.take_due(db)
        db.commit()


def test_of_one_channel_a_few_deliveries_are_under_way_and_those_of_others_do_not_wait_for_them(db, here, acme):
    ada = alerting.person(db)
    busy, other = alerting.webhook(db, here, ada, "http://a/", most=1), alerting.webhook(db, here, ada, "http://b/")
    raise_alerts(db, ada, acme.board_id, *(f"Role {number}" for number in range(9)))
    release(db)
    channel_of = {one["id"]: one["channel_id"] for one in deliveries(db)}
    taken = store.take_due(db)
    assert sorted(channel_of[one] for one in taken) == [busy] * store.UNDER_WAY_MOST + [other]
    assert store.take_due(db) == []
    held = store.claim(db, taken[0], lease_seconds=60)
    store.finish(db, held.id, held.token, store.Tried(ok=True, answer="", milliseconds=1))
    assert len(store.take_due(db, channel=channel_of[taken[0]])) == 1


@pytest.mark.parametrize("off", ["UPDATE channels SET enabled = false", "UPDATE users SET disabled_at = now()"])
def test_a_channel_that_is_turned_off_is_not_sent_what_still_waits(db, here, delivery, receiver, off):
    db.execute(text(off))
    db.commit()
    assert alerts.deliver(delivery, here) is None
    store.recover(db, lost_seconds=60)
    db.commit()
    assert (the(db, delivery)["state"], receiver.received) == ("dead", [])


def test_deliveries_are_kept_for_a_while_and_then_forgotten_with_their_tries(db, here, delivery):
    alerts.deliver(delivery, here)
    assert store.prune(db, days=90) == 0
    db.execute(text("UPDATE deliveries SET finished_at = now() - interval '91 days'"))
    assert store.prune(db, days=90) == 1
    db.commit()
    assert tries(db, delivery) == []
