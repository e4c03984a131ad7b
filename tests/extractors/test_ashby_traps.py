"""What Ashby's answers are known to get wrong, one test each."""

from decimal import Decimal
from typing import Any

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import UnexpectedPayload
from worker.extractors.ashby import EXTRACTOR
from worker.posting import Page, Posting, Salary

BOARD = {"board": "Acme%20Corp"}
ADDRESS = "https://api.ashbyhq.com/posting-api/job-board/Acme%20Corp"


def job(**values: Any) -> dict[str, Any]:
    return {"id": "a-b-c", "title": "Engineer", "jobUrl": "https://jobs.ashbyhq.com/Acme%20Corp/a-b-c", **values}


def read(**values: Any) -> Posting:
    [posting] = EXTRACTOR.parse(Page({"jobs": [job(**values)]}), BOARD)
    assert isinstance(posting, Posting), posting
    return posting


def component(low: float | None, high: float | None, currency: str = "USD", interval: str = "1 YEAR",
              kind: str = "Salary") -> dict[str, Any]:  # fmt: skip
    return {
        "compensationType": kind, "interval": interval, "currencyCode": currency, "minValue": low, "maxValue": high,
    }  # fmt: skip


def salary(*tiers: list[dict[str, Any]], summary: object = None) -> Salary | None:
    found = {"compensationTiers": [{"components": tier} for tier in tiers], "summaryComponents": summary}
    return read(compensation=found).salary


def test_ashby_is_asked_once_with_pay_under_the_name_as_it_stands_in_the_address() -> None:
    http = FakeHttp({ADDRESS: {"jobs": []}})
    [page] = EXTRACTOR.pages(http, BOARD)
    assert page == Page({"jobs": []})
    assert http.calls == [("GET", ADDRESS, {"includeCompensation": "true"}, {}, True)]


def test_an_unlisted_posting_is_left_out_and_not_counted() -> None:
    rows = [job(id="1", isListed=False), job(id="2", isListed=True), job(id="3")]
    http = FakeHttp({ADDRESS: {"jobs": rows}})
    [page] = EXTRACTOR.pages(http, BOARD)
    assert [found.external_id for found in EXTRACTOR.parse(page, BOARD)] == ["2", "3"]
    assert page.total is None


def test_the_salary_is_found_in_the_components_and_equity_and_bonus_are_none() -> None:
    assert salary(
        [
            component(0.1, 0.3, kind="EquityPercentage", interval="NONE"),
            component(10000, 10000, kind="Bonus"),
            component(200000, 260000),
            component(1, 900000, kind="Commission"),
        ]
    ) == Salary(Decimal(200000), Decimal(260000), "USD", "1 YEAR")


def test_the_summary_gives_the_salary_where_there_are_no_tiers() -> None:
    found = salary(summary=[component(30.5, 32, interval="1 HOUR")])
    assert found == Salary(Decimal("30.5"), Decimal(32), "USD", "1 HOUR")


def test_tiers_of_one_currency_and_interval_are_one_range() -> None:
    found = salary([component(188000, 246000)], [component(157000, 205000)], [component(143000, None)])
    assert found == Salary(Decimal(143000), Decimal(246000), "USD", "1 YEAR")


def test_tiers_in_another_currency_or_interval_than_the_first_are_left_out() -> None:
    found = salary(
        [component(188000, 246000)],
        [component(143000, 186000)],
        [component(165000, 811000, "CAD")],
        [component(50, 60, interval="1 HOUR")],
    )
    assert found == Salary(Decimal(143000), Decimal(246000), "USD", "1 YEAR")


def test_a_salary_on_the_top_level_is_not_what_ashby_means() -> None:
    assert read(compensation={"minValue": 1, "maxValue": 2, "currencyCode": "USD"}).salary is None


def test_pay_the_company_does_not_show_is_not_shown() -> None:
    hidden = {"compensationTiers": [{"components": [component(1, 2)]}]}
    assert read(shouldDisplayCompensationOnJobPostings=False, compensation=hidden).salary is None


@pytest.mark.parametrize(
    ("values", "workplace"),
    [
        ({"workplaceType": "Hybrid", "isRemote": True}, "Hybrid"),
        ({"workplaceType": "OnSite", "isRemote": False}, "OnSite"),
        ({"workplaceType": None, "isRemote": True}, "Remote"),
        ({"isRemote": True}, "Remote"),
        ({"isRemote": False}, None),
        ({"isRemote": None}, None),
        ({}, None),
    ],
)
def test_the_workplace_type_is_preferred_to_is_remote(values: dict[str, Any], workplace: str | None) -> None:
    assert read(**values).workplace == workplace


