"""What has gone wrong with Hireology's list for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.hireology import EXTRACTOR, MAX_PAGES, pages, parse
from worker.posting import Page, Skipped

BOARD = {"board": "acme"}
LIST = "https://api.hireology.com/v2/public/careers/acme"


def site(number, count=None):
    def answer(url, query):
        first = query["page_size"] * (query["page"] - 1)
        rows = [{"id": n, "name": f"Job {n}"} for n in range(number)][first : first + query["page_size"]]
        return {"data": rows, "count": number if count is None else count}

    return answer


def read(answer):
    http = FakeHttp({LIST: answer})
    found = [*pages(http, BOARD)]
    assert not [page for page in found[:-1] if page.truncated]
    ids = {posting.external_id for page in found for posting in parse(page, BOARD)}
    return len(ids), found[-1].truncated, len(http.calls)


def test_the_list_ends_at_its_count():
    assert read(site(1000)) == (1000, None, 2)
    assert read(site(30)) == (30, None, 1)
    assert read(site(0)) == (0, None, 1)


def test_rows_that_are_counted_and_missing_keep_the_board_incomplete():
    number, truncated, asked = read(site(510, count=700))
    assert (number, asked) == (510, 3)
    assert "700" in truncated


def test_a_list_without_a_count_ends_at_a_page_that_is_not_full():
    assert read(lambda url, query: {"data": [{"id": query["page"], "name": "A"}]}) == (1, None, 1)
    assert read(lambda url, query: {"data": site(700)(url, query)["data"]}) == (700, None, 2)
    assert read(lambda url, query: {"data": site(500)(url, query)["data"]}) == (500, None, 2)


def test_a_site_that_repeats_a_page_ends_and_is_truncated():
    rows = [{"id": n, "name": "A"} for n in range(500)]
    number, truncated, asked = read({"data": rows, "count": 5000})
    assert (number, bool(truncated), asked) == (500, True, 2)


def test_a_site_without_end_is_left_after_a_bounded_number_of_pages():
    number, truncated, asked = read(lambda url, query: {"data": [{"id": query["page"], "name": "A"}], "count": 10**6})
    assert (number, bool(truncated), asked) == (MAX_PAGES, True, MAX_PAGES)


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("answer", [{}, {"data": None, "count": 0}, [], "x"])
def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="data"):
        read(answer)


def posting(**fields):
    [found] = parse(Page({"data": [{"id": 7, "name": "Baker", **fields}]}), BOARD)
    return found


def test_a_row_that_is_not_open_is_no_posting():
    assert [*parse(Page({"data": [{"id": 7, "name": "Baker", "status": "Closed"}]}), BOARD)] == []
    assert posting(status="Open").external_id == "7"


def test_a_groups_posting_has_the_address_of_its_location():
    child = "https://careers.hireology.com/acme-west/7/description"
    assert posting(career_site_url=child).url == child
    assert posting().url == "https://careers.hireology.com/acme/7/description"


@pytest.mark.parametrize(
    ("stated", "low", "high"),
    [
        (
            {"is_comp_range": True, "comp_range_min": "25.0", "comp_range_max": "35.5", "comp_single_amount": "9"},
            25,
            35.5,
        ),
        (
            {"is_comp_range": False, "comp_range_min": "0.0", "comp_range_max": "0.0", "comp_single_amount": "19.75"},
            19.75,
            19.75,
        ),
    ],
)
def test_pay_is_a_range_or_one_amount_by_the_hour_without_a_currency(stated, low, high):
    found = posting(compensation={**stated, "comp_period": "hour"}).salary
    assert (float(found.min), float(found.max), found.currency, found.period) == (low, high, None, "hour")


def test_pay_of_zero_is_no_pay():
    assert (
        posting(compensation={"is_comp_range": True, "comp_range_min": "0.0", "comp_single_amount": "12"}).salary
        is None
    )


def test_a_row_without_number_or_name_is_skipped_and_costs_only_itself():
    rows = [{"name": "A"}, {"id": 2, "name": None}, {"id": 3, "name": "C"}]
    found = [*parse(Page({"data": rows}), BOARD)]
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, None), (True, "2"), (False, "3")]


@pytest.mark.parametrize(
    "url",
    [
        "https://careers.hireology.com",
        "https://www.hireology.com/acme",
        "https://api.hireology.com/v2",
        "https://api.hireology.com/v2/public/careers/jobs/7",
        "https://www.hireology.careers",
    ],
)
def test_hireologys_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
