"""What has gone wrong with Paylocity's careers pages for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.paylocity import EXTRACTOR, company, detail, pages, parse, parse_detail, sniff
from worker.posting import Page, Posting, Salary, Skipped, WebPage

KEY = "629e09d9-d8bf-4616-94a7-b744e4a77616"
BOARD = {"board": KEY}
ALL = f"https://recruiting.paylocity.com/recruiting/jobs/All/{KEY}"
DETAILS = "https://recruiting.paylocity.com/recruiting/jobs/Details/1"
DALLAS = {"Name": "HQ", "City": "Dallas", "State": "TX", "Country": "USA"}


def row(number=1, title="Baker", **fields):
    return {"JobId": number, "JobTitle": title, **fields}


def board(*rows, **fields):
    data = {"ModuleTitle": "Acme LLC", "Jobs": rows, **fields}
    return f"<html><script>\n window.pageData = {json.dumps(data)};\n window.x = {{}};</script></html>"


def posting(**fields):
    [found] = parse(Page(board(row(**fields))), BOARD)
    return found


def with_job(page="", **fields):
    job = {"@type": "JobPosting", "title": "Baker", **fields}
    return f'<script type="application/ld+json">{json.dumps(job)}</script>{page}'


def test_one_request_gives_the_whole_board():
    http = FakeHttp({ALL: board(row(1), row(2))})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, len(http.calls)) == (None, None, 1)
    assert [one.external_id for one in parse(page, BOARD)] == ["1", "2"]


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_board_without_postings_is_empty():
    assert [*parse(Page(board()), BOARD)] == []


@pytest.mark.parametrize(
    "changed",
    [
        "<html><h1>Sorry</h1></html>",
        "<script>window.pageData = {}</script>",
        '<script>window.pageData = {"Jobs": null};</script>',
        '<script>window.pageData = {"Jobs": [</script>',
        "<script>window.pageData = " + '{"x":' * 50_000,
        "",
        {},
        None,
    ],
    ids=range(8),
)
def test_a_page_without_its_data_is_an_unexpected_payload_and_no_empty_board(changed):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(changed), BOARD)]


def test_the_data_ends_where_its_braces_do_whatever_its_texts_hold():
    found = [*parse(Page(board(row(1, 'a } "b" };'), row(2))), BOARD)]
    assert [one.title for one in found] == ['a } "b" };', "Baker"]


def test_a_row_that_cannot_be_read_costs_only_itself():
    found = [*parse(Page(board(row(1), row(2, None), {"JobTitle": "Chef"}, "x", row(3))), BOARD)]
    assert [one.external_id for one in found if isinstance(one, Posting)] == ["1", "3"]
    skipped = [(one.external_id, one.title) for one in found if isinstance(one, Skipped)]
    assert skipped == [("2", None), (None, "Chef"), (None, None)]


def test_what_the_list_does_not_say_stays_unknown():
    assert posting() == Posting(external_id="1", title="Baker", url=DETAILS)


def test_the_lists_text_is_a_teaser_and_not_read():
    found = posting(Description="As a baker you ...")
    assert (found.description_html, found.description_text) == (None, None)


@pytest.mark.parametrize(
    ("remote", "kind", "expected"),
    [(False, 2, None), (False, 1, None), (True, 2, "remote"), (True, 1, "hybrid"), (True, None, "remote")],
)
def test_the_kind_of_remote_work_means_something_for_remote_postings_only(remote, kind, expected):
    assert posting(IsRemote=remote, IndeedRemoteType=kind).workplace == expected


def test_a_place_may_be_called_by_the_way_of_working():
    found = posting(LocationName="Hybrid", JobLocation=DALLAS)
    assert (found.workplace, found.locations) == ("Hybrid", ["Dallas, TX, USA"])


@pytest.mark.parametrize(
    ("place", "called", "expected"),
    [
        (DALLAS, "Main site", ["Dallas, TX, USA"]),
        ({**DALLAS, "City": None}, "Greater Texas", ["Greater Texas"]),
        ({**DALLAS, "City": None}, None, ["TX, USA"]),
        (None, "Main site", ["Main site"]),
        (None, None, []),
    ],
)
def test_a_place_without_a_city_is_what_it_is_called(place, called, expected):
    assert posting(JobLocation=place, LocationName=called).locations == expected


def test_a_place_that_is_not_to_be_shown_is_not():
    found = posting(JobLocation=DALLAS, LocationName="Main site", ShouldDisplayLocation=False)
    assert (found.locations, found.country_codes) == ([], [])


def test_the_lists_date_is_read_and_not_the_pages_which_is_hours_off():
    found = posting(PublishedDate="2026-06-11T16:42:33-05:00")
    assert found.posted_at.isoformat() == "2026-06-11T21:42:33+00:00"
    assert parse_detail(found, with_job(datePosted="2026-06-11T21:42:38-05:00")).posted_at == found.posted_at
    assert parse_detail(posting(), with_job(datePosted="2026-06-11T21:42:38-05:00")).posted_at is None


def test_the_kind_of_employment_stands_on_the_page_alone():
    page = '<div class="job-listing-header">Job Type</div><div>Full-time</div><div class="job-listing-header">D</div>'
    assert parse_detail(posting(), with_job(page)).employment_type == "Full-time"
    assert parse_detail(posting(), with_job()).employment_type is None


def test_where_to_apply_stands_on_the_page_alone():
    form = "https://recruiting.paylocity.com/recruiting/jobs/Apply/4248451"
    assert parse_detail(posting(), with_job('<a href="/Recruiting/jobs/Apply/4248451">Apply</a>')).apply_url == form
    assert parse_detail(posting(), with_job('<a href="//evil.example/recruiting/jobs/Apply/1">A</a>')).apply_url is None


def test_the_pages_label_is_no_part_of_the_text():
    text = "<p>You bake.</p><p>Description</p>"
    assert parse_detail(posting(), with_job(description=f"<p>Description</p>{text}")).description_html == text


def test_pay_is_that_of_the_pages_jobposting():
    value = {"@type": "QuantitativeValue", "minValue": 22, "maxValue": 40, "unitText": "HOUR"}
    found = parse_detail(posting(), with_job(baseSalary={"currency": "USD", "value": value}))
    assert found.salary == Salary(22, 40, "USD", "HOUR")


def test_a_page_without_a_jobposting_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="no JobPosting"):
        parse_detail(posting(), "<h1>This job is no longer available</h1>")


def test_the_postings_page_is_asked_for_by_its_number():
    assert detail(FakeHttp({DETAILS: "<html>"}), BOARD, posting()) == "<html>"


def test_the_companys_name_is_without_its_accounts_number():
    assert company(Page(board(ModuleTitle="Acme LLC [175255]"))) == "Acme LLC"
    assert company(Page(board(ModuleTitle=None))) is None


def web_page(text, url="https://recruiting.paylocity.com/Recruiting/Jobs/Details/1/Acme/Baker"):
    return WebPage(url, text.encode(), text, "text/html")


def test_a_postings_page_leads_back_to_its_board():
    assert sniff(web_page(f'<a href="{ALL}/Acme">A</a><a href="/Recruiting/Jobs/All/{KEY.upper()}">B</a>')) == BOARD


@pytest.mark.parametrize(
    "page",
    [
        web_page(f'<a href="{ALL}">A</a>', "https://acme.example/recruiting/jobs/Details/1"),
        web_page('<a href="/Recruiting/Jobs/All/1">A</a>'),
        web_page(f'<a href="{ALL}">A</a><a href="{ALL.replace("629e", "729e")}">B</a>'),
    ],
)
def test_other_pages_lead_to_no_board(page):
    assert sniff(page) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://recruiting.paylocity.com/Recruiting/Jobs/Details/4248451",
        "https://recruiting.paylocity.com/Recruiting/Jobs/Apply/4248451",
        f"https://www.paylocity.com/recruiting/jobs/All/{KEY}",
    ],
)
def test_addresses_that_name_no_board_are_none(url):
    assert EXTRACTOR.recognise(url) is None
