"""Runs and health: what a scan found, in words, and how it is cancelled."""

import re

import redis as redis_py
from lxml import html
from sqlalchemy import text

from tests import hosting
from tests.api.building import company
from worker.resources import get_redis

_RUN = text("""
INSERT INTO scan_runs (scan_id, board_id, queue, state, outcome, finished_at, requests, milliseconds)
VALUES (:scan, :board, 'scans', 'finished', 'unchanged', now(), 1, :milliseconds)
""")


def words(answer, place: str = "/*") -> str:
    assert answer.status_code == 200, answer.text
    (found,) = html.fromstring(answer.text).xpath(place)
    return " ".join(found.text_content().split())


def test_a_scan_is_listed_with_how_far_it_is(browsing, seeded):
    said = words(browsing.get("/runs"))
    assert f"Scan {seeded.scan} 2 of 3 read" in said
    assert "a person" in said


def test_before_the_first_scan_the_way_to_one_is_named(browsing, db):
    assert "Nothing has been scanned yet" in words(browsing.get("/runs"))


def test_a_scan_shows_its_boards_those_in_trouble_first(browsing, seeded):
    page = html.fromstring(browsing.get(f"/runs/{seeded.scan}").text)
    said = [" ".join(row.text_content().split()) for row in page.xpath("//*[@id='boards']//tbody/tr")]
    assert "The host answered 503." in said[0]
    assert "\u2013 0 0" in said[0], "what a failed run found is not known, and not 0"
    assert "Changed 42 3 0 1 310 ms" in said[1]
    assert "Waiting" in said[2]


def test_a_scan_under_way_says_which_hosts_are_asked_how_fast_and_what_waits(browsing, seeded, redis):
    hosting.well(redis, "boards-api.greenhouse.io")
    said = words(browsing.get(f"/runs/{seeded.scan}"), "//*[@id='hosts']")
    assert "All scans together: 0 boards being read, 1 waiting, the first of them for" in said
    assert "boards-api.greenhouse.io Answers 1 waiting · 0.5 a second" in said


def test_a_host_that_is_left_alone_says_so_where_its_scan_waits(browsing, seeded, redis):
    hosting.broken(redis, "boards-api.greenhouse.io")
    said = words(browsing.get(f"/runs/{seeded.scan}"), "//*[@id='hosts']")
    assert "Left alone until" in said
    assert "after 5 failures in a row: it refuses connections" in said


def test_hosts_of_a_vendor_whose_boards_have_their_own_are_told_apart(browsing, seeded, redis, db):
    db.execute(text("UPDATE boards SET ats = 'jibe', key = 'jobs.' || key || '.example'"))
    db.execute(text("UPDATE scan_runs SET state = 'queued', outcome = NULL"))
    db.commit()
    said = words(browsing.get(f"/runs/{seeded.scan}"), "//*[@id='hosts']")
    assert "jobs.acme.example Not asked yet 1 waiting" in said
    assert "jobs.northwind.example Not asked yet 1 waiting" in said


def test_the_time_that_waiting_takes_follows_from_the_pace(browsing, seeded, redis, db):
    from worker.pace import Pace

    pace = Pace(redis, "boards-api.greenhouse.io", 0.1)
    while pace.admit() == 0:
        pass
    db.execute(text("UPDATE scan_runs SET state = 'queued', outcome = NULL"))
    db.commit()
    said = words(browsing.get(f"/runs/{seeded.scan}"), "//*[@id='hosts']")
    took = re.search(r"Answers 3 waiting · 0\.1 a second · at least (\d\d\.\d) s", said)
    assert took, said
    assert 25 < float(took[1]) <= 30, "three boards at one in ten seconds"


