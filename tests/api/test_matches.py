"""Wishes and matches through the API."""

import pytest
from sqlalchemy import text

from tests.api.building import company, postings
from worker import tasks
from worker.posting import Place

API = "/api/v1"


@pytest.fixture
def acme(db):
    added = company(db)
    postings(db, added.board_id, "Data Engineer", "Baker", places=[Place("Berlin", "Berlin", "DE")])
    postings(db, added.board_id, "Data Scientist", run=2, places=[Place("Paris", None, "FR")])
    db.execute(text("UPDATE boards SET open_count = 3"))
    db.commit()
    return added


@pytest.fixture
def group(client, acme):
    """A group of all companies that wishes for data."""
    wish = {"name": "Everything", "all_companies": True, "title_filters": ["data"]}
    made = client.post(f"{API}/groups", json=wish)
    assert made.status_code == 201
    assert made.headers["Location"] == f"{API}/groups/{made.json()['id']}"
    return made.json()


def found(client, query: str = "") -> list[str]:
    return [row["posting"]["title"] for row in client.get(f"{API}/matches{query}").json()["items"]]


def test_a_group_finds_matches_at_once_and_says_why(client, group):
    (first, second) = client.get(f"{API}/matches").json()["items"]
    assert {first["posting"]["title"], second["posting"]["title"]} == {"Data Engineer", "Data Scientist"}
    assert first["why"] == [{"criterion": "title", "detail": 'let in by "data"', "source": "group Everything"}]
    assert (first["state"], first["fits"], first["repeats"]) == ("new", True, None)
    assert client.get(f"{API}/matches/counts").json()["new"] == {"matches": 2, "open": 2}


def test_a_setting_shows_what_it_comes_to(client, group, acme):
    path = f"{API}/settings/{acme.company_id}"
    setting = client.put(path, json={"places": ["Germany"], "enabled": None}).json()
    assert (setting["title_filters"], setting["places"], setting["enabled"]) == (None, ["Germany"], None)
    effective = setting["effective"]
    assert (effective["title_filters"], effective["watched"]) == ("data", True)
    assert effective["sources"] == {"title": "group Everything", "place": "company"}
    assert found(client) == ["Data Engineer"]
    assert client.delete(path).status_code == 204
    assert len(found(client)) == 2
    assert client.delete(path).status_code == 404


def test_a_match_is_applied_to_with_a_date_and_a_note_and_that_is_undone(client, group):
    match = client.get(f"{API}/matches").json()["items"][0]["id"]
    read = {"If-Match": client.get(f"{API}/matches/{match}").headers["ETag"]}
    change = {"state": "applied", "applied_on": "2026-11-02", "note": "to Ada"}
    changed = client.patch(f"{API}/matches/{match}", json=change, headers=read)
    assert {name: changed.json()[name] for name in change} == change
    stale = client.patch(f"{API}/matches/{match}", json={"state": "hidden"}, headers=read)
    assert stale.status_code == 412
    undone = client.post(f"{API}/matches/undo", json={"action_id": changed.json()["action_id"]})
    assert undone.json() == {"changed": 1}
    now = client.get(f"{API}/matches/{match}").json()
    assert (now["state"], now["applied_on"], now["note"]) == ("new", None, None)
    again = client.post(f"{API}/matches/undo", json={"action_id": changed.json()["action_id"]})
    assert again.status_code == 409


def test_all_that_are_meant_are_marked(client, group):
    meant = {"state": "seen", "all": {"states": ["new"], "text": "scientist"}}
    assert client.post(f"{API}/matches/mark", json=meant).json()["changed"] == 1
    assert found(client, "?state=seen") == ["Data Scientist"]
    older = {"state": "hidden", "all": {"older_than": "2020-01-01T00:00:00Z"}}
    assert client.post(f"{API}/matches/mark", json=older).json()["changed"] == 0
    for wish in ({"state": "seen"}, {"state": "seen", "ids": [1], "all": {}}, {"state": "lost", "ids": [1]}):
        assert client.post(f"{API}/matches/mark", json=wish).status_code == 422


def test_a_company_is_hidden_and_shown_again(client, group, acme):
    action = client.post(f"{API}/companies/{acme.company_id}/hide").json()["action_id"]
    assert found(client) == []
    assert client.get(f"{API}/settings/{acme.company_id}").json()["enabled"] is False
    client.post(f"{API}/matches/undo", json={"action_id": action})
    assert len(found(client)) == 2
    assert client.get(f"{API}/settings/{acme.company_id}").json()["enabled"] is None
    assert client.post(f"{API}/companies/99/hide").status_code == 404


