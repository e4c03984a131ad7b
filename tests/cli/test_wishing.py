"""Wishes and matches from the command line."""

import pytest
from sqlalchemy import text

from tests.api.building import postings
from tests.cli.conftest import company
from worker.posting import Place

BERLIN = Place("Berlin", "Berlin", "DE")


@pytest.fixture
def acme(db):
    """A company with three postings, the last of which is in Paris."""
    added = company(db, "Acme")
    postings(db, added.board_id, "Data Engineer", "Baker", places=[BERLIN], workplace="hybrid")
    postings(db, added.board_id, "Data Scientist", run=2, places=[Place("Paris", None, "FR")])
    db.execute(text("UPDATE boards SET open_count = 3"))
    db.commit()
    return added


def titles(ran) -> list[str]:
    assert ran.code == 0, ran.err
    return sorted(row["title"] for row in ran.rows)


def test_a_wish_finds_what_is_stored_at_once(rolecall, acme):
    rolecall("settings", "Acme", "--filter", "data", "--place", "Germany")
    assert titles(rolecall("matches", "--format", "json")) == ["Data Engineer"]
    shown = rolecall("settings", "Acme")
    assert "data; Germany" in shown.out
    rolecall("settings", "Acme", "--place", "EU")
    assert titles(rolecall("matches", "--format", "json")) == ["Data Engineer", "Data Scientist"]


def test_a_group_gives_its_companies_what_they_do_not_say_themselves(rolecall, acme):
    rolecall("group", "Europe", "--add", "Acme", "--filter", "baker", "--workplace", "hybrid")
    assert titles(rolecall("matches", "--format", "json")) == ["Baker"]
    rolecall("settings", "Acme", "--filter", "data")
    assert titles(rolecall("matches", "--format", "json")) == ["Data Engineer", "Data Scientist"]
    rolecall("settings", "Acme", "--inherit")
    assert titles(rolecall("matches", "--format", "json")) == ["Baker"]
    rolecall("group", "Europe", "--remove", "Acme")
    assert titles(rolecall("matches", "--format", "json")) == []
    assert rolecall("group", "Europe", "--delete").code == 0
    assert rolecall("groups", "--format", "json").rows == []
    assert "there is no group 'Europe'" in rolecall("group", "Europe", "--delete").err.replace("There", "there")


def test_a_group_has_a_name_of_one_line_and_stays_what_it_was_made(rolecall, acme):
    rolecall("group", " A\x1b[31m\n B ", "--add", "Acme")
    (row,) = rolecall("groups", "--format", "json").rows
    assert row["name"] == "A[31m B"
    ran = rolecall("group", row["name"], "--all-companies")
    assert (ran.code, rolecall("groups", "--format", "json").rows) == (1, [row])
    assert "has companies of its own" in ran.err


def test_a_group_of_all_companies_has_those_that_come_later(rolecall, acme, db):
    rolecall("group", "Everything", "--all-companies", "--filter", "baker")
    later = company(db, "Later")
    (row,) = rolecall("groups", "--format", "json").rows
    assert (row["all_companies"], row["title_filters"]) == (True, "baker")
    assert rolecall("settings", str(later.company_id), "--format", "json").rows[0]["enabled"] is True


def test_a_match_is_marked_and_taken_back(rolecall, acme):
    rolecall("settings", "Acme", "--filter", "baker")
    (match,) = rolecall("matches", "--format", "json").rows
    ran = rolecall("mark", str(match["id"]), "--as", "applied", "--on", "2026-11-02", "--note", "by mail")
    assert ran.out == "1 match applied. `rolecall undo 1` takes it back.\n"
    (row,) = rolecall("matches", "--state", "applied", "--format", "json").rows
    assert (row["applied_on"], row["note"]) == ("2026-11-02", "by mail")
    assert rolecall("undo", "1").out == "1 match as before.\n"
    (row,) = rolecall("matches", "--format", "json").rows
    assert (row["state"], row["applied_on"], row["note"]) == ("new", None, None)
    assert "it may have been undone already" in rolecall("undo", "1").err


def test_a_preview_shows_both_kinds_and_changes_nothing(rolecall, acme):
    ran = rolecall("preview", "--filter", "data", "--place", "Germany")
    assert ran.out.splitlines()[0] == "Matches 1 of 3 open postings."
    assert '  + Data Engineer, Acme  (let in by "data"; Berlin, DE is in Germany)' in ran.out
    assert "  - Baker, Acme  (no line matches)" in ran.out
    assert "  - Data Scientist, Acme  (Paris, FR is not in Germany)" in ran.out
    assert rolecall("matches", "--format", "json").rows == []


def test_a_posting_is_asked_why_and_why_not(rolecall, acme, db):
    number = db.execute(text("SELECT id FROM postings WHERE title = 'Baker'")).scalar_one()
    db.commit()
    assert "you do not watch the company" in rolecall("why", str(number)).out
    rolecall("settings", "Acme", "--filter", "data")
    assert "  - title: no line matches (company)" in rolecall("why", str(number)).out
    assert "There is no posting 99" in rolecall("why", "99").err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["settings", "Acme", "--place", "Xyzzyville"], "'Xyzzyville' is not known"),
        (["settings", "Acme", "--workplace", "moon"], "no workplace; write onsite, hybrid or remote"),
        (["settings", "Acme", "--pay", "lots"], "write it as 80000 EUR or 40 USD/hour"),
        (["settings", "Acme", "--text", '"open'], "column 1: the quote is never closed"),
        (["group", " "], "name of the group is empty"),
        (["group", "x" * 201], "name of the group has 201 letters"),
        (["mark", "1", "--as", "loved"], "the states are new, seen, saved, applied, hidden"),
        (["mark", "1", "--as", "seen", "--on", "2026-01-01"], "belongs to --as applied"),
        (["mark", "1", "--as", "applied", "--on", "soon"], "write it as 2026-11-30"),
        (["mark", "1", "--as", "seen"], "none of these is a match of yours"),
        (["matches", "--state", "loved"], "no state"),
    ],
)
def test_what_cannot_be_understood_is_said_and_changes_nothing(rolecall, acme, db, arguments, says):
    ran = rolecall(*arguments)
    assert ran.code == 1
    assert says in ran.err.replace("None of", "none of")
    assert db.execute(text("SELECT count(*) FROM company_settings")).scalar_one() == 0
    db.commit()


def test_pay_is_read_with_its_period(rolecall, acme):
    (row,) = rolecall("settings", "Acme", "--pay", "40 usd/hour", "--format", "json").rows
    assert row["pay"] == {"amount": 40, "currency": "USD", "period": "HOUR"}
