"""Each match arrives, and none twice by its id, whatever the receiver and the workers do."""

import os
import random
import threading
from collections import Counter, defaultdict
from types import SimpleNamespace

import orjson
import pytest
from sqlalchemy import text

from tests import alerting
from tests.api import building
from tests.e2e.installation import free_environment, installation, wait_for
from tests.receiving import Receiver, Reply
from worker.channels.webhooks import signature
from worker.resources import database, transaction
from worker.settings import Settings, get_settings
from worker.store import alerts

pytestmark = pytest.mark.e2e

MATCHES = int(os.environ.get("ALERTING_MATCHES", "10000"))
PEOPLE, EACH, KILLS = 4, 20, 5
SHARED = {
    "ROLECALL_SECRET_KEY": "a secret that all processes of this installation share",
    "ROLECALL_ALERT_SECONDS": "1",
    "ROLECALL_ALERT_RETRY_SECONDS": "0.2",
}


class Moody:
    """Fails a third of the time, as receivers do, and remembers what it was sent and what it has taken."""

    def __init__(self) -> None:
        self.sent: defaultdict[str, set[bytes]] = defaultdict(set)
        self.taken: set[str] = set()
        self.failures = self.forgeries = 0
        self._chance = random.Random(3)
        self._lock = threading.Lock()

    def __call__(self, request) -> Reply:
        delivery, timestamp = (request.headers[f"X-Rolecall-{name}"] for name in ("Delivery", "Timestamp"))
        signed = request.headers["X-Rolecall-Signature"]
        with self._lock:
            self.sent[delivery].add(request.body)
            self.forgeries += signed != signature(alerting.SIGNED_WITH, int(timestamp), request.body)
            fails = self._chance.random() < 1 / 3
            self.failures += fails
            # Half of those that fail have taken the message all the same: the sender cannot know, and sends it again.
            if not fails or self._chance.random() < 1 / 2:
                self.taken.add(delivery)
            return Reply(503 if fails else 200)


@pytest.mark.timeout(300)
def test_each_of_10_000_matches_arrives_and_none_twice_by_its_id(servers, tmp_path, monkeypatch):
    for name, value in SHARED.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    postgres, valkey = servers
    moody, chance = Moody(), random.Random(11)
    surroundings = SimpleNamespace(env=free_environment() | SHARED)
    with Receiver(moody) as receiver:
        matches = raise_matches(get_settings(), receiver.url)
        with installation(surroundings, tmp_path, postgres.url, valkey.url) as workers:
            for kill in range(1, KILLS + 1):
                wait_for(lambda mark=kill: told(moody) >= MATCHES * mark / (KILLS + 2), "some to arrive", every=0.02)
                chance.choice(workers).kill()
            wait_for(lambda: unfinished() == 0, "every delivery to end")
    assert {state for (state,) in query("SELECT DISTINCT state FROM deliveries")} == {"sent"}
    assert moody.forgeries == 0
    assert moody.failures > MATCHES / EACH / 4
    assert [len(bodies) for bodies in moody.sent.values()] == [1] * (MATCHES // EACH), "the same id is the same body"
    told_once = Counter(match for delivery in moody.taken for match in ids(moody, delivery))
    assert told_once == Counter(matches)


def raise_matches(settings: Settings, url: str) -> list[int]:
    """Let the same postings be news to several people, each with a webhook; return their matches."""
    with database() as db:
        board = building.company(db).board_id
        titles = [f"Engineer {number}" for number in range(MATCHES // PEOPLE)]
        postings = list(building.postings(db, board, *titles).values())
        found = []
        for number in range(PEOPLE):
            person = alerting.person(db, f"person-{number}@example.org")
            alerting.webhook(db, settings, person, url, most=EACH)
            found += alerting.match_all(db, person, postings)
        alerts.note(db, 1, found)
        db.execute(text("UPDATE boards SET next_scan_at = now() + interval '1 day'"))
        db.commit()
    return [match for _, match in found]


def ids(moody: Moody, delivery: str) -> list[int]:
    (body,) = moody.sent[delivery]
    return [one["id"] for one in orjson.loads(body)["matches"]]


def told(moody: Moody) -> int:
    return len(moody.taken) * EACH


def unfinished() -> int:
    ((waiting,),) = query("""SELECT (SELECT count(*) FROM alerts WHERE delivery_id IS NULL)
        + (SELECT count(*) FROM deliveries WHERE finished_at IS NULL)""")
    return waiting


def query(statement: str) -> list:
    return transaction(lambda db: db.execute(text(statement)).all())
