"""What has gone wrong with Cornerstone OnDemand for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.cornerstone import EXTRACTOR, pages, parse
from worker.posting import Page

BOARD = {"tenant": "acme", "site": "4"}
HOME = "https://acme.csod.com/ux/ats/careersite/4/home"
LIST = "https://eu-fra.api.csod.com/rec-job-search/external/jobs"


def shell(cloud="https://eu-fra.api.csod.com/", token="a.b.c"):
    context = json.dumps({"corp": "acme", "endpoints": {"cloud": cloud}, "token": token, "note": "};"})
    return f"<html><script>csod.context={context};</script><div id='cs-root'></div></html>"


def row(number, **fields):
    return {"requisitionId": number, "displayJobTitle": f"Job {number}", **fields}


def answer_of(rows, total):
    return {"status": "Success", "data": {"totalCount": total, "requisitions": rows}}


def board_of(count, *, page=100, total=None):
    def answer(url, body):
        size = min(page, body["pageSize"])
        rows = [row(number) for number in range(count)][(body["pageNumber"] - 1) * size :][:size]
        return answer_of(rows, count if total is None else total)

    return answer


def read(answer, page=None):
    http = FakeHttp({HOME: page or shell(), LIST: answer})
    found = [*pages(http, BOARD)]
    ids = [posting.external_id for page in found for posting in parse(page, BOARD)]
    return ids, found[0].total, [page.truncated for page in found if page.truncated], http.calls


def posting(**fields):
    [found] = parse(Page(answer_of([row(7, **fields)], 1)), BOARD)
    return found


def test_the_page_gives_the_token_and_the_address_that_the_list_wants():
    ids, total, truncated, calls = read(board_of(2))
    assert (ids, total, truncated) == (["0", "1"], 2, [])
    assert [(method, url) for method, url, *_ in calls] == [("GET", f"{HOME}?c=acme"), ("POST", LIST)]
    assert calls[1][3] == {"Authorization": "Bearer a.b.c"}


def test_the_site_is_a_filter_and_told_in_both_names():
    _, _, _, calls = read(board_of(1))
    assert (calls[1][2]["careerSiteId"], calls[1][2]["careerSitePageId"]) == (4, 4)


def test_a_site_that_does_not_exist_redirects_and_redirects_are_not_followed():
    _, _, _, calls = read(board_of(1))
    redirects_followed = calls[0][4]
    assert redirects_followed is False


def test_the_token_goes_nowhere_but_to_cornerstone():
    with pytest.raises(UnexpectedPayload, match=r"csod\.context"):
        read(board_of(1), shell(cloud="https://api.csod.com.evil.example/"))


@pytest.mark.parametrize("page", ["<html></html>", "<script>csod.context={broken</script>", shell(token="")])
def test_a_page_without_a_token_is_an_unexpected_payload(page):
    with pytest.raises(UnexpectedPayload, match=r"csod\.context"):
        read(board_of(1), page)


def test_a_tenant_that_does_not_exist_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_an_empty_site_is_empty():
    assert read(board_of(0))[:3] == ([], 0, [])


def test_pages_are_numbered_from_one_up_to_the_total():
    ids, total, truncated, calls = read(board_of(250))
    assert (len(set(ids)), total, truncated) == (250, 250, [])
    assert [body["pageNumber"] for method, _, body, _, _ in calls if method == "POST"] == [1, 2, 3]


def test_a_list_that_repeats_its_first_page_is_truncated():
    ids, _, truncated, calls = read(answer_of([row(1), row(2)], 10))
    assert (set(ids), len(truncated), len(calls)) == ({"1", "2"}, 1, 3)


def test_a_list_that_ends_before_its_total_is_left_short_of_it():
    ids, total, truncated, _ = read(board_of(3, total=5))
    assert (len(ids), total, truncated) == (3, 5, [])


@pytest.mark.parametrize("answer", [{"status": "Success"}, {"data": {"totalCount": 0}}, {"data": []}])
def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="requisitions"):
        read(answer)


def test_dates_are_asked_for_and_read_the_american_way():
    found = posting(postingEffectiveDate="6/5/2026", postingExpirationDate="12/31/2026")
    assert found.posted_at.isoformat() == "2026-06-05T00:00:00+00:00"
    assert found.closes_at.isoformat() == "2026-12-31T00:00:00+00:00"
    assert read(board_of(1))[3][1][2]["cultureName"] == "en-US"


@pytest.mark.parametrize("day", ["-", "", None, "15/6/2026", "15.06.2026", 7])
def test_what_is_no_american_date_is_none(day):
    assert posting(postingEffectiveDate=day).posted_at is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.csod.com/",
        "https://login.csod.com/ux/ats/careersite/1/home",
        "https://acme.csod.com/",
        "https://acme.csod.com/LMS/catalog/Welcome.aspx",
        "https://eu-fra.api.csod.com/rec-job-search/external/jobs",
        "https://www.cornerstoneondemand.com/careers/",
    ],
)
def test_cornerstones_own_pages_and_its_learning_sites_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
