"""Recorded answers of real boards, read here a second time by other means: nothing is lost, nothing is invented."""

import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from worker.errors import UnexpectedPayload
from worker.extractor import Extractor
from worker.extractors import ashby, greenhouse, lever, recruitee, workable
from worker.posting import Page, Posting, Salary

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "payloads"
pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the recorded answers are not here")

VENDORS: Mapping[str, tuple[Extractor, str | None, str, str, str]] = {
    "ashby": (ashby.EXTRACTOR, "jobs", "id", "title", "jobUrl"),
    "greenhouse": (greenhouse.EXTRACTOR, "jobs", "id", "title", "absolute_url"),
    "lever": (lever.EXTRACTOR, None, "id", "text", "hostedUrl"),
    "recruitee": (recruitee.EXTRACTOR, "offers", "id", "title", "careers_url"),
    "workable": (workable.EXTRACTOR, "jobs", "shortcode", "title", "url"),
}
OTHER_SHAPES = {
    f"greenhouse/generalassembly-{what}.json" for what in ("job", "job-questions", "departments", "offices")
}
FILES = sorted(str(path.relative_to(PAYLOADS)) for ats in VENDORS for path in PAYLOADS.glob(f"{ats}/*.json"))
BOARDS = [name for name in FILES if name not in OTHER_SHAPES]


def read(name: str) -> list[Posting]:
    extractor = VENDORS[name.partition("/")[0]][0]
    found = list(extractor.parse(Page(json.loads((PAYLOADS / name).read_text())), {"board": "acme", "region": ""}))
    postings = [one for one in found if isinstance(one, Posting)]
    assert postings == found, "a recorded row was skipped"
    return postings


def one(name: str, external_id: str) -> Posting:
    return next(posting for posting in read(name) if posting.external_id == external_id)


@pytest.mark.parametrize("name", BOARDS)
def test_every_recorded_row_is_a_posting_with_its_id_title_and_address(name: str) -> None:
    _, container, id_field, title_field, url_field = VENDORS[name.partition("/")[0]]
    recorded: Any = json.loads((PAYLOADS / name).read_text())
    rows = recorded[container] if container else recorded
    expected = [(str(row[id_field]), row[title_field].strip(), row[url_field]) for row in rows]
    assert [(found.external_id, found.title.strip(), found.url) for found in read(name)] == expected


@pytest.mark.parametrize("name", BOARDS)
def test_every_posting_but_those_without_a_text_has_its_text_as_html(name: str) -> None:
    without = {"greenhouse/generalassembly-jobs.json", "workable/zaelab.json", "workable/zego.json"}
    for posting in read(name):
        assert (posting.description_html is None) == (name in without)
        assert "&lt;p" not in (posting.description_html or "")


def test_there_are_as_many_postings_as_the_index_says() -> None:
    with (PAYLOADS / "INDEX.tsv").open() as index:
        counts = {row["path"]: row["postings"] for row in csv.DictReader(index, delimiter="\t")}
    assert {name: str(len(read(name))) for name in BOARDS} == {name: counts[name] for name in BOARDS}
    assert len(BOARDS) >= 28


@pytest.mark.parametrize("name", sorted(OTHER_SHAPES))
def test_answers_to_other_questions_are_no_empty_boards(name: str) -> None:
    with pytest.raises(UnexpectedPayload):
        greenhouse.EXTRACTOR.parse(Page(json.loads((PAYLOADS / name).read_text())), {"board": "acme"})


def test_greenhouse_of_2026() -> None:
    berlin = one("greenhouse/airbnb.json", "7995153")
    assert berlin.locations == ["Berlin, Germany"]
    assert (berlin.workplace, berlin.department, berlin.language) == ("Hybrid", "Sales", "en")
    assert berlin.posted_at == datetime(2026, 6, 10, 12, 50, 56, tzinfo=UTC)
    assert berlin.extras == {"internal_job_id": "3468206"}
    assert (berlin.description_html or "").startswith('<div class="content-intro"><p><span style="font-family: helvet')
    london = one("greenhouse/amplitude.json", "8636903002")
    assert (london.locations, london.requisition_id) == (["London, UK"], "R-12263")
    assert (london.employment_type, london.department) == ("Regular", "Solutions Consulting")


def test_greenhouse_of_2013() -> None:
    developer, analyst = read("greenhouse/generalassembly-jobs-content.json")
    assert (developer.locations, developer.department, developer.posted_at) == (["New York, NY"], None, None)
    assert (analyst.locations, analyst.department) == (["New York"], "Finance")
    assert (developer.description_html or "").startswith("<h3>Who this job is right for</h3>\n<p>Anim wes anderson")