def test_hosts_are_told_to_a_page_that_followed_until_the_end_and_to_no_other(browsing, seeded, db):
    db.execute(text("UPDATE scan_runs SET state = 'finished', outcome = 'unchanged', finished_at = now()"))
    db.commit()
    part = browsing.get(f"/runs/{seeded.scan}", headers={"Rolecall-Fragment": "progress"}).text
    assert "Nothing of this scan waits any more." in part
    assert "data-live" not in part
    assert 'id="hosts"' not in browsing.get(f"/runs/{seeded.scan}").text


def test_a_scan_is_shown_while_redis_is_away(browsing, seeded, app):
    away = redis_py.Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.1)
    app.dependency_overrides[get_redis] = lambda: away
    said = words(browsing.get(f"/runs/{seeded.scan}"))
    assert "Redis does not answer, so the pace of hosts is not known." in said
    assert "2 of 3 boards read" in said


def test_a_scan_that_is_over_says_how_long_its_boards_took(browsing, seeded, db):
    db.execute(text("UPDATE scan_runs SET requests = 0"))
    for number in range(20):
        board = company(db, f"other{number}").board_id
        db.execute(_RUN, {"scan": seeded.scan, "board": board, "milliseconds": 100 * (number + 1)})
    db.commit()
    row = words(browsing.get("/runs"), "//tbody/tr")
    assert row.endswith("1.0 s 1.9 s"), "what asked no host took no time"
    page = html.fromstring(browsing.get(f"/runs/{seeded.scan}").text)
    took = {one.findtext("dt"): one.findtext("dd") for one in page.xpath("//*[@id='progress']/dl/div")}
    assert (took["Half of the boards took at most"], took["95 of 100 took at most"]) == ("1.0 s", "1.9 s")


def test_runs_say_what_waits_in_all_scans(browsing, seeded, db):
    assert "0 boards being read, 1 waiting" in words(browsing.get("/runs"))
    db.execute(text("UPDATE scan_runs SET state = 'finished', outcome = 'unchanged', finished_at = now()"))
    db.commit()
    assert "No board is being read now, and none waits." in words(browsing.get("/runs"))


def test_one_element_of_a_scan_is_answered_to_a_page_that_follows_it(browsing, seeded):
    part = browsing.get(f"/runs/{seeded.scan}", headers={"Rolecall-Fragment": "progress"}).text
    assert part.lstrip().startswith('<section id="progress" data-live="/api/v1/scans/')
    assert "<html" not in part


def test_what_no_worker_has_begun_is_cancelled(browsing, seeded, db):
    answer = browsing.post(f"/runs/{seeded.scan}/cancel", data={"back": "/runs"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/runs/{seeded.scan}")
    assert "Cancelled: 1 of its boards are not read." in words(browsing.get(f"/runs/{seeded.scan}"))
    left = db.execute(text("SELECT count(*) FROM scan_runs WHERE state <> 'finished'")).scalar_one()
    assert left == 0


def test_a_scan_that_is_not_there_is_a_page_that_says_so(browsing, db):
    answer = browsing.get("/runs/99")
    assert answer.status_code == 404
    assert "here is no scan 99" in answer.text


def test_health_shows_problems_first_with_what_helps(browsing, seeded):
    said = words(browsing.get("/health"))
    assert said.index("Workers Problem None was seen lately") < said.index("Database All well PostgreSQL")
    assert "Start rolecall up, or celery -A worker worker where" in said
    assert "<code>rolecall up</code>" in browsing.get("/health").text


def test_health_is_calm_where_a_worker_is_there(browsing, seeded, worker_up):
    said = words(browsing.get("/health"))
    assert "Workers All well 1 worker seen lately" in said


def test_health_leads_to_flower_where_it_is_known(browsing, seeded, settings):
    assert html.fromstring(browsing.get("/health").text).xpath("//main//a[contains(., 'Flower')]") == []
    settings(ROLECALL_FLOWER_URL="http://127.0.0.1:5555")
    [link] = html.fromstring(browsing.get("/health").text).xpath("//main//a[contains(., 'Flower')]/@href")
    assert link == "http://127.0.0.1:5555"
