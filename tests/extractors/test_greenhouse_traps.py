"""What Greenhouse's answers are known to get wrong, one test each."""

from decimal import Decimal
from typing import Any

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.greenhouse import EXTRACTOR
from worker.normalise import normalise
from worker.posting import Page, Posting, Salary

BOARD = {"board": "acme"}
ADDRESS = "https://boards-api.greenhouse.io/v1/boards/acme/jobs"


def job(**values: Any) -> dict[str, Any]:
    return {"id": 1, "title": "Engineer", "absolute_url": "https://boards.greenhouse.io/acme/jobs/1", **values}


def read(**values: Any) -> Posting:
    [posting] = EXTRACTOR.parse(Page({"jobs": [job(**values)]}), BOARD)
    assert isinstance(posting, Posting), posting
    return posting


def total(answer: Any) -> int | None:
    [page] = EXTRACTOR.pages(FakeHttp({ADDRESS: answer}), BOARD)
    return page.total


def test_greenhouse_is_asked_once_for_texts_and_pay() -> None:
    http = FakeHttp({ADDRESS: {"jobs": [job()]}})
    [page] = EXTRACTOR.pages(http, BOARD)
    assert page.data == {"jobs": [job()]}
    assert http.calls == [("GET", ADDRESS, {"content": "true", "pay_transparency": "true"}, {}, True)]


def test_a_board_greenhouse_does_not_know_is_not_found() -> None:
    with pytest.raises(BoardNotFound):
        list(EXTRACTOR.pages(FakeHttp({}), BOARD))


def test_greenhouse_content_is_unescaped_exactly_once() -> None:
    posting = read(content="&lt;p&gt;R&amp;amp;D, 1 &amp;lt; 2&amp;nbsp;&lt;/p&gt;")
    assert posting.description_html == "<p>R&amp;D, 1 &lt; 2&nbsp;</p>"


def test_greenhouse_content_that_was_not_asked_for_is_unknown() -> None:
    assert read().description_html is None


@pytest.mark.parametrize("word", ["Hybrid", "Remote", "DISTRIBUTED", " On-site "])
def test_a_work_model_in_the_place_of_the_place_becomes_the_workplace(word: str) -> None:
    offices = [{"name": "Berlin", "location": "Berlin, Germany"}, {"name": "Oslo", "location": None}, {"name": word}]
    posting = read(location={"name": word}, offices=offices)
    assert (posting.workplace, posting.locations) == (word.strip(), ["Berlin, Germany", "Oslo"])


def test_a_real_place_is_kept_whatever_the_offices_say() -> None:
    posting = read(location={"name": "China - Remote"}, offices=[{"name": "Beijing"}])
    assert (posting.workplace, posting.locations) == (None, ["China - Remote"])


def test_an_empty_place_is_looked_up_in_the_offices() -> None:
    assert read(location={"name": ""}, offices=[{"name": "Oslo"}]).locations == ["Oslo"]


def test_custom_fields_give_workplace_and_employment_type() -> None:
    fields = [
        {"name": "Is this job part of ACC?", "value": False, "value_type": "yes_no"},
        {"name": "Workplace Type", "value": "Remote", "value_type": "single_select"},
        {"name": "Employment Type", "value": "Regular", "value_type": "single_select"},
    ]
    posting = read(location={"name": "Hybrid"}, metadata=fields)
    assert (posting.workplace, posting.employment_type) == ("Remote", "Regular")


def test_the_value_of_a_custom_field_may_be_a_list() -> None:
    field = {"name": "Workplace Type", "value": ["On-site", "Remote"], "value_type": "multi_select"}
    assert normalise(read(metadata=[field])).workplace == "hybrid"
    assert read(metadata=[{**field, "value": []}]).workplace is None


def test_what_belongs_to_no_department_has_none() -> None:
    assert read(departments=[{"id": 0, "name": "No Department"}]).department is None


def test_what_greenhouse_has_no_field_for_stays_unknown() -> None:
    posting = normalise(read(location={"name": "Oslo"}, metadata=[], departments=[], offices=[]))
    assert (posting.workplace, posting.employment_type, posting.salary) == (None, None, None)


def test_the_companys_own_page_is_the_address_and_keeps_the_number_that_tells_postings_apart() -> None:
    posting = normalise(read(absolute_url="https://www.acme.example/careers?gh_jid=4012345&gh_src=x1"))
    assert posting.url == "https://www.acme.example/careers?gh_jid=4012345"


@pytest.mark.parametrize("placeholder", ["See Opening ID", "TBD", "tbd", "N/A", "", None])
def test_a_placeholder_is_no_requisition_id(placeholder: str | None) -> None:
    assert read(requisition_id=placeholder).requisition_id is None


def test_posted_is_when_it_was_first_published_never_when_it_was_updated() -> None:
    assert read(updated_at="2026-11-01T00:00:00Z").posted_at is None
    posting = read(updated_at="2026-11-01T00:00:00Z", first_published="2026-09-14T23:30:00-04:00")
    assert posting.posted_at is not None
    assert posting.posted_at.isoformat() == "2026-09-15T03:30:00+00:00"


def test_an_update_alone_changes_nothing_of_a_posting() -> None:
    assert read(updated_at="2026-11-01T00:00:00Z") == read(updated_at="2026-11-02T00:00:00Z")


