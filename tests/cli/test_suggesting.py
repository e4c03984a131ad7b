"""`rolecall suggestions`."""

import pytest
from sqlalchemy import text

from worker.store import companies, suggestions


@pytest.fixture
def suggested(db) -> int:
    """A suggestion for a company whose board is gone."""
    old = companies.add(db, name="Acme", ats="greenhouse", key="acme", url="https://boards.greenhouse.io/acme")
    db.execute(text("UPDATE boards SET gone_at = now()"))
    found = suggestions.Suggested("ashby", "acme", "https://jobs.ashbyhq.com/acme", "likely", "it has the name", 3)
    suggestions.write(db, suggestions.Gone(old.board_id, "Acme", "greenhouse", "acme", None), found)
    db.commit()
    return db.execute(text("SELECT id FROM suggestions")).scalar_one()


def boards(rolecall) -> dict[str, bool]:
    return {row["url"]: row["enabled"] for row in rolecall("boards", "--format", "json").rows}


def test_suggestions_are_listed_with_the_reason(rolecall, suggested):
    [row] = rolecall("suggestions", "--format", "json").rows
    assert (row["id"], row["company"], row["url"]) == (suggested, "Acme", "https://jobs.ashbyhq.com/acme")
    assert (row["old_url"], row["evidence"]) == ("https://boards.greenhouse.io/acme", "it has the name")
    assert "likely" in rolecall("suggestions").out


def test_a_suggestion_is_accepted_once(rolecall, suggested):
    ran = rolecall("suggestions", "--accept", suggested)
    assert ran.code == 0
    assert "Acme is watched at https://jobs.ashbyhq.com/acme now" in ran.out
    assert boards(rolecall) == {"https://boards.greenhouse.io/acme": False, "https://jobs.ashbyhq.com/acme": True}
    again = rolecall("suggestions", "--accept", suggested)
    assert again.code == 1
    assert f"There is no open suggestion {suggested}" in again.err
    assert rolecall("suggestions", "--format", "json").rows == []


def test_a_suggestion_is_dismissed_once(rolecall, suggested):
    ran = rolecall("suggestions", "--dismiss", suggested)
    assert (ran.code, "Dismissed" in ran.out) == (0, True)
    assert boards(rolecall) == {"https://boards.greenhouse.io/acme": True}
    assert rolecall("suggestions", "--dismiss", suggested).code == 1


def test_a_board_that_is_watched_by_now_cannot_be_accepted(rolecall, db, suggested):
    companies.add(db, name="Acme", ats="ashby", key="acme", url="https://jobs.ashbyhq.com/acme")
    db.commit()
    ran = rolecall("suggestions", "--accept", suggested)
    assert ran.code == 1
    assert "watched already; dismiss the suggestion" in ran.err
    assert boards(rolecall)["https://boards.greenhouse.io/acme"] is True


def test_both_decisions_at_once_are_refused(rolecall, suggested):
    ran = rolecall("suggestions", "--accept", suggested, "--dismiss", suggested)
    assert ran.code == 1
    assert "contradict each other" in ran.err
    assert len(rolecall("suggestions", "--format", "json").rows) == 1


@pytest.mark.parametrize("what", ["--accept", "--dismiss"])
@pytest.mark.parametrize(("number", "code"), [(7, 1), (0, 2), (2**63, 2)])
def test_an_unknown_suggestion_is_an_error(rolecall, db, what, number, code):
    ran = rolecall("suggestions", what, number)
    assert ran.code == code
    assert "Error" in ran.err
