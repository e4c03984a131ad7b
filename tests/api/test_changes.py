"""The feed of changes for readers that choose: nothing they want is skipped, nothing comes twice."""

import random

import pytest
from sqlalchemy import text

from tests.api import building
from worker.resources import database
from worker.store import changes, inventory

PATH = "/api/v1/changes"


@pytest.fixture
def acme(db):
    return building.company(db)


def follow(client, since: str | None = None, limit: int = 2, **wanted) -> tuple[list[int], str]:
    """Read the feed to its present end; return the ids and the cursor."""
    found: list[int] = []
    while True:
        asked = {"limit": limit, **wanted, **({"since": since} if since else {})}
        body = client.get(PATH, params=asked).json()
        found += [one["id"] for one in body["items"]]
        since = body["next_cursor"]
        if not body["more"]:
            return found, since


def ids(db, condition: str = "true") -> list[int]:
    found = db.execute(text(f"SELECT id FROM posting_events WHERE {condition} ORDER BY tx, id")).scalars().all()
    db.commit()
    return list(found)


def write(db, board: int, kind: str, run: int, *, baseline: bool = False) -> None:
    """Record an event of the board's first posting; the caller commits."""
    posting = db.execute(text("SELECT min(id) FROM postings WHERE board_id = :board"), {"board": board}).scalar_one()
    inventory.record(db, board, run, [inventory.Event("A", kind, {})], {"A": posting}, baseline=baseline)


def test_changes_are_chosen_by_kind_company_and_news(client, db, acme):
    globex = building.company(db, "globex")
    building.postings(db, acme.board_id, "A", "B")
    building.postings(db, globex.board_id, "A", run=2)
    write(db, acme.board_id, "closed", 3)
    write(db, globex.board_id, "closed", 4, baseline=True)
    db.execute(text("UPDATE posting_events SET news = 'repost' WHERE id = 1"))
    building.caught_up(db)
    closed = ids(db, "kind = 'closed'")
    assert follow(client)[0] == ids(db)
    assert follow(client, kind="closed")[0] == closed
    assert follow(client, kind=["closed", "opened"])[0] == ids(db)
    assert follow(client, kind="reopened")[0] == []
    assert follow(client, company=globex.company_id)[0] == ids(db, f"board_id = {globex.board_id}")
    assert follow(client, company=globex.company_id, kind="closed")[0] == closed[1:]
    assert follow(client, news=True)[0] == ids(db, "news IS NULL AND NOT baseline")
    assert client.get(PATH, params={"kind": "vanished"}).status_code == 422


@pytest.mark.parametrize("looked_at", [1, 3, 1000])
def test_whatever_is_chosen_comes_once_and_in_order(client, db, acme, monkeypatch, looked_at):
    """Over all sizes of parts, with events that arrive while the feed is read."""
    monkeypatch.setattr(changes, "LOOKED_AT_MOST", looked_at)
    chance = random.Random(looked_at)
    globex = building.company(db, "globex")
    for board in (acme.board_id, globex.board_id):
        building.postings(db, board, "A", run=board)
    found: dict[tuple, list[int]] = {}
    cursors: dict[tuple, str | None] = {}
    choices = [(), (("kind", "closed"),), (("kind", "closed"), ("company", globex.company_id)), (("news", True),)]
    for run in range(10, 40):
        kind = chance.choice(["opened", "closed", "updated"])
        board = chance.choice([acme.board_id, globex.board_id])
        write(db, board, kind, run, baseline=chance.random() < 0.3)
        if run % 7 == 0:
            building.caught_up(db)
            for choice in choices:
                part, cursors[choice] = follow(client, cursors.get(choice), chance.randint(1, 4), **dict(choice))
                found.setdefault(choice, []).extend(part)
    building.caught_up(db)
    for choice in choices:
        part, _ = follow(client, cursors[choice], **dict(choice))
        found[choice] += part
    assert found[choices[0]] == ids(db)
    assert found[choices[1]] == ids(db, "kind = 'closed'")
    assert found[choices[2]] == ids(db, f"kind = 'closed' AND board_id = {globex.board_id}")
    assert found[choices[3]] == ids(db, "NOT baseline")


def test_one_answer_looks_at_so_many_events_and_says_that_there_are_more(client, db, acme, monkeypatch):
    monkeypatch.setattr(changes, "LOOKED_AT_MOST", 3)
    building.postings(db, acme.board_id, *"ABCDE")
    write(db, acme.board_id, "closed", 2)
    building.caught_up(db)
    first = client.get(PATH, params={"kind": "closed"}).json()
    assert (first["items"], first["more"]) == ([], True)
    second = client.get(PATH, params={"kind": "closed", "since": first["next_cursor"]}).json()
    assert [one["kind"] for one in second["items"]] == ["closed"]


def test_a_cursor_goes_on_over_what_was_not_wanted(client, db, acme):
    """A reader of what is rare does not look at the same events with every question."""
    building.postings(db, acme.board_id, *"ABCDE")
    building.caught_up(db)
    nothing, cursor = follow(client, kind="closed")
    assert nothing == []
    assert follow(client, cursor)[0] == []
    write(db, acme.board_id, "closed", 2)
    building.caught_up(db)
    assert follow(client, cursor, kind="closed")[0] == follow(client, cursor)[0] == ids(db, "kind = 'closed'")


def test_a_wanted_event_that_is_committed_late_is_neither_skipped_nor_repeated(client, db, acme):
    globex = building.company(db, "globex")
    for board in (acme.board_id, globex.board_id):
        building.postings(db, board, "A", run=board)
    building.caught_up(db)
    _, cursor = follow(client)
    with database() as older:
        write(older, acme.board_id, "closed", 8)
        write(db, globex.board_id, "closed", 9)
        db.commit()
        write(db, globex.board_id, "updated", 10)
        db.commit()
        early, cursor = follow(client, cursor, kind="closed")
        older.commit()
    building.caught_up(db)
    late, cursor = follow(client, cursor, kind="closed")
    assert (early, late) == ([], ids(db, "kind = 'closed'"))
    assert follow(client, cursor)[0] == []
