"""What has gone wrong with Recruiterflow's pages for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.recruiterflow import EXTRACTOR, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Skipped

BOARD = {"board": "acme"}
SITE = "https://recruiterflow.com/acme/jobs"
LISTED = Posting(external_id="7", title="Baker", url=f"{SITE}/7")


def row(number=7, **fields):
    return {"job_id": number, "job_name": "Baker", **fields}


def careers(department, location=()):
    listed = json.dumps({"department": department, "location": [*location]})
    return f"<script>window.jobsList = {listed};\nvar x = {{}};</script>"


def read(department, location=()):
    return [*parse(Page(careers(department, location)), BOARD)]


def test_one_request_gives_the_list():
    http = FakeHttp({SITE: careers([])})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, len(http.calls)) == (None, None, 1)
    assert [*parse(page, BOARD)] == []


def test_a_customer_that_takes_no_applications_and_an_unknown_one_have_no_board():
    closed = "<h1>Oops! No jobs found.</h1><p>We are currently not accepting any applications</p>"
    for answers in ({}, {SITE: closed}):
        with pytest.raises(BoardNotFound):
            [*pages(FakeHttp(answers), BOARD)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>challenge</html>",
        "window.jobsList = {broken",
        "window.jobsList = {}",
        'window.jobsList = {"department": []}',
    ],
)
def test_a_page_without_the_list_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload, match="jobsList"):
        [*parse(Page(text), BOARD)]


def test_a_posting_has_all_the_places_it_is_filed_under_and_its_department_from_the_other_view():
    [found] = read(
        [["Kitchen", [row(details="Leeds")]]], [["Leeds, UK", [row()]], ["York, UK", [row()]], ["", [row()]]]
    )
    assert (found.department, found.locations) == ("Kitchen", ["Leeds, UK", "York, UK"])


def test_without_a_place_the_row_speaks_for_itself():
    [found] = read([["", [row(details="Leeds")]]])
    assert (found.department, found.locations) == (None, ["Leeds"])


def test_when_a_posting_was_opened_last_is_no_posting_date():
    assert read([["", [row(last_opened="2026-10-02T00:00:00+00:00")]]])[0].posted_at is None


def test_a_bad_row_or_group_is_skipped_and_costs_only_itself():
    found = read([["A", [row(1, job_name=None), {"job_name": "B"}, row(3)]], "oops", ["C"], ["D", None]])
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, "1"), (True, None), (False, "3")]


def test_the_text_stands_in_the_postings_page():
    page = 'var convertedToJSON = {"job_id": 7, "about_position": "<p>Bake; daily</p>"};'
    assert detail(FakeHttp({f"{SITE}/7": page}), BOARD, LISTED) == page
    assert parse_detail(LISTED, page).description_html == "<p>Bake; daily</p>"


@pytest.mark.parametrize(
    "text", ["<html></html>", "var convertedToJSON = {broken", 'var convertedToJSON = {"job_id": 7};']
)
def test_a_page_without_its_record_is_an_unexpected_payload(text):
    with pytest.raises(UnexpectedPayload):
        parse_detail(LISTED, text)


@pytest.mark.parametrize("url", ["https://recruiterflow.com", "https://recruiterflow.com/pricing", "https://help.recruiterflow.com/acme/jobs",
                                 "https://recruiterflow.com.evil.example/acme/jobs"])  # fmt: skip
def test_the_vendors_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
