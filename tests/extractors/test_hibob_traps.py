"""What has gone wrong with HiBob for others, one test each."""

from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.hibob import EXTRACTOR, pages, parse, sniff
from worker.posting import Page, Salary, WebPage

HOST = "acme.careers.hibob.com"
BOARD = {"host": HOST}
API = f"https://{HOST}/api/job-ad"


def row(**fields):
    return {"id": "04e764ae", "title": "Baker", **fields}


def posting(**fields):
    [found] = parse(Page({"jobAdDetails": [row(**fields)]}), BOARD)
    return found


def page(url, body="<careers-app-root></careers-app-root>"):
    text = f"<html><body>{body}</body></html>"
    return WebPage(url, text.encode(), text, "text/html")


def test_one_request_that_names_the_site_itself_gives_the_board():
    http = FakeHttp({API: {"jobAdDetails": [row()]}})
    [found] = pages(http, BOARD)
    assert (found.total, found.truncated, len(http.calls)) == (None, None, 1)
    assert http.calls[0][3] == {"Referer": f"https://{HOST}/jobs"}  # without it the host answers 401


def test_an_empty_board_is_empty_and_an_unknown_one_is_not_found():
    assert [*parse(Page({"jobAdDetails": []}), BOARD)] == []
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="jobAdDetails"):
        [*parse(Page({"filterGroups": {}}), BOARD)]


def test_a_country_that_is_also_the_site_is_said_once():
    assert posting(site="Israel", country="Israel").locations == ["Israel"]
    assert posting(site="New York", country="United States").locations == ["New York, United States"]
    assert posting().locations == []


def test_the_description_has_all_its_parts_under_their_headings():
    found = posting(description="<p>a</p>", responsibilities="<p>b</p>", requirements=" ", benefits="<p>d</p>")
    assert found.description_html == "<p>a</p>\n<h3>Responsibilities</h3><p>b</p>\n<h3>Benefits</h3><p>d</p>"


def test_pay_of_zero_is_no_pay():
    assert posting(payTransparencyMinSalary=0, payTransparencyMaxSalary=None).salary is None
    found = posting(
        payTransparencyMinSalary=0, payTransparencyMaxSalary=120000, payTransparencySalaryPayPeriod="Monthly"
    )
    assert found.salary == Salary(None, Decimal(120000), None, "Monthly")


def test_the_date_has_nanoseconds():
    found = posting(publishedAt="2026-04-22T07:20:46.518438210Z")
    assert found.posted_at.isoformat() == "2026-04-22T07:20:46.518438+00:00"


@pytest.mark.parametrize("url", ["https://careers.contoso.example/", "https://careers.contoso.example/jobs/04e764ae"])
def test_the_shell_of_a_site_on_a_companys_own_domain_tells_the_board(url):
    key = sniff(page(url))
    assert key == {"host": "careers.contoso.example"}
    assert EXTRACTOR.board_url(key) == "https://careers.contoso.example/jobs"


def test_a_page_that_is_no_such_shell_tells_none():
    assert sniff(page("https://careers.contoso.example/", "<p>careers-app-root</p>")) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.hibob.com/careers/",
        "https://careers.hibob.com/",
        "https://www.careers.hibob.com/",
        "https://app.hibob.com/",
    ],
)
def test_hibobs_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
