"""Which channels are told of which matches."""

import threading

import pytest
from sqlalchemy import text

from tests import alerting
from tests.api import building
from worker.resources import database
from worker.store import alerts


@pytest.fixture
def acme(db):
    return building.company(db)


def test_a_match_is_noted_for_each_channel_of_its_person(db, acme):
    ada, bob = alerting.person(db), alerting.person(db, "bob@example.org")
    hers = [alerting.channel(db, ada), alerting.channel(db, ada)]
    alerting.channel(db, bob)
    found = alerting.matches(db, ada, acme.board_id, "Engineer", "Designer")
    alerts.note(db, 7, found)
    assert sorted(alerting.noted(db)) == sorted((channel, match, 7) for channel in hers for _, match in found)


def test_noting_again_for_the_same_run_changes_nothing_and_another_run_is_told_anew(db, acme):
    ada = alerting.person(db)
    channel = alerting.channel(db, ada)
    ((_, match),) = found = alerting.matches(db, ada, acme.board_id, "Engineer")
    for run in (1, 1, 2):
        alerts.note(db, run, [*found, *found])
    assert alerting.noted(db) == [(channel, match, 1), (channel, match, 2)]


@pytest.mark.parametrize("off", [{"enabled": False}, {"matches": False}])
def test_a_channel_that_is_off_or_not_for_matches_is_left_alone(db, acme, off):
    ada = alerting.person(db)
    alerting.channel(db, ada, **off)
    alerts.note(db, 1, alerting.matches(db, ada, acme.board_id, "Engineer"))
    assert alerting.noted(db) == []


def test_nobody_hears_whose_account_is_disabled(db, acme):
    ada = alerting.person(db)
    alerting.channel(db, ada)
    db.execute(text("UPDATE users SET disabled_at = now()"))
    alerts.note(db, 1, alerting.matches(db, ada, acme.board_id, "Engineer"))
    assert alerting.noted(db) == []


def test_a_channel_hears_of_the_groups_it_is_routed_to_only(db, acme):
    globex = building.company(db, "globex")
    ada = alerting.person(db)
    dream = alerting.group(db, ada, acme.company_id)
    others = alerting.group(db, ada, globex.company_id, name="others")
    everything = alerting.group(db, ada, name="everything", all_companies=True)
    of_dream = alerting.channel(db, ada, group_ids=[dream])
    of_both = alerting.channel(db, ada, group_ids=[dream, others])
    of_all = alerting.channel(db, ada, group_ids=[everything])
    of_nothing = alerting.channel(db, ada, group_ids=[9_999])
    found = [
        *alerting.matches(db, ada, acme.board_id, "Engineer"),
        *alerting.matches(db, ada, globex.board_id, "Designer"),
    ]
    alerts.note(db, 1, found)
    told = {channel: {match for at, match, _ in alerting.noted(db) if at == channel} for channel in range(1, 9)}
    assert told[of_dream] == {found[0][1]}
    assert told[of_both] == told[of_all] == {match for _, match in found}
    assert told[of_nothing] == set()


def test_a_group_of_somebody_else_routes_nothing(db, acme):
    ada, bob = alerting.person(db), alerting.person(db, "bob@example.org")
    alerting.channel(db, ada, group_ids=[alerting.group(db, bob, acme.company_id, all_companies=True)])
    alerts.note(db, 1, alerting.matches(db, ada, acme.board_id, "Engineer"))
    assert alerting.noted(db) == []


def test_a_channel_that_is_deleted_meanwhile_does_not_cost_the_scan(db, acme):
    ada = alerting.person(db)
    gone, stays = alerting.channel(db, ada), alerting.channel(db, ada)
    found = alerting.matches(db, ada, acme.board_id, "Engineer")
    db.commit()
    ended = threading.Event()

    def scan() -> None:
        with database() as session:
            alerts.note(session, 1, found)
            session.commit()
        ended.set()

    db.execute(text("DELETE FROM channels WHERE id = :id"), {"id": gone})
    thread = threading.Thread(target=scan)
    thread.start()
    with database() as onlooker:
        while not _waits(onlooker):
            assert thread.is_alive()
    db.commit()
    thread.join(30)
    assert ended.is_set()
    assert [channel for channel, _, _ in alerting.noted(db)] == [stays]


def _waits(session) -> bool:
    waiting = session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()
    session.rollback()
    return bool(waiting)


def test_without_matches_the_database_is_not_asked(db):
    alerts.note(db, 1, [])
    assert not db.in_transaction()
