"""What Lever's answers are known to get wrong, one test each."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.detection.guessing import rounds
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.lever import EXTRACTOR
from worker.posting import Page, Posting, Salary

BOARD = {"board": "acme", "region": ""}


def posting(**values: Any) -> dict[str, Any]:
    return {"id": "a-b-c", "text": "Engineer", "hostedUrl": "https://jobs.lever.co/acme/a-b-c", **values}


def read(**values: Any) -> Posting:
    [found] = EXTRACTOR.parse(Page([posting(**values)]), BOARD)
    assert isinstance(found, Posting), found
    return found


def test_lever_is_asked_once_and_for_json_so_that_no_widget_comes() -> None:
    http = FakeHttp({"https://api.lever.co/v0/postings/acme": [posting()]})
    [page] = EXTRACTOR.pages(http, BOARD)
    assert (page.data, page.total) == ([posting()], None)
    [(_, _, params, headers, _)] = http.calls
    assert (params, headers) == ({"mode": "json"}, {"Accept": "application/json"})


def test_a_site_of_the_eu_is_asked_at_the_eu_host() -> None:
    http = FakeHttp({"https://api.eu.lever.co/v0/postings/acme": []})
    [page] = EXTRACTOR.pages(http, {"board": "acme", "region": "eu"})
    assert page.data == []


def test_a_site_unknown_on_the_us_host_is_not_found_there_and_may_be_asked_in_the_eu() -> None:
    http = FakeHttp({"https://api.eu.lever.co/v0/postings/acme": [posting()]})
    with pytest.raises(BoardNotFound):
        list(EXTRACTOR.pages(http, EXTRACTOR.key("acme")))
    assert list(EXTRACTOR.pages(http, EXTRACTOR.key("acme/eu"))) == [Page([posting()])]


def test_a_company_is_looked_for_on_both_hosts_by_its_name() -> None:
    first, twins, *_ = rounds(["Acme"], "lever")
    assert ("lever", BOARD) in first
    assert ("lever", {"board": "acme", "region": "eu"}) in twins


def test_the_region_is_part_of_the_key_only_where_it_differs() -> None:
    assert EXTRACTOR.key_text({"board": "acme", "region": ""}) == "acme"
    assert EXTRACTOR.key_text({"board": "acme", "region": "eu"}) == "acme/eu"


def test_the_description_joins_all_parts() -> None:
    found = read(
        description="<div>Opening and body.</div>",
        descriptionPlain="Opening and body.",
        lists=[
            {"text": "You do & own", "content": "<li>One</li><li>Two</li>"},
            {"text": "You bring", "content": "<li>Three</li>"},
        ],
        salaryDescription="<div>Pay.</div>",
        additional="<div>Closing.</div>",
    )
    assert found.description_html == (
        "<div>Opening and body.</div>\n"
        "<h3>You do &amp; own</h3><ul><li>One</li><li>Two</li></ul>\n"
        "<h3>You bring</h3><ul><li>Three</li></ul>\n"
        "<div>Pay.</div>\n"
        "<div>Closing.</div>"
    )


def test_a_posting_without_any_text_has_no_description() -> None:
    assert read(description="", lists=[], additional="").description_html is None


def test_created_at_is_milliseconds_in_utc() -> None:
    assert read(createdAt=1764205361939).posted_at == datetime(2025, 11, 27, 1, 2, 41, 939000, tzinfo=UTC)


def test_all_locations_are_read_and_the_primary_comes_first() -> None:
    found = read(categories={"location": "Porto", "allLocations": ["Lisbon", "Porto", "", None]})
    assert found.locations == ["Porto", "Lisbon"]
    assert read(categories={"location": "Porto"}).locations == ["Porto"]


def test_categories_country_and_workplace_are_the_boards_own_words() -> None:
    found = read(
        categories={"commitment": "Permanent", "department": "Finance", "team": "Accounting"},
        country="US",
        workplaceType="unspecified",
    )
    assert (found.employment_type, found.department, found.team) == ("Permanent", "Finance", "Accounting")
    assert (found.country_codes, found.workplace) == (["US"], "unspecified")


@pytest.mark.parametrize("interval", ["per-year-salary", "per-hour-wage", "1-YEAR"])
def test_the_salary_range_is_read_with_its_interval(interval: str) -> None:
    found = read(salaryRange={"min": 66189, "max": 94556, "currency": "USD", "interval": interval})
    assert found.salary == Salary(Decimal(66189), Decimal(94556), "USD", interval)


@pytest.mark.parametrize("salary", [None, {}, "50k", {"min": 0, "max": None, "currency": "USD"}])
def test_a_salary_range_that_says_nothing_is_unknown(salary: object) -> None:
    assert read(salaryRange=salary).salary is None


def test_an_empty_list_is_an_empty_board() -> None:
    assert list(EXTRACTOR.parse(Page([]), BOARD)) == []


@pytest.mark.parametrize("answer", [None, {}, {"ok": False, "error": "Document not found"}, "<html>"])
def test_what_is_no_list_is_unexpected_and_never_an_empty_board(answer: object) -> None:
    with pytest.raises(UnexpectedPayload, match="list"):
        EXTRACTOR.parse(Page(answer), BOARD)


def test_a_bad_row_costs_only_itself_and_keeps_its_title() -> None:
    found = list(EXTRACTOR.parse(Page([7, {"text": "No id"}, posting()]), BOARD))
    assert [type(one).__name__ for one in found] == ["Skipped", "Skipped", "Posting"]
    assert found[1].title == "No id"


@pytest.mark.parametrize("wrong", [None, 7, True, "odd", [], [None], [7], {}, {"min": []}, float("nan"), -1])
def test_no_optional_field_can_cost_a_posting(wrong: object) -> None:
    optional = (
        "applyUrl categories country workplaceType salaryRange createdAt description lists additional salaryDescription"
    )
    assert read(**dict.fromkeys(optional.split(), wrong)).external_id == "a-b-c"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://jobs.lever.co/acme/", BOARD),
        ("HTTPS://Jobs.Lever.CO/acme?team=Sales#x", BOARD),
        ("https://jobs.lever.co/acme/a-b-c/apply?lever-source=x", BOARD),
        ("https://api.lever.co/v0/postings/acme/a-b-c", BOARD),
        ("https://jobs.lever.co/loop%20ai", {"board": "loop%20ai", "region": ""}),
        ("https://jobs.lever.co/neye-systems-inc.", {"board": "neye-systems-inc.", "region": ""}),
        ("https://jobs.eu.lever.co/acme/a-b-c", {"board": "acme", "region": "eu"}),
        ("https://api.eu.lever.co/v0/postings/acme?mode=json", {"board": "acme", "region": "eu"}),
    ],
)
def test_an_address_of_a_lever_site_is_recognised(url: str, key: dict[str, str]) -> None:
    assert EXTRACTOR.recognise(url) == key


@pytest.mark.parametrize(
    "url",
    [
        "https://jobs.lever.co.evil.example/acme",
        "https://jobs.lever.co@evil.example/acme",
        "https://notjobs.lever.co/acme",
        "https://jobs.us.lever.co/acme",
        "https://jobs.lever.co/",
        "https://jobs.lever.co/../acme",
        "https://api.lever.co/v0/postings/",
        "https://www.lever.co/acme",
    ],
)
def test_what_is_no_lever_site_is_not_recognised(url: str) -> None:
    assert EXTRACTOR.recognise(url) is None