def test_secondary_locations_follow_the_first_with_their_countries() -> None:
    def at(country: str) -> dict[str, Any]:
        return {"postalAddress": {"addressCountry": country}}

    posting = read(
        location="New York, NY (HQ)",
        address=at("USA"),
        secondaryLocations=[
            {"location": "Remote (Canada)", "address": at("Canada")},
            {"location": "Miami, FL", "address": at("USA")},
            {"location": "New York, NY (HQ)"},
        ],
    )
    assert posting.locations == ["New York, NY (HQ)", "Remote (Canada)", "Miami, FL"]
    assert posting.country_codes == ["USA", "Canada"]


def test_the_plain_text_is_used_only_where_there_is_no_html() -> None:
    with_html = read(descriptionHtml="<p>Hi</p>", descriptionPlain="Hi")
    assert (with_html.description_html, with_html.description_text) == ("<p>Hi</p>", None)
    without = read(descriptionHtml="", descriptionPlain="Hi")
    assert (without.description_html, without.description_text) == (None, "Hi")


def test_posted_is_when_it_was_published() -> None:
    posting = read(publishedAt="2026-04-20T22:43:56.531+00:00")
    assert posting.posted_at is not None
    assert posting.posted_at.isoformat() == "2026-04-20T22:43:56.531000+00:00"


@pytest.mark.parametrize("answer", [None, [], "<html>", {}, {"jobs": None}, {"jobs": {}}, {"apiVersion": "1"}])
def test_an_answer_without_jobs_is_unexpected_and_never_an_empty_board(answer: object) -> None:
    with pytest.raises(UnexpectedPayload, match="jobs"):
        EXTRACTOR.parse(Page(answer), BOARD)


def test_an_empty_list_is_an_empty_board() -> None:
    assert list(EXTRACTOR.parse(Page({"jobs": [], "apiVersion": "1"}), BOARD)) == []


def test_a_bad_row_costs_only_itself() -> None:
    found = list(EXTRACTOR.parse(Page({"jobs": [None, "x", {"id": "1"}, job()]}), BOARD))
    assert [type(one).__name__ for one in found] == ["Skipped", "Skipped", "Skipped", "Posting"]


@pytest.mark.parametrize("wrong", [None, 7, True, "odd", [], [None], [7], {}, {"postalAddress": 7}, float("nan")])
def test_no_optional_field_can_cost_a_posting(wrong: object) -> None:
    optional = (
        "department team employmentType location secondaryLocations publishedAt isListed isRemote workplaceType"
        " address applyUrl descriptionHtml descriptionPlain compensation shouldDisplayCompensationOnJobPostings"
    )
    assert read(**dict.fromkeys(optional.split(), wrong)).external_id == "a-b-c"


@pytest.mark.parametrize("wrong", [None, 7, [None], [{"components": 7}], [{"components": [None, {}]}], {"a": 1}])
def test_no_odd_compensation_can_cost_a_posting(wrong: object) -> None:
    assert read(compensation={"compensationTiers": wrong, "summaryComponents": wrong}).salary is None


@pytest.mark.parametrize(
    ("url", "board"),
    [
        ("http://jobs.ashbyhq.com/acme/", "acme"),
        ("HTTPS://Jobs.AshbyHQ.com/AlephAlpha#x", "AlephAlpha"),
        ("https://jobs.ashbyhq.com/Acme%20Corp?utm_source=x", "Acme%20Corp"),
        ("https://jobs.ashbyhq.com/wordly.ai%20careers/a-b-c/application", "wordly.ai%20careers"),
        ("https://api.ashbyhq.com/posting-api/job-board/acme.io?includeCompensation=true", "acme.io"),
    ],
)
def test_an_address_of_an_ashby_board_is_recognised(url: str, board: str) -> None:
    assert EXTRACTOR.recognise(url) == {"board": board}


@pytest.mark.parametrize(
    "url",
    [
        "https://jobs.ashbyhq.com.evil.example/acme",
        "https://jobs.ashbyhq.com@evil.example/acme",
        "https://notjobs.ashbyhq.com/acme",
        "https://jobs.ashbyhq.com/",
        "https://jobs.ashbyhq.com/api/non-user-graphql?op=ApiJobBoardWithTeams",
        "https://jobs.ashbyhq.com/../acme",
        "https://api.ashbyhq.com/jobPosting.list",
        "https://www.ashbyhq.com/careers",
    ],
)
def test_what_is_no_ashby_board_is_not_recognised(url: str) -> None:
    assert EXTRACTOR.recognise(url) is None
