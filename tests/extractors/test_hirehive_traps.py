"""What has gone wrong with HireHive for others, one test each."""

from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.hirehive import EXTRACTOR, pages, parse
from worker.posting import Page, Salary

BOARD = {"board": "acme"}
API = "https://acme.hirehive.com/api/v2/jobs"


def row(number, **fields):
    return {
        "id": f"job_{number}",
        "title": f"Job {number}",
        "hosted_url": f"https://acme.hirehive.com/{number}",
        **fields,
    }


def board_of(count):
    def answer(url, params):
        size, end = params["page_size"], params["page"] * params["page_size"]
        rows = [row(number) for number in range(count)][end - size : end]
        return {"items": rows, "meta": {"total_items": count, "has_next_page": end < count}}

    return answer


def read(answer):
    http = FakeHttp({API: answer})
    found = [*pages(http, BOARD)]
    ids = [posting.external_id for page in found for posting in parse(page, BOARD)]
    return ids, found[0].total, [page.truncated for page in found if page.truncated], http.calls


def posting(**fields):
    [found] = parse(Page({"items": [row(7, **fields)]}), BOARD)
    return found


def test_a_small_board_costs_one_request_for_a_hundred():
    ids, total, truncated, calls = read(board_of(2))
    assert (ids, total, truncated) == (["job_0", "job_1"], 2, [])
    assert [params for _, _, params, _, _ in calls] == [{"page": 1, "page_size": 100}]


def test_an_empty_board_is_empty_and_an_unknown_one_is_not_found():
    assert read(board_of(0))[:3] == ([], 0, [])
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_pages_are_read_until_none_follows():
    ids, total, truncated, calls = read(board_of(250))
    assert (len(set(ids)), total, truncated, len(calls)) == (250, 250, [], 3)


def test_a_list_that_says_nothing_of_a_next_page_ends_at_an_empty_one():
    def answer(url, params):
        return {"items": [row(1)] if params["page"] == 1 else []}

    ids, total, truncated, calls = read(answer)
    assert (ids, total, truncated, len(calls)) == (["job_1"], None, [], 2)


def test_a_list_that_repeats_its_first_page_is_truncated():
    ids, _, truncated, calls = read({"items": [row(1)], "meta": {"has_next_page": True}})
    assert (set(ids), len(truncated), len(calls)) == ({"job_1"}, 1, 2)


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="items"):
        read({"meta": {"total_items": 0}})


def test_pay_is_the_first_tier_that_names_an_amount():
    tiers = [{"min_value": None}, {"min_value": 20, "currency_code": "EUR", "interval": "Hourly"}, {"min_value": 30}]
    assert posting(compensation_tiers=tiers).salary == Salary(Decimal(20), None, "EUR", "Hourly")
    assert posting(salary="$100k").salary is None


def test_the_day_of_creation_is_no_date_of_publication():
    assert posting(created_date="2026-08-01T12:00:00Z").posted_at is None
    found = posting(published_date="2026-09-01T12:00:00Z")
    assert found.posted_at.isoformat() == "2026-09-01T12:00:00+00:00"


def test_where_no_town_is_typed_the_country_is_the_place():
    country = {"name": "Ireland", "code": "IE"}
    assert posting(location="", country=country).locations == ["Ireland"]
    assert posting(location="Galway", country=country).locations == ["Galway"]


def test_a_description_is_an_object_or_a_text():
    assert posting(description={"html": "<p>a</p>", "text": "a"}).description_html == "<p>a</p>"
    assert posting(description="<p>a</p>").description_html == "<p>a</p>"


@pytest.mark.parametrize("name", ["www", "app", "api", "docs", "help", "status"])
def test_hirehives_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.hirehive.com/jobs") is None
