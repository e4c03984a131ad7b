"""Runs and health: what a scan found, in words, and how it is cancelled."""

from lxml import html
from sqlalchemy import text


def words(answer) -> str:
    assert answer.status_code == 200, answer.text
    return " ".join(html.fromstring(answer.text).text_content().split())


def test_a_scan_is_listed_with_how_far_it_is(browsing, seeded):
    said = words(browsing.get("/runs"))
    assert f"Scan {seeded.scan} 2 of 3 read" in said
    assert "a person" in said


def test_before_the_first_scan_the_way_to_one_is_named(browsing, db):
    assert "Nothing has been scanned yet" in words(browsing.get("/runs"))


def test_a_scan_shows_its_boards_those_in_trouble_first(browsing, seeded):
    page = html.fromstring(browsing.get(f"/runs/{seeded.scan}").text)
    said = [" ".join(row.text_content().split()) for row in page.xpath("//main//tbody/tr")]
    assert "The host answered 503." in said[0]
    assert "\u2013 0 0" in said[0], "what a failed run found is not known, and not 0"
    assert "Changed 42 3 0 1 310 ms" in said[1]
    assert "Waiting" in said[2]


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
    assert "Start `rolecall up`" in said


def test_health_is_calm_where_a_worker_is_there(browsing, seeded, worker_up):
    said = words(browsing.get("/health"))
    assert "Workers All well 1 worker seen lately" in said


def test_health_leads_to_flower_where_it_is_known(browsing, seeded, settings):
    assert html.fromstring(browsing.get("/health").text).xpath("//main//a[contains(., 'Flower')]") == []
    settings(ROLECALL_FLOWER_URL="http://127.0.0.1:5555")
    [link] = html.fromstring(browsing.get("/health").text).xpath("//main//a[contains(., 'Flower')]/@href")
    assert link == "http://127.0.0.1:5555"
