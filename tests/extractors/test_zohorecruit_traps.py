"""What has gone wrong with Zoho Recruit's pages for others, one test each."""

import json
from html import escape

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, BoardUnavailable, UnexpectedPayload
from worker.extractors.zohorecruit import EXTRACTOR, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Skipped

BOARD = {"board": "acme", "tld": "com", "portal": "Careers"}
SITE = "https://acme.zohorecruit.com/jobs/Careers"
LISTED = Posting(external_id="7", title="Baker", url=f"{SITE}/7", locations=["India"])


def careers(rows, attributes='value="{}" id="jobs"'):
    return f"<html><input type='hidden' {attributes.format(escape(json.dumps(rows)))}><input id='meta' value=''></html>"


def read(*rows):
    return [*parse(Page(careers([*rows])), BOARD)]


def test_one_request_gives_the_list_at_the_portal_and_data_centre_of_the_board():
    http = FakeHttp({"https://acme.zohorecruit.com.au/jobs/Interns": careers([])})
    [page] = pages(http, {"board": "acme", "tld": "com.au", "portal": "Interns"})
    assert (page.total, page.truncated, len(http.calls)) == (None, None, 1)


@pytest.mark.parametrize("attributes", ['value="{}" id="jobs"', 'id="jobs" name="jobs" value="{}"'])
def test_the_order_of_attributes_does_not_matter(attributes):
    [found] = parse(Page(careers([{"id": "7", "Posting_Title": 'The "Baker"'}], attributes)), BOARD)
    assert found.title == 'The "Baker"'


@pytest.mark.parametrize(
    ("number", "truncated"), [(49, False), (50, True), (51, False), (749, False), (750, True), (751, True)]
)
def test_a_page_that_is_as_full_as_pages_get_is_truncated(number, truncated):
    rows = [{"id": str(n), "Posting_Title": "A"} for n in range(number)]
    [page] = pages(FakeHttp({SITE: careers(rows)}), BOARD)
    assert bool(page.truncated) == truncated


def test_a_board_without_openings_has_the_pages_other_inputs():
    assert [*parse(Page('<input id="pageJson" value="{}">'), BOARD)] == []


@pytest.mark.parametrize(
    "text",
    ["", "<html><body>challenge</body></html>", '<input id="jobs" value="{}">', '<input id="jobs" value="[broken">'],
)
def test_a_page_without_the_list_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(text), BOARD)]


def test_a_visitor_in_too_great_a_hurry_comes_again_later():
    with pytest.raises(BoardUnavailable):
        [*pages(FakeHttp({SITE: "<html>This page is currently unavailable.".replace("This", "this")}), BOARD)]


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_what_is_not_published_is_no_posting():
    hidden = {"id": "1", "Posting_Title": "A", "Publish": False}, {"id": "2", "Posting_Title": "B", "Is_Locked": True}
    assert [one.external_id for one in read(*hidden, {"id": "3", "Posting_Title": "C"})] == ["3"]


def test_a_town_that_is_its_own_state_is_said_once_and_a_dash_is_nothing():
    [found] = read({"id": "1", "Posting_Title": "A", "City": "Riyadh", "State": "Riyadh", "Country": "Saudi Arabia"})
    assert found.locations == ["Riyadh, Saudi Arabia"]
    [found] = read({"id": "1", "Posting_Title": "A", "City": "-", "State": ".", "Country": None})
    assert found.locations == []


def test_columns_that_the_employer_left_out_say_nothing():
    [found] = read({"id": "1", "Job_Opening_Name": "A"})
    assert (found.title, found.workplace, found.posted_at, found.description_html) == ("A", None, None, None)


def test_a_row_without_number_or_title_is_skipped_and_costs_only_itself():
    found = read({"Posting_Title": "A"}, {"id": "2", "Posting_Title": None}, {"id": "3", "Posting_Title": "C"})
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, None), (True, "2"), (False, "3")]


def record_page(**record):
    script = json.dumps([record]).replace("\\", "\\\\").replace('"', "\\x22").replace("'", "\\'")
    return f"<html><script>var jobs = JSON.parse('{script}');var other = JSON.parse('[]');</script></html>"


def test_the_record_is_read_through_both_layers_of_escapes():
    found = parse_detail(LISTED, record_page(Job_Description='<p>It\'s "good" \u2013 \\ &amp; ü</p>\n<p>x</p>'))
    assert found.description_html == '<p>It\'s "good" \u2013 \\ &amp; ü</p>\n<p>x</p>'


def test_the_record_says_more_than_the_row_and_takes_nothing_from_it():
    found = parse_detail(LISTED, record_page(City="Pune", Country="India", Salary="5-10 Lakhs"))
    assert (found.locations, found.extras, found.salary) == (["Pune, India"], {"salary": "5-10 Lakhs"}, None)
    assert parse_detail(LISTED, record_page(City="", Date_Opened="2026-09-14")).locations == ["India"]


@pytest.mark.parametrize("text", ["<html>This job posting is no longer available.</html>", "jobs = JSON.parse('[]')",
                                  "jobs = JSON.parse('{oops')"])  # fmt: skip
def test_a_page_without_its_record_is_an_unexpected_payload(text):
    with pytest.raises(UnexpectedPayload):
        parse_detail(LISTED, text)


def test_the_heavy_page_of_a_posting_is_asked_for_only_where_its_row_lacks_text_or_date():
    assert detail(FakeHttp({f"{SITE}/7": "x"}), BOARD, LISTED) == "x"
    full = {"id": "7", "Posting_Title": "A", "Job_Description": "<p>x</p>", "Date_Opened": "2026-09-14"}
    http = FakeHttp({f"{SITE}/7": "x"})
    assert [detail(http, BOARD, *read(full)), http.calls] == [None, []]
    assert detail(http, BOARD, *read({**full, "Job_Description": ""})) == "x"


@pytest.mark.parametrize("url", ["https://www.zohorecruit.com/jobs/Careers", "https://recruit.zohorecruit.com", "https://zohorecruit.com",
                                 "https://acme.zohorecruit.evil.example/jobs/Careers"])  # fmt: skip
def test_zohos_own_hosts_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
