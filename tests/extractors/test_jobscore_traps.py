"""What has gone wrong with JobScore's feed for others, one test each."""

from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.jobscore import EXTRACTOR, pages, parse
from worker.posting import Page, Skipped

BOARD = {"board": "acme"}
FEED = "https://careers.jobscore.com/jobs/acme/feed.json"


def posting(**fields):
    [found] = parse(Page({"jobs": [{"id": "c1", "title": "Baker", "url_slug": "baker-c1", **fields}]}), BOARD)
    return found


def test_one_request_gives_the_board():
    http = FakeHttp({FEED: {"jobs": []}})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, len(http.calls)) == (None, None, 1)


def test_an_unknown_board_is_not_found_and_an_empty_one_is_empty():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]
    assert [*parse(Page({"jobs": []}), BOARD)] == []


@pytest.mark.parametrize("answer", [{}, {"jobs": None}, [], "x"])
def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="jobs"):
        [*parse(Page(answer), BOARD)]


def pay(low, high, currency):
    return posting(public_salary_minimum=low, public_salary_maximum=high, currency_code=currency).salary


def test_pay_is_in_hundredths():
    found = posting(public_salary_minimum=4000, public_salary_maximum=5_000_000, currency_code="USD",
                    public_compensation_interval="yearly").salary  # fmt: skip
    assert (found.min, found.max, found.currency, found.period) == (Decimal(40), Decimal(50_000), "USD", "yearly")


def test_pay_in_a_currency_without_hundredths_is_whole():
    assert pay(10_000_000, None, "JPY").min == Decimal(10_000_000)


def test_pay_of_zero_or_nothing_is_no_pay():
    assert pay(0, None, "USD") is None


@pytest.mark.parametrize(
    ("said", "workplace"),
    [
        ("Yes", "remote"),
        ("Hybrid | Two days", "Hybrid"),
        ("No", None),
        ("", None),
        (None, None),
        ("yes|anywhere", "remote"),
    ],
)
def test_the_word_for_remote_work_is_before_the_bar_and_no_says_nothing(said, workplace):
    assert posting(remote=said).workplace == workplace


def test_an_edit_is_no_posting_date():
    assert posting(last_updated_date="2026-11-01").posted_at is None
    assert posting(opened_date="2026-09-02", last_updated_date="2026-11-01").posted_at.day == 2


def test_where_a_reader_came_from_is_no_part_of_the_address():
    page = "https://careers.jobscore.com/careers/acmegroup/jobs/baker-c1"
    assert posting(detail_url=f"{page}?ref=rss&sid=68").url == page
    assert posting().url == "https://careers.jobscore.com/careers/acme/jobs/baker-c1"


def test_a_bad_row_is_skipped_and_costs_only_itself():
    rows = [{"id": "c1", "title": "A"}, {"title": "B", "url_slug": "b"}, {"id": "c3", "title": "C", "url_slug": "c"}]
    found = [*parse(Page({"jobs": rows}), BOARD)]
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, "c1"), (True, None), (False, "c3")]


def test_the_feed_names_the_company():
    assert EXTRACTOR.company(Page({"company_name": " Acme Inc. ", "jobs": []})) == "Acme Inc."
    assert EXTRACTOR.company(Page([])) is None


@pytest.mark.parametrize("url", ["https://careers.jobscore.com", "https://www.jobscore.com/pricing", "https://support.jobscore.com/jobs/a",
                                 "https://careers.jobscore.com.evil.example/careers/acme"])  # fmt: skip
def test_jobscores_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
