"""What follows from other fields is stored with them, is read anew by newer code, and is no news by itself."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.boards import Internet
from tests.scanning import events, inside, scan_one, watch

STORED = text("SELECT external_id, places, country_codes, seniority, language FROM postings ORDER BY external_id")
# As a database looks that an older version has written.
FORGET = text("""UPDATE postings SET places = '[]', country_codes = '{}', seniority = NULL, language = NULL,
    salary_source = NULL, content_hash = 'x'""")
BY_OLDER_CODE = text("UPDATE boards SET fingerprint = split_part(fingerprint, ':', 1) || chr(58) || 'older'")


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=11, companies=33) as net:
        yield net


@pytest.fixture
def net(shared_net, db, redis):
    shared_net.clear()
    with inside(shared_net):
        yield shared_net
    shared_net.clear()


@pytest.fixture
def board(net):
    return net.world.add_company("greenhouse", postings=12)


def stored(db: Session) -> list[dict[str, Any]]:
    found = [dict(row) for row in db.execute(STORED).mappings()]
    db.rollback()
    return found


def test_places_seniority_and_language_are_stored_when_a_posting_is_first_read(board, net, db):
    added = watch(db, board)
    net.world.open(board, 1, title="Senior Telescope Polisher")
    scan_one(db, added.company_id)
    rows = stored(db)
    assert any(place["country"] for row in rows for place in row["places"])
    assert all({place["country"] for place in row["places"]} - {None} <= set(row["country_codes"]) for row in rows)
    assert {row["seniority"] for row in rows} >= {"senior"}
    assert {row["language"] for row in rows} >= {"en"}


def test_what_older_code_did_not_derive_is_added_without_being_news(board, net, db):
    added = watch(db, board)
    scan_one(db, added.company_id)
    before, news = stored(db), events(db, added.board_id)
    db.execute(FORGET)
    db.execute(BY_OLDER_CODE)
    db.commit()
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["updated"]) == ("unchanged", 0)
    assert stored(db) == before
    assert events(db, added.board_id) == news


def test_an_update_tells_what_the_board_changed_and_not_what_newer_code_has_derived(board, net, db):
    added = watch(db, board)
    scan_one(db, added.company_id)
    db.execute(FORGET)
    db.execute(BY_OLDER_CODE)
    db.commit()
    net.world.edit(board, min(net.world.open_ids(board)), title="Chief Telescope Polisher")
    assert scan_one(db, added.company_id)["updated"] == 1
    told = db.execute(text("SELECT changes FROM posting_events WHERE kind = 'updated'")).scalar_one()
    assert set(told) == {"title", "description_text"}, "the text of these boards repeats the title"
