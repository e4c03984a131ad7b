"""Suggestions over the API: listed in parts, accepted once, dismissed."""

import pytest
from sqlalchemy import text

from tests.api import building
from worker.store import companies, scans, suggestions


@pytest.fixture
def gone(db):
    """A company whose board is gone."""
    added = building.company(db)
    db.execute(text("UPDATE boards SET gone_at = now(), interval_seconds = 7200"))
    db.commit()
    return added


@pytest.fixture
def suggest(db, gone):
    """Suggests a board of Ashby's; returns the suggestion's id."""

    def suggest(key: str = "acme") -> int:
        url = f"https://jobs.ashbyhq.com/{key}"
        found = suggestions.Suggested("ashby", key, url, "likely", "it has the same name", 3)
        suggestions.write(db, suggestions.Gone(gone.board_id, "Acme", "greenhouse", "acme", None), found)
        db.commit()
        return db.execute(text("SELECT max(id) FROM suggestions")).scalar_one()

    return suggest


def listed(client, **query) -> list[dict]:
    return client.get("/api/v1/suggestions", params=query).json()["items"]


def test_a_suggestion_says_which_board_it_would_replace_and_why(client, gone, suggest):
    number = suggest()
    [one] = listed(client)
    assert (one["id"], one["company"], one["board_id"]) == (number, "Acme", gone.board_id)
    assert (one["old_url"], one["url"]) == ("https://boards.greenhouse.example/acme", "https://jobs.ashbyhq.com/acme")
    assert (one["certainty"], one["evidence"], one["open_postings"]) == ("likely", "it has the same name", 3)


def test_suggestions_come_in_parts(client, suggest):
    numbers = [suggest(key) for key in ("a", "b", "c")]
    first = client.get("/api/v1/suggestions", params={"limit": 2}).json()
    assert [one["id"] for one in first["items"]] == numbers[:2]
    assert [one["id"] for one in listed(client, limit=2, cursor=first["next_cursor"])] == numbers[2:]


def test_an_accepted_board_replaces_the_old_one_at_its_interval_and_is_scanned(client, db, gone, suggest):
    other, number = suggest("other"), suggest()
    answer = client.post(f"/api/v1/suggestions/{number}/accept")
    assert answer.status_code == 200
    old, new = answer.json()["boards"]
    assert (old["id"], old["enabled"]) == (gone.board_id, False)
    assert (new["url"], new["enabled"]) == ("https://jobs.ashbyhq.com/acme", True)
    assert new["interval_seconds"] == 7200
    assert [run["board_id"] for run in scans.runs(db, answer.json()["scan_id"])] == [new["id"]]
    assert listed(client) == []
    assert client.post(f"/api/v1/suggestions/{other}/accept").status_code == 404


def test_a_suggestion_is_decided_once(client, db, suggest):
    number = suggest()
    assert client.post(f"/api/v1/suggestions/{number}/accept").status_code == 200
    again = client.post(f"/api/v1/suggestions/{number}/accept")
    assert again.status_code == 404
    assert again.headers["content-type"] == "application/problem+json"
    assert client.post(f"/api/v1/suggestions/{number}/dismiss").status_code == 404
    assert db.execute(text("SELECT count(*) FROM boards")).scalar_one() == 2


def test_a_dismissed_suggestion_is_gone_and_the_old_board_stays(client, db, gone, suggest):
    number = suggest()
    assert client.post(f"/api/v1/suggestions/{number}/dismiss").status_code == 204
    assert listed(client) == []
    assert suggest() == number
    assert listed(client) == []
    assert [board["enabled"] for board in companies.get(db, gone.company_id)["boards"]] == [True]
    assert client.post(f"/api/v1/suggestions/{number}/dismiss").status_code == 404


def test_a_board_that_is_watched_by_now_is_a_conflict_and_nothing_changes(client, db, gone, suggest):
    number = suggest()
    companies.add(db, name="Acme", ats="ashby", key="acme", url="https://jobs.ashbyhq.com/acme")
    db.commit()
    answer = client.post(f"/api/v1/suggestions/{number}/accept")
    assert answer.status_code == 409
    assert "watched already" in answer.json()["detail"]
    assert [board["enabled"] for board in companies.get(db, gone.company_id)["boards"]] == [True]
    assert [one["id"] for one in listed(client)] == [number]


@pytest.mark.parametrize("what", ["accept", "dismiss"])
def test_an_unknown_suggestion_is_not_found(client, db, what):
    assert client.post(f"/api/v1/suggestions/1/{what}").status_code == 404


def test_a_board_that_has_come_back_needs_no_other(client, db, suggest):
    suggest()
    db.execute(text("UPDATE boards SET gone_at = NULL"))
    db.commit()
    assert listed(client) == []


def test_a_company_that_was_deleted_meanwhile_gets_no_suggestion(client, db, gone, suggest):
    companies.delete(db, gone.company_id)
    assert suggest() is None
