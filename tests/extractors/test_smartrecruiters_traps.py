"""What has gone wrong with SmartRecruiters for others, one test each."""

import pytest
from redis import Redis

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.smartrecruiters import EXTRACTOR, detail, pages, parse, parse_detail
from worker.posting import Page, Posting
from worker.robots import permit_of
from worker.settings import Settings

BOARD = {"board": "Acme"}
URL = "https://api.smartrecruiters.com/v1/companies/Acme/postings"
LISTED = Posting(external_id="7", title="Baker", url="https://jobs.smartrecruiters.com/Acme/7")


def row(number, **fields):
    return {"id": str(number), "name": f"Job {number}", "company": {"identifier": "Acme"}, **fields}


def board_of(count, *, page=100, total=None):
    def answer(url, params):
        start = params["offset"]
        rows = [row(number) for number in range(start, min(start + min(page, params["limit"]), count))]
        return {
            "offset": start,
            "limit": params["limit"],
            "totalFound": count if total is None else total,
            "content": rows,
        }

    return answer


def read(answer):
    http = FakeHttp({URL: answer})
    found = [*pages(http, BOARD)]
    ids = {posting.external_id for page in found for posting in parse(page, BOARD)}
    return ids, found[0].total, [page.truncated for page in found if page.truncated], http.calls


def test_a_small_board_costs_one_request():
    ids, total, truncated, calls = read(board_of(3))
    assert (len(ids), total, truncated) == (3, 3, [])
    assert [params for _, _, params, _, _ in calls] == [{"limit": 100, "offset": 0}]


def test_a_board_of_exactly_one_page_costs_one_request():
    assert len(read(board_of(100))[3]) == 1


def test_the_offset_follows_the_rows_received_when_pages_are_shorter_than_asked():
    ids, total, truncated, calls = read(board_of(75, page=30))
    assert (len(ids), total, truncated) == (75, 75, [])
    assert [params["offset"] for _, _, params, _, _ in calls] == [0, 30, 60]


def test_what_is_documented_for_the_public_is_read_though_the_hosts_robots_txt_speaks_against_crawlers():
    assert EXTRACTOR.about.public_api == "https://developers.smartrecruiters.com/docs/posting-api"
    assert permit_of(EXTRACTOR, Redis(), Settings(DATABASE_URL="postgresql://x", REDIS_URL="redis://x")) is None


def test_an_unknown_company_reads_as_an_empty_board_and_the_extractor_says_so():
    ids, total, truncated, calls = read({"offset": 0, "limit": 100, "totalFound": 0, "content": []})
    assert (ids, total, truncated, len(calls)) == (set(), 0, [], 1)
    assert EXTRACTOR.unknown_reads_empty


def test_a_list_that_repeats_its_first_page_is_truncated():
    ids, total, truncated, calls = read({"totalFound": 10, "content": [row(1), row(2)]})
    assert (len(ids), total, len(truncated), len(calls)) == (2, 10, 1, 2)


def test_a_list_that_ends_before_its_total_is_left_short_of_it():
    ids, total, truncated, _ = read(board_of(3, total=5))
    assert (len(ids), total, truncated) == (3, 5, [])


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="content"):
        read({"totalFound": 0})


def test_the_public_address_is_built_from_the_companys_own_spelling():
    [found] = parse(Page({"content": [row(7, company={"identifier": "AcmeGroup"})]}), {"board": "acmegroup"})
    assert found.url == "https://jobs.smartrecruiters.com/AcmeGroup/7"


@pytest.mark.parametrize(
    ("flags", "workplace"),
    [
        ({"remote": True, "hybrid": False}, "remote"),
        ({"remote": False, "hybrid": True}, "hybrid"),
        ({"remote": False, "hybrid": False}, None),
        ({}, None),
        ({"remote": "false"}, None),
    ],
)
def test_two_false_flags_say_nothing_of_the_workplace(flags, workplace):
    [found] = parse(Page({"content": [row(7, location=flags)]}), BOARD)
    assert found.workplace == workplace


def test_the_detail_is_asked_by_company_and_posting():
    payload = {"jobAd": {"sections": {}}}
    http = FakeHttp({f"{URL}/7": payload})
    assert detail(http, BOARD, LISTED) == payload


def test_a_posting_withdrawn_meanwhile_is_not_found():
    with pytest.raises(BoardNotFound):
        detail(FakeHttp({}), BOARD, LISTED)


def test_the_companys_boilerplate_is_no_part_of_the_description():
    sections = {"companyDescription": {"title": "Us", "text": "<p>us</p>"}, "jobDescription": {"text": "<p>job</p>"}}
    found = parse_detail(LISTED, {"jobAd": {"sections": sections}})
    assert found.description_html == "<p>job</p>"
    assert parse_detail(LISTED, {"jobAd": {"sections": {**sections, "jobDescription": {}}}}).description_html is None


def test_a_detail_without_addresses_keeps_the_one_of_the_list():
    found = parse_detail(LISTED, {"jobAd": {"sections": {}}})
    assert (found.url, found.apply_url) == (LISTED.url, None)


def test_a_detail_without_sections_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="7"):
        parse_detail(LISTED, {"id": "7", "jobAd": {}})


@pytest.mark.parametrize(
    "url",
    [
        "https://www.smartrecruiters.com/recruiting-software/",
        "https://www.smartrecruiters.com/blog/hiring-2026",
        "https://jobs.smartrecruiters.com/",
        "https://jobs.smartrecruiters.com/oneclick-ui/",
        "https://developers.smartrecruiters.com/docs/posting-api",
        "https://api.smartrecruiters.com/v1/companies",
    ],
)
def test_smartrecruiters_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None


def test_ids_are_kept_as_typed():
    assert EXTRACTOR.recognise("https://JOBS.smartrecruiters.com/aCME1/") == {"board": "aCME1"}
