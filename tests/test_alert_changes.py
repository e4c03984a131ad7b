"""Webhooks that follow the changes: nothing is skipped, nothing comes twice, whatever happens between ticks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests import alerting
from tests.alerting import deliveries, release
from tests.api import building
from worker.resources import database
from worker.store import alerts as store
from worker.store import channels, inventory

ALL = ["opened", "updated", "closed", "reopened"]


@pytest.fixture
def acme(db):
    return building.company(db)


@pytest.fixture
def ada(db):
    return alerting.person(db)


def follower(db, user: int, events: list[str], **columns) -> int:
    """Add a webhook that follows what happens from now on."""
    building.caught_up(db)
    where = channels.Place("webhook", b"sealed", "http://…", b"sealed")
    made = channels.add(db, user, where, channels.Wish("mine", matches=False, events=events, **columns))
    db.commit()
    return made


def happens(db, board: int, *titles: str, run: int = 1) -> dict[str, int]:
    ids = building.postings(db, board, *titles, run=run)
    building.caught_up(db)
    return ids


def told(db, channel: int | None = None) -> list[tuple[str, str]]:
    return [
        (event["kind"], event["title"]) for one in deliveries(db, channel) for event in one["body"].get("events", ())
    ]


def test_what_happens_from_its_creation_on_is_told_in_order(db, acme, ada):
    happens(db, acme.board_id, "Before")
    channel = follower(db, ada, ALL)
    release(db)
    assert told(db) == []
    ids = happens(db, acme.board_id, "Engineer", "Designer", run=2)
    inventory.record(db, acme.board_id, 3, [inventory.Event("Engineer", "closed", {})], ids, baseline=False)
    building.caught_up(db)
    release(db)
    release(db)
    assert told(db) == [("opened", "Engineer"), ("opened", "Designer"), ("closed", "Engineer")]
    (delivery,) = deliveries(db, channel)
    assert (delivery["kind"], delivery["body"]["kind"]) == ("changes", "changes")
    event = delivery["body"]["events"][0]
    assert (event["company"], event["board"], event["baseline"], event["external_id"]) == (
        "Acme", "acme", False, "Engineer",
    )  # fmt: skip


def test_only_the_kinds_asked_for_are_told_and_the_rest_is_passed_over(db, acme, ada):
    follower(db, ada, ["closed"])
    ids = happens(db, acme.board_id, "Engineer", run=2)
    release(db)
    assert deliveries(db) == []
    inventory.record(db, acme.board_id, 3, [inventory.Event("Engineer", "closed", {})], ids, baseline=False)
    building.caught_up(db)
    release(db)
    assert told(db) == [("closed", "Engineer")]


def test_what_a_transaction_that_began_earlier_commits_later_is_told_too(db, acme, ada):
    follower(db, ada, ALL)
    with database() as slow:
        building.postings(slow, acme.board_id, "Slow", run=2)
        building.postings(db, acme.board_id, "Quick", run=3)
        db.commit()
        release(db)
        assert told(db) == [], "it waits for the transaction that may still write an earlier one"
        slow.commit()
    building.caught_up(db)
    release(db)
    assert sorted(told(db)) == [("opened", "Quick"), ("opened", "Slow")]


def test_a_mute_lets_the_position_rest(db, acme, ada):
    channel = follower(db, ada, ALL, muted_until=datetime.now(UTC) + timedelta(hours=1))
    happens(db, acme.board_id, "Engineer", run=2)
    release(db)
    assert told(db) == []
    db.execute(text("UPDATE channels SET muted_until = now() WHERE id = :id"), {"id": channel})
    release(db)
    assert told(db) == [("opened", "Engineer")]


def test_a_receiver_that_is_away_holds_the_feed_and_loses_nothing(db, acme, ada):
    channel = follower(db, ada, ALL)
    number = store.EVENTS_MOST * (store.UNFINISHED_MOST + 2)
    happens(db, acme.board_id, *(f"Role {one}" for one in range(number)), run=2)
    release(db)
    assert len(deliveries(db, channel)) == store.UNFINISHED_MOST
    db.execute(text("UPDATE deliveries SET state = 'sent', finished_at = now()"))
    release(db)
    assert [title for _, title in told(db)] == [f"Role {one}" for one in range(number)]


def test_large_changes_are_told_in_several_messages(db, acme, ada):
    follower(db, ada, ALL)
    ids = building.postings(db, acme.board_id, "A", "B", "C", run=2)
    long = {"description_text": ["x" * 300_000, "y"]}
    events = [inventory.Event(title, "updated", long) for title in ids]
    inventory.record(db, acme.board_id, 3, events, ids, baseline=False)
    building.caught_up(db)
    release(db)
    assert sorted(told(db))[3:] == [("updated", "A"), ("updated", "B"), ("updated", "C")]
    assert len(deliveries(db)) > 2


def test_who_begins_to_follow_later_is_told_from_then_on(db, acme, ada):
    channel = follower(db, ada, [])
    happens(db, acme.board_id, "Before", run=2)
    wish = channels.Wish("mine", events=ALL)
    channels.put(db, ada, channel, wish, where=None, expected=None)
    db.commit()
    happens(db, acme.board_id, "After", run=3)
    release(db)
    assert told(db) == [("opened", "After")]


def test_a_webhook_that_is_turned_on_again_is_told_from_then_on(db, acme, ada):
    channel = follower(db, ada, ALL)
    channels.put(db, ada, channel, channels.Wish("mine", enabled=False, events=ALL), where=None, expected=None)
    db.commit()
    happens(db, acme.board_id, "Before", run=2)
    release(db)
    channels.put(db, ada, channel, channels.Wish("mine", events=ALL), where=None, expected=None)
    db.commit()
    happens(db, acme.board_id, "After", run=3)
    release(db)
    assert told(db) == [("opened", "After")]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 250), st.booleans()), min_size=1, max_size=6),
    kinds=st.sets(st.sampled_from(ALL), min_size=1),
)
def test_every_change_that_is_wanted_is_told_once(db, ada, steps, kinds):
    db.execute(text("TRUNCATE companies, channels, deliveries, posting_events RESTART IDENTITY CASCADE"))
    acme = building.company(db)
    channel = follower(db, ada, sorted(kinds))
    happened = []
    for run, (number, ticks) in enumerate(steps, 2):
        titles = [f"Role {run}-{one}" for one in range(number)]
        ids = building.postings(db, acme.board_id, *titles, run=run)
        ended = titles[::3]
        closed = [inventory.Event(title, "closed", {}) for title in ended]
        inventory.record(db, acme.board_id, run, closed, ids, baseline=False)
        happened += [("opened", title) for title in titles] + [("closed", title) for title in ended]
        building.caught_up(db)
        if ticks:
            release(db)
            db.execute(text("UPDATE deliveries SET state = 'sent', finished_at = now()"))
            db.commit()
    release(db)
    assert told(db, channel) == [one for one in happened if one[0] in kinds]