def test_lever() -> None:
    analyst = one("lever/spotify.json", "88499546-e9f7-4403-87a5-240050bd7c5b")
    assert analyst.salary == Salary(Decimal(66189), Decimal(94556), "USD", "per-year-salary")
    assert (analyst.locations, analyst.country_codes, analyst.workplace) == (["New York, NY"], ["US"], "hybrid")
    assert (analyst.department, analyst.team, analyst.employment_type) == ("Finance", "Accounting", "Permanent")
    assert analyst.posted_at == datetime(2026, 5, 11, 20, 0, 11, 285000, tzinfo=UTC)
    manager = one("lever/careerkit.json", "a24ec4e5-5caa-473d-abd4-b71f09a8167b")
    text = manager.description_html or ""
    parts = [
        "Are you tenacious",
        "<h3>How You'll Contribute</h3><ul>",
        "Background Includes:</h3>",
        "hourly rates are set",
    ]
    assert sorted(parts, key=text.index) == parts


def test_ashby_of_2026() -> None:
    engineer = one("ashby/ramp-ergon.json", "34413f8d-26bf-4bbc-8ade-eb309a0e2245")
    assert engineer.salary == Salary(Decimal(211400), Decimal(290600), "USD", "1 YEAR")
    assert engineer.locations == ["New York, NY (HQ)", "Miami, FL", "Remote (US)", "Remote (Canada)"]
    assert engineer.country_codes == ["USA", "United States", "Canada"]
    assert engineer.workplace == "Hybrid"
    intern = one("ashby/ramp-ergon.json", "67fadb77-43d8-4449-954b-d4cf2c6d3b8b")
    assert intern.salary == Salary(Decimal(11700), Decimal(11700), "USD", "1 MONTH")
    assert intern.employment_type == "Intern"
    recruiter = one("ashby/careerkit.json", "90fb3621-899e-4b59-925d-25080ec91e18")
    assert (recruiter.salary, recruiter.workplace, recruiter.country_codes) == (None, "Remote", ["Canada"])
    assert recruiter.posted_at == datetime(2026, 4, 20, 22, 43, 56, 531000, tzinfo=UTC)


@pytest.mark.parametrize("name", [name for name in BOARDS if name.startswith("ashby/")])
def test_ashbys_salary_over_tiers_is_the_one_ashby_itself_sums_up(name: str) -> None:
    rows = json.loads((PAYLOADS / name).read_text())["jobs"]
    for row, posting in zip(rows, read(name), strict=True):
        summary = [found for found in row["compensation"]["summaryComponents"] if found["compensationType"] == "Salary"]
        expected = [
            (found["minValue"], found["maxValue"], found["currencyCode"], found["interval"]) for found in summary
        ]
        pay = posting.salary
        assert expected == ([(pay.min, pay.max, pay.currency, pay.period)] if pay else []), posting.title


def test_workable() -> None:
    spain, portugal = read("workable/zaelab.json")
    assert (spain.locations, spain.country_codes, spain.workplace) == (["Spain"], ["ES"], "remote")
    assert (portugal.locations, portugal.country_codes) == (["Portugal"], ["PT"])
    assert spain.external_id == portugal.external_id == "DD136DD7E7"
    assert spain.posted_at == datetime(2026, 8, 5, tzinfo=UTC)
    handler = one("workable/zego.json", "450EC5C378")
    assert (handler.locations, handler.employment_type) == (["Halifax, England, United Kingdom"], "Full-time")
    assert (handler.workplace, handler.requisition_id, handler.department) == (None, None, "Claims and Fraud")
    assert handler.extras == {"experience": "Associate", "industry": "Insurance"}
    assert handler.apply_url == "https://apply.workable.com/j/450EC5C378/apply"


def test_recruitee() -> None:
    accountant = one("recruitee/careerkit.json", "2700825")
    assert accountant.salary == Salary(Decimal(60000), Decimal(75000), "EUR", "year")
    assert (accountant.locations, accountant.country_codes) == (["Berlin, Germany"], ["DE"])
    assert (accountant.workplace, accountant.employment_type) == ("hybrid", "fulltime_permanent")
    assert accountant.posted_at == datetime(2026, 8, 5, 10, 10, 39, tzinfo=UTC)
    assert (accountant.language, accountant.closes_at) == ("en", None)
    assert "What we expect from you" in (accountant.description_html or "")
    french = one("recruitee/channable.json", "2631774")
    assert french.salary == Salary(Decimal(5253), Decimal(6152), "EUR", "month")
    assert french.url == "https://jobs.channable.com/o/account-executive-france-2028"
