"""Insights: what is counted, what is left out, and how that is shown beside its tables and files."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import text

from tests.api.building import company
from tests.web.conftest import SIZES, THEMES, check_accessible
from tests.web.history import half_a_year, happened, opened, read_first, took
from worker import tasks
from worker.criteria import Criteria
from worker.store import companies, insights, people, wishes

NOW = datetime.now(UTC)
MONDAY = NOW.date() - timedelta(days=NOW.weekday())


def ago(**time) -> datetime:
    return NOW - timedelta(**time)


def monday(weeks: int) -> date:
    return MONDAY - timedelta(weeks=weeks)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def counted(db) -> None:
    db.commit()
    tasks.count_insights()


def said(answer) -> str:
    assert answer.status_code == 200, answer.text
    (main,) = html.fromstring(answer.text).xpath("//main")
    return " ".join(" ".join(main.itertext()).split())


def file(browsing, address: str) -> list[dict[str, str]]:
    answer = browsing.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


def moved(browsing, query: str = "") -> dict[str, tuple[int, int]]:
    rows = file(browsing, f"/insights/weeks.csv{query}")
    return {row["week"]: (int(row["opened"]), int(row["closed"])) for row in rows}


@pytest.fixture
def acme(db) -> int:
    people.local(db)
    return company(db, "acme").board_id


# -- opened and closed ----------------------------------------------------------------------------------------


def test_what_a_first_reading_finds_has_not_opened_and_what_comes_back_has(browsing, db, acme):
    there, *_ = read_first(db, acme, noon(monday(3)), found=40)
    happened(db, there, "closed", noon(monday(2)))
    happened(db, there, "updated", noon(monday(2)))
    happened(db, there, "reopened", noon(monday(1)))
    opened(db, acme, noon(monday(1)))
    counted(db)
    assert moved(browsing) == {
        str(monday(3)): (0, 0),
        str(monday(2)): (0, 1),
        str(monday(1)): (2, 0),
        str(MONDAY): (0, 0),
    }


def test_weeks_begin_on_mondays_in_utc(browsing, db, acme):
    read_first(db, acme, noon(monday(2)))
    sunday = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC) - timedelta(seconds=1)
    opened(db, acme, sunday)
    opened(db, acme, sunday + timedelta(seconds=1))
    counted(db)
    assert moved(browsing) == {str(monday(2)): (0, 0), str(monday(1)): (1, 0), str(MONDAY): (1, 0)}


def test_no_more_than_half_a_year_is_shown(browsing, db, acme):
    read_first(db, acme, ago(days=400))
    opened(db, acme, noon(monday(30)))
    opened(db, acme, noon(monday(25)))
    counted(db)
    weeks = moved(browsing)
    assert len(weeks) == 26
    assert weeks[str(monday(25))] == (1, 0)


def test_counting_again_adds_what_is_new_and_nothing_twice(browsing, db, acme):
    read_first(db, acme, noon(monday(2)))
    opened(db, acme, noon(monday(1)))
    took(db, acme, ago(minutes=1), 300)
    counted(db)
    opened(db, acme, datetime.now(UTC))
    took(db, acme, datetime.now(UTC), 500)
    counted(db)
    counted(db)
    assert (moved(browsing)[str(monday(1))], moved(browsing)[str(MONDAY)]) == ((1, 0), (1, 0))
    assert sum(int(row["readings"]) for row in file(browsing, "/insights/durations.csv")) == 2


def test_what_was_not_counted_while_nothing_ran_is_counted_later(browsing, db, acme):
    read_first(db, acme, noon(monday(5)))
    took(db, acme, ago(days=21), 300)
    counted(db)
    db.execute(text("UPDATE run_days SET counted_at = now() - interval '20 days'"))
    opened(db, acme, ago(days=15))
    counted(db)
    assert sum(number for number, _ in moved(browsing).values()) == 1


def test_a_filter_in_the_address_tells_companies_vendors_and_groups_apart(browsing, db, acme):
    user = people.local(db)["id"]
    lever = company(db, "umbrella", ats="lever")
    for board, number in ((acme, 1), (lever.board_id, 3)):
        read_first(db, board, noon(monday(2)))
        for _ in range(number):
            opened(db, board, noon(monday(1)))
    group = wishes.add_group(db, user, name="Second", criteria=Criteria())
    wishes.put_in_group(db, user, group, [lever.company_id])
    everywhere = wishes.add_group(db, user, name="All", criteria=Criteria(), all_companies=True)
    counted(db)
    asked = {
        "": 4,
        "?ats=lever": 3,
        "?ats=greenhouse": 1,
        "?name=UMB": 3,
        f"?company={lever.company_id}": 3,
        f"?group={group}": 3,
        f"?group={everywhere}": 4,
        f"?group={group}&ats=greenhouse": 0,
        "?name=%25": 0,
    }
    assert {query: moved(browsing, query).get(str(monday(1)), (0, 0))[0] for query in asked} == asked
    page = browsing.get("/insights?ats=lever&name=UMB")
    assert "Postings of 1 company" in said(page)
    links = html.fromstring(page.text).xpath("//a[contains(@href, '.csv')]/@href")
    assert "/insights/weeks.csv?name=UMB&ats=lever" in links


def test_a_group_of_somebody_else_s_has_no_figures(browsing, db, acme):
    made = db.execute(text("INSERT INTO users (email, role) VALUES ('b@example.org', 'member') RETURNING id"))
    other = made.scalar_one()
    everywhere = wishes.add_group(db, other, name="Theirs", criteria=Criteria(), all_companies=True)
    some = wishes.add_group(db, other, name="Some", criteria=Criteria())
    wishes.put_in_group(db, other, some, [1])
    read_first(db, acme, noon(monday(2)))
    counted(db)
    for group in (everywhere, some):
        assert moved(browsing, f"?group={group}") == {}
        assert "No company fits this search" in said(browsing.get(f"/insights?group={group}"))


def test_a_company_that_is_deleted_goes_from_all_sums(browsing, db, acme):
    read_first(db, acme, noon(monday(2)))
    gone = company(db, "gone")
    read_first(db, gone.board_id, noon(monday(2)))
    opened(db, gone.board_id, noon(monday(1)))
    counted(db)
    companies.delete(db, gone.company_id)
    counted(db)
    assert moved(browsing)[str(monday(1))] == (0, 0)
    assert db.execute(text("SELECT count(*) FROM board_weeks")).scalar_one() == 0


# -- time open ------------------------------------------------------------------------------------------------


def test_time_open_is_told_of_what_opened_while_somebody_watched(browsing, db, acme):
    there, _ = read_first(db, acme, ago(days=70), found=2)
    happened(db, there, "closed", ago(days=40))
    for days in (2, 5, 6, 40):
        posting = opened(db, acme, ago(days=50))
        happened(db, posting, "closed", ago(days=50 - days))
    counted(db)
    rows = file(browsing, "/insights/time-open.csv")
    assert {(row["days_from"], row["days_below"]): row["postings"] for row in rows if row["postings"] != "0"} == {
        ("1", "3"): "1",
        ("3", "7"): "2",
        ("28", "56"): "1",
        ("", ""): "1",
    }
    page = said(browsing.get("/insights"))
    assert "75% of them were open for less than a week." in page
    assert "1 more closed posting was there before the board was first read: for how long is not known" in page


def test_a_posting_that_came_back_is_timed_from_then_on(browsing, db, acme):
    (there,) = read_first(db, acme, ago(days=70), found=1)
    for kind, days in (("closed", 60), ("reopened", 30), ("closed", 20)):
        happened(db, there, kind, ago(days=days))
    counted(db)
    rows = file(browsing, "/insights/time-open.csv")
    assert [row["postings"] for row in rows if row["days_from"] in ("7", "")] == ["1", "1"]


# -- readings -------------------------------------------------------------------------------------------------


def test_durations_are_exact_and_of_readings_that_asked_a_host(browsing, db, acme):
    read_first(db, acme, ago(days=9))
    for milliseconds in (100, 200, 300, 400, 9_000):
        took(db, acme, noon(ago(days=2).date()), milliseconds)
    took(db, acme, noon(ago(days=2).date()), 0, "failed")
    counted(db)
    rows = {row["day"]: row for row in file(browsing, "/insights/durations.csv")}
    assert len(rows) == 30
    day = rows[str(ago(days=2).date())]
    assert (day["readings"], day["p50_milliseconds"], day["p95_milliseconds"]) == ("5", "300", "9000")
    assert rows[str(ago(days=1).date())]["p50_milliseconds"] == ""
    assert "0.3 9.0 5" in said(browsing.get("/insights"))


def test_percentiles_of_all_vendors_are_those_of_all_their_readings(browsing, db, acme):
    lever = company(db, "umbrella", ats="lever").board_id
    for board, milliseconds in ((acme, 100), (acme, 110), (acme, 120), (lever, 5_000)):
        took(db, board, ago(minutes=1), milliseconds)
    counted(db)

    def p50(query: str) -> list[str]:
        rows = file(browsing, f"/insights/durations.csv{query}")
        return [row["p50_milliseconds"] for row in rows if row["readings"] != "0"]

    assert (p50(""), p50("?ats=lever")) == (["110"], ["5000"])


def test_outcomes_are_told_by_vendor_those_that_fail_first_without_what_was_cancelled(browsing, db, acme):
    read_first(db, acme, ago(days=9))
    lever = company(db, "umbrella", ats="lever").board_id
    for board, outcome in ((acme, "changed"), (acme, "unchanged"), (lever, "failed"), (lever, "unchanged")):
        took(db, board, ago(hours=2), 100, outcome)
    took(db, acme, ago(hours=2), 0, "failed", error_kind="Cancelled")
    took(db, acme, ago(days=8), 100, "gone")
    counted(db)
    none = {"partial": "0", "suspect": "0", "gone": "0"}
    assert file(browsing, "/insights/outcomes.csv") == [
        {"vendor": "lever", "changed": "0", "unchanged": "1", "failed": "1", **none},
        {"vendor": "greenhouse", "changed": "1", "unchanged": "1", "failed": "0", **none},
    ]
    page = said(browsing.get("/insights"))
    assert "Lever 50% failed Greenhouse none failed" in page
    assert [row["vendor"] for row in file(browsing, "/insights/outcomes.csv?ats=lever")] == ["lever"]


def test_a_vendor_s_name_is_harmless_in_a_spreadsheet(browsing, db, acme):
    db.execute(text("UPDATE boards SET ats = '=1+1'"))
    took(db, acme, ago(hours=2), 100)
    counted(db)
    assert file(browsing, "/insights/outcomes.csv")[0]["vendor"] == "'=1+1"


# -- words ----------------------------------------------------------------------------------------------------


def test_before_the_first_company_the_way_to_one_is_named(browsing, db):
    assert "No company yet" in said(browsing.get("/insights"))
    assert moved(browsing) == {}


def test_before_anything_was_read_it_says_when_counting_begins(browsing, db, acme):
    page = said(browsing.get("/insights"))
    assert "Nothing has been read yet" in page
    assert "Not counted yet" in page
    assert "No board has been read in the last 30 days." in page


def test_before_the_first_count_no_figure_is_shown(browsing, db, acme):
    read_first(db, acme, datetime.now(UTC), found=3)
    db.commit()
    page = said(browsing.get("/insights"))
    assert "Nothing has been counted yet" in page
    assert "No board has been read" not in page
    assert "Opened and closed per week" not in page


def test_in_the_first_week_it_says_when_that_ends(browsing, db, acme):
    read_first(db, acme, datetime.now(UTC), found=3)
    counted(db)
    page = said(browsing.get("/insights"))
    ends = MONDAY + timedelta(days=6)
    assert f"the first week ends on {ends.day} {ends:%B %Y}" in page
    assert "No posting has closed in these weeks." in page


def test_a_week_that_is_not_whole_says_so(browsing, db, acme):
    read_first(db, acme, noon(monday(2) + timedelta(days=3)))
    counted(db)
    page = said(browsing.get("/insights"))
    assert f"{monday(2):%B %Y} (from Thursday)" in page
    assert f"{MONDAY:%B %Y} (so far)" in page


def test_it_says_up_to_when_was_counted(browsing, db, acme):
    took(db, acme, ago(minutes=1), 100)
    counted(db)
    db.execute(text("UPDATE run_days SET counted_at = now() - interval '7 minutes'"))
    db.commit()
    assert "Counted 7 minutes ago" in said(browsing.get("/insights"))


def test_a_filter_that_is_none_is_a_page_that_says_so(browsing, db):
    assert browsing.get("/insights?group=many").status_code == 422
    assert browsing.get("/insights?company=99").status_code == 404
    assert browsing.get("/insights/other.csv").status_code in (404, 422)


def test_two_who_count_at_once_count_once(db, acme):
    from worker.resources import database

    read_first(db, acme, noon(monday(2)))
    opened(db, acme, noon(monday(1)))
    db.commit()
    insights.count(db)
    with database() as other:
        insights.count(other)
        other.commit()
    db.commit()
    assert db.execute(text("SELECT sum(opened) FROM board_weeks")).scalar_one() == 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_charts_are_accessible_and_fit_their_width(visitor, seeded, db, pictures, theme, size):
    half_a_year(db, seeded)
    page = visitor.open("/insights", size=SIZES[size], theme=theme)
    for name, address in (("all", "/insights"), ("one", f"/insights?company={seeded.companies['acme']}")):
        page.goto(address)
        pictures(page, f"charts-{name}-{size}-{theme}")
        assert page.locator("figure.chart").count() == 4
        page.locator("figure.chart summary").first.click()
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
