"""What becomes of alerts: which delivery tells of which match, and when, by a clock that the test moves."""

import itertools
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text

from tests import alerting
from tests.alerting import deliveries, raise_alerts, release, told
from tests.api import building
from worker import alerts
from worker.alert_times import zone
from worker.posting import Salary
from worker.resources import database, engine
from worker.store import alerts as store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""A Monday."""


@pytest.fixture
def acme(db):
    return building.company(db)


@pytest.fixture
def ada(db):
    return alerting.person(db)


def came_at(db, moment: datetime) -> None:
    """Let all alerts have been raised at a moment."""
    db.execute(text("UPDATE alerts SET created_at = :moment"), {"moment": moment})
    db.commit()


def test_what_is_found_in_one_go_is_told_in_one_message(db, acme, ada):
    alerting.channel(db, ada)
    matches = raise_alerts(db, ada, acme.board_id, "Engineer", "Designer", locations=["Berlin"], workplace="remote")
    release(db)
    ((delivery),) = deliveries(db)
    body = delivery["body"]
    assert (delivery["kind"], delivery["state"], delivery["attempts"]) == ("matches", "waiting", 0)
    assert (body["kind"], body["channel"]["name"], body["more"]) == ("matches", "mine", 0)
    assert [one["id"] for one in body["matches"]] == matches
    first = body["matches"][0]
    assert (first["title"], first["company"], first["company_id"]) == ("Engineer", "Acme", acme.company_id)
    assert (first["url"], first["locations"], first["workplace"]) == ("https://acme.example/0", ["Berlin"], "remote")
    assert first["why"] == [{"criterion": "title", "detail": "engineer", "source": "company"}]
    release(db)
    assert len(deliveries(db)) == 1


def test_pay_is_told_as_numbers(db, acme, ada):
    alerting.channel(db, ada)
    pay = Salary(Decimal(70000), Decimal("90000.50"), "EUR", "YEAR")
    raise_alerts(db, ada, acme.board_id, "Engineer", salary=pay)
    release(db)
    (delivery,) = deliveries(db)
    assert delivery["body"]["matches"][0]["salary"] == {
        "min": 70000,
        "max": 90000.5,
        "currency": "EUR",
        "period": "YEAR",
    }


def test_a_match_that_waits_twice_is_told_once(db, acme, ada):
    alerting.channel(db, ada)
    (match,) = raise_alerts(db, ada, acme.board_id, "Engineer")
    store.note(db, 2, [(ada, match)])
    release(db)
    assert told(db) == [["Engineer"]]


def test_a_match_that_is_news_again_later_is_told_again(db, acme, ada):
    alerting.channel(db, ada)
    (match,) = raise_alerts(db, ada, acme.board_id, "Engineer")
    release(db)
    store.note(db, 2, [(ada, match)])
    release(db)
    assert told(db) == [["Engineer"], ["Engineer"]]


@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE matches SET state = 'hidden'",
        "UPDATE matches SET state = 'applied'",
        "UPDATE matches SET fits = false",
        "UPDATE postings SET closed_at = now() - interval '15 days'",
    ],
)
def test_what_is_no_news_any_more_is_left_out_and_an_empty_message_is_not_sent(db, acme, ada, meanwhile):
    alerting.channel(db, ada)
    raise_alerts(db, ada, acme.board_id, "Engineer")
    stays = raise_alerts(db, ada, acme.board_id, "Designer", run=2)
    db.execute(text(f"{meanwhile} WHERE id NOT IN (SELECT id FROM matches WHERE id = {stays[0]})"))
    db.execute(text("UPDATE postings SET closed_at = NULL WHERE title = 'Designer'"))
    db.commit()
    release(db)
    assert told(db) == [["Designer"]]
    raise_alerts(db, ada, acme.board_id, "Writer", run=3)
    db.execute(text(meanwhile))
    db.commit()
    release(db)
    assert [one["state"] for one in deliveries(db)] == ["waiting", "skipped"]
    assert db.execute(text("SELECT count(*) FROM alerts WHERE delivery_id IS NULL")).scalar_one() == 0


def test_what_closes_before_it_is_told_and_opens_again_within_days_is_told_then(db, acme, ada):
    alerting.channel(db, ada)
    raise_alerts(db, ada, acme.board_id, "Engineer", "Designer")
    db.execute(text("UPDATE postings SET closed_at = now() WHERE title = 'Engineer'"))
    db.commit()
    release(db)
    release(db)
    assert told(db) == [["Designer"]]
    db.execute(text("UPDATE postings SET closed_at = NULL"))
    db.commit()
    release(db)
    release(db)
    assert told(db) == [["Designer"], ["Engineer"]]


def test_people_are_told_the_first_few_and_how_many_more_there_are(db, acme, ada):
    alerting.channel(db, ada, kind="apprise", most=3)
    raise_alerts(db, ada, acme.board_id, *(f"Role {number}" for number in range(40)))
    release(db)
    (delivery,) = deliveries(db)
    assert [one["title"] for one in delivery["body"]["matches"]] == ["Role 0", "Role 1", "Role 2"]
    assert delivery["body"]["more"] == 37


def test_a_webhook_is_told_of_each_match_in_messages_of_bounded_size(db, acme, ada):
    alerting.channel(db, ada, most=3)
    raise_alerts(db, ada, acme.board_id, *(f"Role {number}" for number in range(7)))
    release(db)
    assert told(db) == [["Role 0", "Role 1", "Role 2"], ["Role 3", "Role 4", "Role 5"], ["Role 6"]]
    assert {one["body"]["more"] for one in deliveries(db)} == {0}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    most=st.integers(1, 12),
    kind=st.sampled_from(["webhook", "apprise"]),
    fates=st.lists(st.sampled_from(["fits", "hidden", "doubled"]), max_size=25),
)
def test_each_match_is_told_or_counted_once_whatever_the_cap(db, acme, ada, most, kind, fates):
    db.execute(text("TRUNCATE channels, matches, alerts, deliveries, postings RESTART IDENTITY CASCADE"))
    channel = alerting.channel(db, ada, kind=kind, most=most)
    matches = raise_alerts(db, ada, acme.board_id, *(f"Role {number}" for number in range(len(fates))))
    fate_of = dict(zip(matches, fates, strict=True))
    db.execute(
        text("UPDATE matches SET state = 'hidden' WHERE id = ANY(:ids)"),
        {"ids": [match for match, fate in fate_of.items() if fate == "hidden"]},
    )
    store.note(db, 2, [(ada, match) for match, fate in fate_of.items() if fate == "doubled"])
    db.commit()
    release(db)
    bodies = [one["body"] for one in deliveries(db, channel) if one["state"] == "waiting"]
    shown = [one["id"] for body in bodies for one in body["matches"]]
    news = [match for match, fate in fate_of.items() if fate != "hidden"]
    assert all(len(body["matches"]) <= most for body in bodies)
    if kind == "webhook":
        assert shown == news
    else:
        assert shown == news[:most]
        assert sum(body["more"] for body in bodies) == max(0, len(news) - most)
        assert len(bodies) == bool(news)
    assert db.execute(text("SELECT count(*) FROM alerts WHERE delivery_id IS NULL")).scalar_one() == 0


def test_more_alerts_than_are_looked_at_together_still_make_one_digest_a_day_of_a_webhook(db, acme, ada):
    number = store.WEBHOOK_ALERTS_MOST + 100
    alerting.channel(db, ada, most=500, mode="digest", digest_hour=8)
    raise_alerts(db, ada, acme.board_id, *(f"Role {one}" for one in range(number)))
    came_at(db, NOON)
    release(db, NOON + timedelta(hours=19))
    assert told(db) == []
    release(db, NOON + timedelta(hours=20))
    assert sum(map(len, told(db))) == number
    raise_alerts(db, ada, acme.board_id, "Late", run=2)
    came_at(db, NOON + timedelta(hours=20))
    release(db, NOON + timedelta(hours=21))
    assert sum(map(len, told(db))) == number


def test_a_digest_is_told_at_its_hour_and_what_comes_a_moment_later_the_next_day(db, acme, ada):
    alerting.channel(db, ada, mode="digest", digest_hour=8, time_zone="Europe/Berlin")
    raise_alerts(db, ada, acme.board_id, "Engineer")
    raise_alerts(db, ada, acme.board_id, "Designer", run=2)
    came_at(db, NOON)
    release(db, datetime(2026, 6, 2, 5, 59, 59, tzinfo=UTC))
    assert told(db) == []
    release(db, datetime(2026, 6, 2, 6, 0, 2, tzinfo=UTC))
    assert told(db) == [["Engineer", "Designer"]]
    # A scan that began before the hour, and was committed after its digest.
    raise_alerts(db, ada, acme.board_id, "Writer", run=3)
    came_at(db, datetime(2026, 6, 2, 5, 59, tzinfo=UTC))
    release(db, datetime(2026, 6, 2, 6, 0, 10, tzinfo=UTC))
    assert len(told(db)) == 1
    release(db, datetime(2026, 6, 3, 6, 0, 1, tzinfo=UTC))
    assert told(db)[1:] == [["Writer"]]


def test_two_ticks_at_once_make_one_digest(db, acme, ada):
    alerting.channel(db, ada, mode="digest", digest_hour=8)
    raise_alerts(db, ada, acme.board_id, "Engineer")
    came_at(db, NOON)
    later = NOON + timedelta(days=1)
    with database() as other:
        waiting = store.waiting(other)
        assert alerts.release(db, later)
        assert not store.hold(other, waiting), "held by the first tick"
        db.commit()
        assert not store.hold(other, waiting), "made by the first tick"


def test_what_comes_in_quiet_hours_is_told_together_when_they_end(db, acme, ada):
    alerting.channel(db, ada, time_zone="Europe/Berlin", quiet_from=time(22), quiet_to=time(7))
    for run, title in enumerate(["Engineer", "Designer"]):
        raise_alerts(db, ada, acme.board_id, title, run=run)
        release(db, datetime(2026, 6, 1, 21 + run, tzinfo=UTC))
    assert told(db) == []
    release(db, datetime(2026, 6, 2, 5, tzinfo=UTC))
    assert told(db) == [["Engineer", "Designer"]]


def test_what_comes_while_a_channel_is_muted_is_told_once_when_the_mute_ends(db, acme, ada):
    until = NOON + timedelta(days=2)
    alerting.channel(db, ada, muted_until=until)
    for hours in range(3):
        raise_alerts(db, ada, acme.board_id, f"Role {hours}", run=hours)
        release(db, NOON + timedelta(hours=hours))
    release(db, until - timedelta(seconds=1))
    assert told(db) == []
    release(db, until)
    assert told(db) == [["Role 0", "Role 1", "Role 2"]]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(1, 600), st.booleans()), min_size=5, max_size=25),
    quiet=st.booleans(),
    mode=st.sampled_from(["instant", "digest"]),
    mute=st.integers(0, 2_000),
)
def test_over_a_change_of_clocks_each_match_is_told_once_and_never_in_quiet_hours(
    db, acme, ada, steps, quiet, mode, mute
):
    db.execute(text("TRUNCATE channels, matches, alerts, deliveries, postings RESTART IDENTITY CASCADE"))
    start = datetime(2026, 3, 28, 6, tzinfo=UTC)  # clocks go forward in the night after it
    plan = {"quiet_from": time(22), "quiet_to": time(7)} if quiet else {}
    muted = start + timedelta(minutes=mute)
    alerting.channel(db, ada, mode=mode, digest_hour=2, time_zone="Europe/Berlin", muted_until=muted, most=100, **plan)
    now, raised, number = start, [], itertools.count()
    for minutes, found in [*steps, *[(61, False)] * 48]:
        now += timedelta(minutes=minutes)
        if found:
            raised += raise_alerts(db, ada, acme.board_id, f"Role {next(number)}", run=next(number))
            db.execute(text("UPDATE alerts SET created_at = :now WHERE delivery_id IS NULL AND created_at > :now"),
                       {"now": now})  # fmt: skip
            db.commit()
        release(db, now)
    made = deliveries(db)
    assert Counter(one["id"] for row in made for one in row["body"]["matches"]) == Counter(raised)
    for row in made:
        shown = row["created_at"].astimezone(zone("Europe/Berlin")).time()
        assert row["created_at"] >= muted
        assert not quiet or time(7) <= shown < time(22)


def test_a_channel_that_is_off_and_a_person_who_is_disabled_hear_nothing(db, acme, ada):
    channel = alerting.channel(db, ada)
    raise_alerts(db, ada, acme.board_id, "Engineer")
    db.execute(text("UPDATE channels SET enabled = false"))
    release(db)
    db.execute(text("UPDATE channels SET enabled = true"))
    db.execute(text("UPDATE users SET disabled_at = now()"))
    release(db)
    assert deliveries(db, channel) == []


def test_a_tick_makes_the_deliveries_of_many_people_with_as_few_statements_as_of_one(db, acme):
    def statements(people: int) -> int:
        db.execute(text("TRUNCATE users, alerts, deliveries, matches, postings RESTART IDENTITY CASCADE"))
        postings = list(building.postings(db, acme.board_id, "Engineer", "Designer").values())
        for number in range(people):
            person = alerting.person(db, f"person-{number}@example.org")
            alerting.channel(db, person)
            store.note(db, 1, alerting.match_all(db, person, postings))
        db.commit()
        counted = []
        listener = lambda *_: counted.append(1)  # noqa: E731
        event.listen(engine(), "before_cursor_execute", listener)
        try:
            assert alerts.release(db, NOON)
            db.commit()
        finally:
            event.remove(engine(), "before_cursor_execute", listener)
        assert len(deliveries(db)) == people
        return len(counted)

    assert statements(1) == statements(40)