def test_the_internal_job_id_is_kept_to_find_a_requisition_published_twice() -> None:
    assert read(internal_job_id=3468206).extras == {"internal_job_id": "3468206"}


def pay(low: object, high: object, currency: str = "USD", title: str = "Annual Salary:") -> dict[str, object]:
    return {"min_cents": low, "max_cents": high, "currency_type": currency, "title": title, "blurb": None}


def test_pay_in_cents_becomes_whole_units_over_all_zones_of_one_currency() -> None:
    posting = read(pay_input_ranges=[pay(18000000, 22000050), pay(15000000, 20000000), pay(1, 99900000000, "CAD")])
    assert posting.salary == Salary(Decimal(150000), Decimal("220000.5"), "USD", "annual")


@pytest.mark.parametrize(
    ("title", "period"), [("Hourly rate", "hourly"), ("Pay per hour", "hour"), ("Zone 1 Pay Range", None), (None, None)]
)
def test_the_period_of_pay_is_taken_from_the_title_or_unknown(title: str, period: str | None) -> None:
    posting = read(pay_input_ranges=[pay(2000, 2500, title=title)])
    assert posting.salary == Salary(Decimal(20), Decimal(25), "USD", period)


@pytest.mark.parametrize("ranges", [None, [], {}, ["12"], [pay(None, None)], [pay("a lot", True)], [pay(0, 0)]])
def test_pay_that_says_nothing_is_unknown(ranges: object) -> None:
    assert read(pay_input_ranges=ranges).salary is None


@pytest.mark.parametrize(
    "meta", [None, {}, [], {"total": True}, {"total": float("nan")}, {"total": "37"}, {"total": None}, {"total": -1}]
)
def test_a_total_that_is_no_number_of_postings_is_unknown(meta: object) -> None:
    assert total({"jobs": [], "meta": meta}) is None


def test_a_total_is_passed_on() -> None:
    assert total({"jobs": [], "meta": {"total": 37}}) == 37
    assert total({"jobs": [], "meta": {"total": 0}}) == 0
    assert total({"jobs": []}) is None


def test_an_old_row_with_five_fields_is_a_posting() -> None:
    posting = read(updated_at="2013-09-12T21:01:50Z", location={"name": "New York"})
    assert (posting.external_id, posting.locations, posting.extras) == ("1", ["New York"], {})


@pytest.mark.parametrize("answer", [None, [], "<html>", {}, {"jobs": None}, {"jobs": {"id": 1}}, {"departments": []}])
def test_an_answer_without_jobs_is_unexpected_and_never_an_empty_board(answer: object) -> None:
    with pytest.raises(UnexpectedPayload, match="jobs"):
        EXTRACTOR.parse(Page(answer), BOARD)


def test_a_bad_row_costs_only_itself() -> None:
    rows = [None, "x", [], job(id=None), {"id": 9, "absolute_url": "https://x.example"}, job(id=7)]
    found = list(EXTRACTOR.parse(Page({"jobs": rows}), BOARD))
    assert [type(one).__name__ for one in found] == ["Skipped"] * 5 + ["Posting"]


@pytest.mark.parametrize("wrong", [None, 7, True, "odd", [], [None], [7], {}, {"name": 7}, float("nan")])
def test_no_optional_field_can_cost_a_posting(wrong: object) -> None:
    optional = (
        "location offices departments metadata content requisition_id language first_published application_deadline"
        " internal_job_id pay_input_ranges"
    )
    assert read(**dict.fromkeys(optional.split(), wrong)).external_id == "1"


@pytest.mark.parametrize(
    "url",
    [
        "http://boards.greenhouse.io/acme/",
        "HTTPS://Boards.Greenhouse.IO/acme#jobs",
        "https://boards.eu.greenhouse.io/acme",
        "https://job-boards.eu.greenhouse.io/acme/jobs/4817745101?gh_jid=4817745101",
        "https://job-boards.greenhouse.io/embed/job_board?b=https%3A%2F%2Facme.example&for=acme",
        "https://boards.greenhouse.io/embed/job_app?for=acme&amp;token=4012345",
        "https://boards.greenhouse.io/embed/job_board?urlToken=acme",
        "https://boards-api.greenhouse.io/v1/boards/acme/embed/jobs?content=true",
        "https://boards-api.eu.greenhouse.io/v1/boards/acme/jobs",
        "boards.greenhouse.io/acme",
    ],
)
def test_an_address_of_a_greenhouse_board_is_recognised(url: str) -> None:
    assert EXTRACTOR.recognise(url) == BOARD


@pytest.mark.parametrize(
    "url",
    [
        "https://boards.greenhouse.io.evil.example/acme",
        "https://evil.example/?x=https://boards.greenhouse.io/acme",
        "https://boards.greenhouse.io@evil.example/acme",
        "https://evilboards.greenhouse.io/acme",
        "https://boards.greenhouse.io/",
        "https://boards.greenhouse.io/embed",
        "https://boards.greenhouse.io/embed/job_app?token=4012345",
        "https://boards-api.greenhouse.io/v1/boards/",
        "https://www.greenhouse.io/acme",
        "https://boardsXgreenhouse.io/acme",
    ],
)
def test_what_is_no_greenhouse_board_is_not_recognised(url: str) -> None:
    assert EXTRACTOR.recognise(url) is None
