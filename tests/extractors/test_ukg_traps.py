"""What has gone wrong with UKG Pro Recruiting for others, one test each."""

import json
from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.ukg import EXTRACTOR, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Salary

ID = "0b7c9a52-6d1e-4f0a-9a53-2f4c8e1d7b60"
BOARD = {"tenant": "ACM1000ACME", "board": ID, "host": "recruiting.ultipro.com"}
SITE = f"https://recruiting.ultipro.com/ACM1000ACME/JobBoard/{ID}"
LIST = f"{SITE}/JobBoardView/LoadSearchResults"
LISTED = Posting(external_id="7", title="Baker", url=f"{SITE}/OpportunityDetail?opportunityId=7")


def row(number, **fields):
    return {"Id": str(number), "Title": f"Job {number}", **fields}


def board_of(count, *, page=100, total=None):
    def answer(url, body):
        search = body["opportunitySearch"]
        rows = [row(number) for number in range(count)][search["Skip"] :][: min(page, search["Top"])]
        return {"opportunities": rows, "totalCount": count if total is None else total}

    return answer


def read(answer):
    http = FakeHttp({LIST: answer})
    found = [*pages(http, BOARD)]
    ids = [posting.external_id for page in found for posting in parse(page, BOARD)]
    return ids, found[0].total, [page.truncated for page in found if page.truncated], http.calls


def posting(**fields):
    [found] = parse(Page({"opportunities": [row(7, **fields)], "totalCount": 1}), BOARD)
    return found


def markup(**fields):
    return (
        f"<script>var x = new US.Opportunity.CandidateOpportunityDetail({json.dumps({'Id': '7', **fields})});</script>"
    )


def detailed(**fields):
    return parse_detail(LISTED, markup(**fields))


def test_a_small_board_costs_one_request_for_a_hundred():
    ids, total, truncated, calls = read(board_of(3))
    assert (ids, total, truncated, len(calls)) == (["0", "1", "2"], 3, [], 1)
    assert calls[0][0] == "POST"
    assert calls[0][2]["opportunitySearch"]["Top"] == 100


def test_an_empty_board_is_empty_and_an_unknown_one_looks_the_same():
    assert read(board_of(0))[:3] == ([], 0, [])
    assert EXTRACTOR.unknown_reads_empty


def test_the_rows_received_are_skipped_when_pages_are_shorter_than_asked():
    ids, _, truncated, calls = read(board_of(75, page=30))
    assert (len(set(ids)), truncated) == (75, [])
    assert [body["opportunitySearch"]["Skip"] for _, _, body, _, _ in calls] == [0, 30, 60]


def test_a_list_that_repeats_its_first_page_is_truncated():
    ids, _, truncated, calls = read({"opportunities": [row(1), row(2)], "totalCount": 10})
    assert (set(ids), len(truncated), len(calls)) == ({"1", "2"}, 1, 2)


def test_a_list_that_ends_before_its_total_is_left_short_of_it():
    ids, total, truncated, _ = read(board_of(3, total=5))
    assert (len(ids), total, truncated) == (3, 5, [])


def test_a_list_without_a_total_is_read_to_its_empty_page():
    def answer(url, body):
        return {"opportunities": [row(1)] if body["opportunitySearch"]["Skip"] == 0 else []}

    ids, total, truncated, calls = read(answer)
    assert (ids, total, truncated, len(calls)) == (["1"], None, [], 2)


def test_a_board_that_is_gone_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="opportunities"):
        read({"totalCount": 0})


@pytest.mark.parametrize(
    ("kind", "workplace"), [(0, "hybrid"), (1, "on-site"), (2, "remote"), (None, None), (7, None), (True, None)]
)
def test_the_workplace_is_a_number(kind, workplace):
    assert posting(JobLocationType=kind).workplace == workplace


def test_the_lists_date_moves_when_a_posting_is_published_again_and_is_not_read():
    assert posting(PostedDate="2026-09-14T21:50:09.576Z").posted_at is None
    found = detailed(PostedDate="2026-05-19T20:14:13Z", UpdatedDate="2026-09-14T21:50:09Z")
    assert found.posted_at.isoformat() == "2026-05-19T20:14:13+00:00"


def test_a_place_without_an_address_goes_by_its_name():
    assert posting(Locations=[{"LocalizedName": "Remote - US", "Address": None}]).locations == ["Remote - US"]


PAY = {"PayRange": {"PayRangeMinimum": "20.00", "PayRangeMaximum": "24.00"}, "PayRangeCurrencyCode": "USD"}


def test_pay_that_the_employer_hides_is_not_read():
    assert detailed(**PAY, PayRangeVisible=False).salary is None
    assert detailed(**PAY, PayRangeVisible=False, CompensationAnnualMinimum=185000).salary is None
    assert detailed(**PAY, PayRangeVisible=True).salary == Salary(Decimal("20.00"), Decimal("24.00"), "USD", None)


def test_pay_by_the_year_and_by_the_hour_have_fields_of_their_own():
    assert detailed(CompensationAnnualMinimum=85000).salary == Salary(Decimal(85000), None, None, "year")
    assert detailed(CompensationHourlyMaximum=22.5).salary == Salary(None, Decimal("22.5"), None, "hour")
    assert detailed().salary is None


def test_the_detail_is_the_postings_page_with_its_json_in_a_call():
    http = FakeHttp({f"{SITE}/OpportunityDetail": markup(Description='<p>a {b} "c"</p>')})
    found = parse_detail(LISTED, detail(http, BOARD, LISTED))
    assert http.calls[0][1] == f"{SITE}/OpportunityDetail?opportunityId=7"
    assert found.description_html == '<p>a {b} "c"</p>'


@pytest.mark.parametrize(
    "page", ["<html></html>", "CandidateOpportunityDetail({broken", "CandidateOpportunityDetail([])", markup(Id="8")]
)
def test_a_page_without_that_posting_is_an_unexpected_payload(page):
    with pytest.raises(UnexpectedPayload, match="7"):
        parse_detail(LISTED, page)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.ultipro.com/",
        "https://recruiting.ultipro.com/",
        "https://recruiting.ultipro.com/ACM1000ACME/JobBoard/",
        f"https://login.ultipro.com/ACM1000ACME/JobBoard/{ID}",
        f"https://acme.ukg.net/ACM1000ACME/JobBoard/{ID}",
    ],
)
def test_ukgs_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
