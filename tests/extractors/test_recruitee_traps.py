"""What Recruitee's answers are known to get wrong, one test each."""

from decimal import Decimal
from typing import Any

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardRefused, UnexpectedPayload
from worker.extractors.recruitee import EXTRACTOR
from worker.posting import Page, Posting, Salary

BOARD = {"board": "acme"}
ADDRESS = "https://acme.recruitee.com/api/offers/"


def offer(**values: Any) -> dict[str, Any]:
    return {"id": 1, "title": "Engineer", "careers_url": "https://jobs.acme.example/o/engineer", **values}


def read(**values: Any) -> Posting:
    [posting] = EXTRACTOR.parse(Page({"offers": [offer(**values)]}), BOARD)
    assert isinstance(posting, Posting), posting
    return posting


def test_recruitee_is_asked_once() -> None:
    http = FakeHttp({ADDRESS: {"offers": [offer()]}})
    assert list(EXTRACTOR.pages(http, BOARD)) == [Page({"offers": [offer()]})]
    assert http.calls == [("GET", ADDRESS, {}, {}, True)]


def test_a_site_that_wants_a_token_says_so() -> None:
    http = FakeHttp({ADDRESS: BoardRefused("acme.recruitee.com answered 401")})
    with pytest.raises(BoardRefused, match=r"answered 401; .*token"):
        list(EXTRACTOR.pages(http, BOARD))


def test_times_that_are_no_iso_8601_are_read_as_utc() -> None:
    posting = read(published_at="2026-09-01 12:00:00 UTC", close_at="2026-12-15 23:00:00 UTC")
    assert posting.posted_at is not None
    assert posting.closes_at is not None
    assert posting.posted_at.isoformat() == "2026-09-01T12:00:00+00:00"
    assert posting.closes_at.isoformat() == "2026-12-15T23:00:00+00:00"


def test_posted_is_when_it_was_published_never_created_or_updated() -> None:
    assert read(created_at="2026-09-01 12:00:00 UTC", updated_at="2026-09-01 12:00:00 UTC").posted_at is None


def test_the_description_is_description_and_requirements() -> None:
    assert read(description="<p>A</p>", requirements="<p>B</p>").description_html == "<p>A</p>\n<p>B</p>"
    assert read(description="", requirements="<p>B</p>").description_html == "<p>B</p>"
    assert read(description=None).description_html is None


def test_a_url_on_the_companys_own_domain_is_kept() -> None:
    posting = read(careers_apply_url="https://jobs.acme.example/o/engineer/c/new")
    assert posting.url == "https://jobs.acme.example/o/engineer"
    assert posting.apply_url == "https://jobs.acme.example/o/engineer/c/new"


def test_every_place_is_read_with_its_country() -> None:
    posting = read(
        location="Berlin, Berlin, Germany",
        country_code="DE",
        locations=[
            {"name": "HQ", "city": "Berlin", "state": "Berlin", "country": "Germany", "country_code": "DE"},
            {"name": "Benelux/Remote", "city": None, "state": None, "country": None, "country_code": None},
            {"name": "Utrecht", "city": "Utrecht", "country": "Netherlands"},
        ],
    )
    assert posting.locations == ["Berlin, Germany", "Benelux/Remote", "Utrecht, Netherlands"]
    assert posting.country_codes == ["DE", "Netherlands"]


def test_an_offer_without_places_says_its_place_itself() -> None:
    posting = read(city="Gent", state_name=None, country="Belgium", country_code="BE", locations=[])
    assert (posting.locations, posting.country_codes) == (["Gent, Belgium"], ["BE"])
    assert read(location="Gent, Belgium").locations == ["Gent, Belgium"]


@pytest.mark.parametrize(
    ("flags", "workplace"),
    [
        ({"remote": True, "hybrid": False, "on_site": False}, "remote"),
        ({"remote": True, "hybrid": True, "on_site": False}, "hybrid"),
        ({"remote": False, "hybrid": False, "on_site": True}, "on_site"),
        ({"remote": False, "hybrid": False, "on_site": False}, None),
        ({"remote": "yes"}, None),
        ({}, None),
    ],
)
def test_the_workplace_is_the_flag_that_is_set(flags: dict[str, Any], workplace: str | None) -> None:
    assert read(**flags).workplace == workplace


def test_the_salary_is_read_from_strings_with_its_period() -> None:
    posting = read(salary={"min": "3200.50", "max": "4100", "period": "month", "currency": "EUR"})
    assert posting.salary == Salary(Decimal("3200.50"), Decimal(4100), "EUR", "month")


@pytest.mark.parametrize("salary", [None, {}, "competitive", {"min": None, "max": "", "currency": "EUR"}])
def test_a_salary_that_says_nothing_is_unknown(salary: object) -> None:
    assert read(salary=salary).salary is None


@pytest.mark.parametrize(
    ("translations", "language"), [({"nl": {}}, "nl"), ({"nl": {}, "en": {}}, None), ({}, None), (["nl"], None)]
)
def test_the_language_is_known_where_there_is_only_one(translations: object, language: str | None) -> None:
    assert read(translations=translations).language == language


def test_neither_order_nor_editing_is_a_change_of_the_posting() -> None:
    assert read(position=3, updated_at="2026-06-09 09:38:11 UTC") == read(position=4, updated_at=None)


@pytest.mark.parametrize("answer", [None, [], "<html>", {}, {"offers": None}, {"offers": {}}, {"error": ["x"]}])
def test_an_answer_without_offers_is_unexpected_and_never_an_empty_board(answer: object) -> None:
    with pytest.raises(UnexpectedPayload, match="offers"):
        EXTRACTOR.parse(Page(answer), BOARD)


def test_a_bad_row_costs_only_itself() -> None:
    found = list(EXTRACTOR.parse(Page({"offers": [None, "x", {"id": 9, "title": "No address"}, offer()]}), BOARD))
    assert [type(one).__name__ for one in found] == ["Skipped", "Skipped", "Skipped", "Posting"]
    assert (found[2].external_id, found[2].title) == ("9", "No address")


@pytest.mark.parametrize("wrong", [None, 7, True, "odd", [], [None], [7], {}, {"city": []}, [{"city": []}]])
def test_no_optional_field_can_cost_a_posting(wrong: object) -> None:
    optional = (
        "careers_apply_url locations location city country country_code remote hybrid on_site department salary"
        " employment_type_code published_at close_at translations description requirements category_code"
    )
    assert read(**dict.fromkeys(optional.split(), wrong)).external_id == "1"


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.recruitee.com/",
        "HTTPS://acme.Recruitee.com/o/engineer?source=x#apply",
        "https://acme.recruitee.com/api/offers",
        "https://acme.recruitee.com/l/en/o/engineer",
        "acme.recruitee.com",
    ],
)
def test_an_address_of_a_recruitee_site_is_recognised(url: str) -> None:
    assert EXTRACTOR.recognise(url) == BOARD


@pytest.mark.parametrize(
    "url",
    [
        "https://recruitee.com/o/engineer",
        "https://www.recruitee.com/",
        "https://api.recruitee.com/c/1/offers",
        "https://app.recruitee.com/#/dashboard",
        "https://docs.recruitee.com/reference",
        "https://careers.recruitee.com/",
        "https://acme.recruitee.com.evil.example/",
        "https://acme.recruitee.com@evil.example/",
        "https://a.b.recruitee.com/",
        "https://evil.example/acme.recruitee.com/",
    ],
)
def test_what_is_no_recruitee_site_is_not_recognised(url: str) -> None:
    assert EXTRACTOR.recognise(url) is None