def test_a_list_of_matches_goes_on(client, db, group, acme):
    postings(db, acme.board_id, *[f"Data {number}" for number in range(5)], run=3)
    db.commit()
    client.put(f"{API}/groups/{group['id']}", json={"name": "Everything", "title_filters": "data"})
    seen, cursor = [], ""
    while cursor is not None:
        part = client.get(f"{API}/matches?limit=2{cursor and '&cursor=' + cursor}").json()
        seen += [row["id"] for row in part["items"]]
        cursor = part["next_cursor"]
    assert len(seen) == len(set(seen)) == 7
    assert client.get(f"{API}/matches?cursor=Y29tcGFuaWVzOjEwMA").status_code == 422


def test_a_preview_says_which_letter_is_wrong(client, acme):
    answer = client.post(f"{API}/filters/preview", json={"title_filters": "data\n(engineer"})
    assert answer.status_code == 422
    assert [(one["line"], one["column"]) for one in answer.json()["errors"]] == [(2, 1)]
    good = client.post(f"{API}/filters/preview", json={"title_filters": "data", "places": ["EU"], "most": 1}).json()
    assert (good["found"], good["looked_at"], good["matched"]) == (3, 3, 2)
    assert len(good["matches"]) == len(good["rejected"]) == 1
    assert good["rejected"][0]["reasons"][0]["detail"] == "no line matches"
    assert client.post(f"{API}/filters/preview", json={"group_id": 99}).status_code == 404


def test_every_example_can_be_wished_for(client, acme):
    for example in client.get(f"{API}/filters/examples").json()["items"]:
        wish = {name: value for name, value in example["criteria"].items() if value is not None}
        assert client.put(f"{API}/settings/{acme.company_id}", json=wish).status_code == 200, example


def test_a_posting_is_asked_why(client, db, group):
    number = db.execute(text("SELECT id FROM postings WHERE title = 'Baker'")).scalar_one()
    db.commit()
    why = client.get(f"{API}/postings/{number}/verdict").json()
    assert (why["watched"], why["passed"], why["match_id"]) == (True, False, None)
    assert why["reasons"] == [
        {
            "criterion": "title",
            "passed": False,
            "detail": "no line matches",
            "source": "group Everything",
            "decided": True,
        }
    ]
    assert client.get(f"{API}/postings/99/verdict").status_code == 404


def test_a_dry_run_judges_by_everything_that_is_wished(client, acme):
    wrong = client.post(f"{API}/dry-run", json={"company_ids": [acme.company_id], "places": ["Xyzzyville"]})
    assert wrong.status_code == 422
    assert "'Xyzzyville' is not known" in wrong.json()["detail"]


def test_when_too_many_postings_would_have_to_follow_a_task_lets_them(client, db, redis, group, acme, settings):
    db.execute(text("UPDATE boards SET open_count = :many"), {"many": tasks.INLINE_MOST + 1})
    db.commit()
    client.put(f"{API}/settings/{acme.company_id}", json={"title_filters": "baker"})
    assert sorted(found(client)) == ["Data Engineer", "Data Scientist"]
    assert redis.llen("interactive") == 1
    tasks.sweep_wishes()
    assert redis.llen("interactive") == 2, "what nobody applied is sent again"
    tasks.apply_wishes(client.get(f"{API}/me").json()["id"], [acme.company_id])
    assert found(client) == ["Baker"]
    tasks.sweep_wishes()
    assert redis.llen("interactive") == 2


@pytest.mark.parametrize(
    "wish",
    [
        {"title_filters": "("},
        {"places": ["Remote"]},
        {"workplaces": ["moon"]},
        {"pay": {"amount": -1, "currency": "EUR"}},
        {"pay": {"amount": 1, "currency": "euro"}},
        {"max_age_days": -1},
        {"languages": ["english"]},
        {"text_filters": '"'},
        {"title_filters": "a\0"},
    ],
)
def test_what_cannot_be_wished_for_changes_nothing(client, db, group, acme, wish):
    before = client.get(f"{API}/settings/{acme.company_id}").json()
    assert client.put(f"{API}/settings/{acme.company_id}", json=wish).status_code == 422
    assert client.put(f"{API}/groups/{group['id']}", json={"name": "x", **wish}).status_code == 422
    assert client.get(f"{API}/settings/{acme.company_id}").json() == before
    assert client.get(f"{API}/groups").json()["items"][0]["name"] == "Everything"
