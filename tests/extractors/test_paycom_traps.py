"""What has gone wrong with Paycom for others, one test each."""

import json
from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.paycom import EXTRACTOR, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Salary

KEY = "03A0C40668106F27C234F910C58A5718"
BOARD = {"board": KEY}
PORTAL = f"https://www.paycomonline.net/v4/ats/web.php/portal/{KEY}/career-page"
SERVICE = "https://portal-applicant-tracking.us-cent.paycomonline.net"
LIST = f"{SERVICE}/api/ats/job-posting-previews/search"
LISTED = Posting(external_id="7", title="Baker", url="https://www.paycomonline.net/x")


def shell(service=f"{SERVICE}/", token="a.b.c"):
    library = json.dumps({"atsPortalMantleServiceUrl": service, "locale": "en-US"})
    config = json.dumps({"sessionJWT": token, "libConfig": library, "note": "};"})
    return f"<html><script>var configsFromHost = {config};\nvar Mountable = 1;</script></html>"


def row(number, **fields):
    return {"jobId": number, "jobTitle": f"Job {number}", **fields}


def board_of(count, *, page=100, total=None):
    def answer(url, body):
        rows = [row(number) for number in range(count)][body["skip"] :][: min(page, body["take"])]
        return {"jobPostingPreviews": rows, "jobPostingPreviewsCount": count if total is None else total}

    return answer


def read(answer, page=None):
    http = FakeHttp({PORTAL: page or shell(), LIST: answer})
    found = [*pages(http, BOARD)]
    ids = [posting.external_id for page in found for posting in parse(page, BOARD)]
    return ids, found[0].total, [page.truncated for page in found if page.truncated], http.calls


def posting(**fields):
    [found] = parse(Page({"jobPostingPreviews": [row(7, **fields)]}), BOARD)
    return found


def test_the_page_gives_the_token_and_the_address_that_the_list_wants():
    ids, total, truncated, calls = read(board_of(2))
    assert (ids, total, truncated) == (["0", "1"], 2, [])
    assert [(method, url) for method, url, *_ in calls] == [("GET", PORTAL), ("POST", LIST)]
    assert calls[1][3]["Authorization"] == "a.b.c"
    assert calls[1][3]["Portal-Host-Referrer"] == PORTAL
    assert "keywordSearchText" in calls[1][2]["filtersForQuery"]  # filters anywhere else find nothing


def test_a_service_beside_the_token_is_found_too():
    config = {"sessionJWT": "a.b.c", "atsPortalMantleServiceUrl": SERVICE}
    page = f'<script>window.__BOOT__={{"configsFromHost": {json.dumps(config)}}}</script>'
    assert read(board_of(1), page)[0] == ["0"]


def test_the_token_goes_nowhere_but_to_paycom():
    with pytest.raises(UnexpectedPayload, match="configsFromHost"):
        read(board_of(1), shell(service="https://paycomonline.net.evil.example/"))


def test_a_portal_that_does_not_exist_says_so_with_a_200():
    with pytest.raises(BoardNotFound, match="does not exist"):
        read(board_of(1), "<html><body>Job board does not exist or is unavailable.</body></html>")


@pytest.mark.parametrize("page", ["<html></html>", "<script>var configsFromHost = {broken</script>", shell(token="")])
def test_a_page_without_a_token_is_an_unexpected_payload(page):
    with pytest.raises(UnexpectedPayload, match="configsFromHost"):
        read(board_of(1), page)


def test_an_empty_board_is_empty():
    assert read(board_of(0))[:3] == ([], 0, [])


def test_the_rows_received_are_skipped_when_pages_are_shorter_than_asked():
    ids, _, truncated, calls = read(board_of(75, page=30))
    assert (len(set(ids)), truncated) == (75, [])
    assert [body["skip"] for method, _, body, _, _ in calls if method == "POST"] == [0, 30, 60]


def test_a_list_that_repeats_its_first_page_is_truncated():
    ids, _, truncated, calls = read({"jobPostingPreviews": [row(1), row(2)], "jobPostingPreviewsCount": 10})
    assert (set(ids), len(truncated), len(calls)) == ({"1", "2"}, 1, 3)


def test_a_list_that_ends_before_its_total_is_left_short_of_it():
    ids, total, truncated, _ = read(board_of(3, total=5))
    assert (len(ids), total, truncated) == (3, 5, [])


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="jobPostingPreviews"):
        read({"jobPostingPreviewsCount": 0})


def test_a_relative_age_is_no_date_and_the_lists_excerpt_no_description():
    found = posting(postedOn="3 days ago", description="Bake …")
    assert (found.posted_at, found.description_html) == (None, None)


def test_the_detail_takes_a_token_of_its_own():
    http = FakeHttp({PORTAL: shell(), f"{SERVICE}/api/ats/job-postings/7": {"jobPosting": {"description": "<p>a</p>"}}})
    assert parse_detail(LISTED, detail(http, BOARD, LISTED)).description_html == "<p>a</p>"
    assert http.calls[1][3]["Authorization"] == "a.b.c"


def test_pay_and_date_are_those_of_the_job_posting_inside():
    inside = {
        "@type": "JobPosting",
        "datePosted": "2026-06-18",
        "baseSalary": {"currency": "USD", "value": {"minValue": 20, "maxValue": 24.5, "unitText": "HOUR"}},
    }
    found = parse_detail(LISTED, {"jobPosting": {"googleJobJson": json.dumps(inside)}})
    assert found.salary == Salary(Decimal(20), Decimal("24.5"), "USD", "HOUR")
    assert found.posted_at.isoformat() == "2026-06-18T00:00:00+00:00"


def test_the_lists_date_stands_where_it_says_one():
    listed = posting(postedOn="2026-06-20")
    found = parse_detail(listed, {"jobPosting": {"googleJobJson": '{"datePosted": "2026-06-18"}'}})
    assert found.posted_at == listed.posted_at


def test_a_broken_job_posting_inside_costs_only_itself():
    found = parse_detail(LISTED, {"jobPosting": {"googleJobJson": "{broken", "jobCategory": "Transport"}})
    assert (found.department, found.salary) == ("Transport", None)


def test_a_detail_without_its_posting_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="7"):
        parse_detail(LISTED, {"error": "gone"})


@pytest.mark.parametrize(
    "url",
    [
        "https://www.paycom.com/careers/",
        "https://www.paycomonline.net/v4/cl/cl-login.php",
        "https://www.paycomonline.net/v4/ats/web.php/portal/acme/career-page",
        "https://www.paycomonline.net/v4/ats/web.php/jobs?job=1",
    ],
)
def test_paycoms_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
