"""What has gone wrong with Polymer for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.polymer import EXTRACTOR, company, detail, pages, parse, parse_detail
from worker.posting import Page, Posting

BOARD = {"board": "acme"}
API = "https://api.polymer.co/v1/hire/organizations/acme/jobs"
LISTED = Posting(external_id="7", title="Baker", url="https://jobs.polymer.co/acme/7", department="Food")


def row(number, **fields):
    return {"id": number, "title": f"Job {number}", **fields}


def board_of(count, *, swapped=False):
    """Polymer as it answers: past the end an empty page that claims not to be the last."""
    number_of_pages = -(-count // 50)

    def answer(url, params):
        end = params["page"] * 50
        rows = [row(number) for number in range(count)][end - 50 : end]
        meta = {"count": count, "total": number_of_pages, "is_last": params["page"] == number_of_pages}
        return {"items": rows, "meta": {**meta, "count": number_of_pages, "total": count} if swapped else meta}

    return answer


def read(answer):
    http = FakeHttp({API: answer})
    found = [*pages(http, BOARD)]
    ids = [posting.external_id for page in found for posting in parse(page, BOARD)]
    return ids, found[0].total, [page.truncated for page in found if page.truncated], http.calls


def posting(**fields):
    [found] = parse(Page({"items": [row(7, **fields)]}), BOARD)
    return found


def test_pages_are_read_until_the_last():
    ids, total, truncated, calls = read(board_of(120))
    assert (len(set(ids)), total, truncated, len(calls)) == (120, 120, [], 3)


def test_the_total_is_the_larger_number_as_readers_disagree_which_it_is():
    assert read(board_of(120, swapped=True))[:2] == read(board_of(120))[:2]


def test_a_total_of_this_page_alone_ends_nothing():
    def answer(url, params):
        rows = [row(params["page"] * 100 + number) for number in range(50)]
        return {"items": rows, "meta": {"count": 50, "total": 2, "is_last": params["page"] == 2}}

    ids, _, truncated, calls = read(answer)
    assert (len(ids), truncated, len(calls)) == (100, [], 2)


def test_a_list_that_does_not_say_which_page_is_the_last_ends_at_an_empty_one():
    def answer(url, params):
        return {"items": [row(params["page"])] if params["page"] < 3 else []}

    ids, total, truncated, calls = read(answer)
    assert (ids, total, truncated, len(calls)) == (["1", "2"], None, [], 3)


def test_an_empty_board_is_empty_though_it_claims_that_more_follows():
    assert read({"items": [], "meta": {"count": 0, "total": 0, "is_last": False, "next_page": 2}})[:3] == ([], 0, [])


def test_an_unknown_organization_cannot_be_processed():
    assert EXTRACTOR.statuses == {422: BoardNotFound}
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_list_that_repeats_its_first_page_is_truncated():
    ids, _, truncated, calls = read({"items": [row(1)], "meta": {"is_last": False}})
    assert (set(ids), len(truncated), len(calls)) == ({"1"}, 1, 2)


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="items"):
        read({"meta": {"count": 0}})


def test_pay_is_a_sentence_and_stays_one():
    found = posting(salary_pretty="13.50 USD an hour")
    assert (found.salary, found.extras) == (None, {"compensation": "13.50 USD an hour"})


def test_the_day_of_creation_is_no_date_of_publication():
    assert posting(created_at="2026-09-10T14:31:31.364Z").posted_at is None


def test_where_remote_work_is_from_counts_only_without_a_country():
    assert posting(country="US", remote_restriction_country_list=["CA"]).country_codes == ["US"]
    assert posting(remote_restriction_country_list=["CA", None]).country_codes == ["CA"]


def test_the_detail_adds_text_and_department():
    http = FakeHttp({f"{API}/7": {"title": "Baker", "description": "<p>a</p>", "department": "Bakery"}})
    found = parse_detail(LISTED, detail(http, BOARD, LISTED))
    assert (found.description_html, found.department) == ("<p>a</p>", "Bakery")
    plain = parse_detail(LISTED, {"title": "Baker", "description": "a\n\nb", "department": None})
    assert (plain.description_html, plain.description_text, plain.department) == (None, "a\n\nb", "Food")


def test_a_detail_without_a_title_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="7"):
        parse_detail(LISTED, {"error": "gone"})


def test_the_list_names_the_organization():
    assert company(Page({"items": [], "meta": {"organization_name": "Acme Labs"}})) == "Acme Labs"
    assert company(Page({"items": []})) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.polymer.co/",
        "https://jobs.polymer.co/",
        "https://jobs.polymer.co/api/v1/public/organizations/acme/jobs",
        "https://developer.polymer.co/",
        "https://api.polymer.co/v1/hire/organizations",
    ],
)
def test_polymers_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
