"""What has gone wrong with softgarden's feed for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.softgarden import EXTRACTOR, pages, parse, sniff
from worker.posting import Page, Skipped, WebPage

BOARD = {"board": "acme"}
FEED = "https://acme.career.softgarden.de/jobs.feed.json"


def item(**fields):
    job = {"@type": "JobPosting", "title": "Baker", "url": "https://acme.career.softgarden.de/jobs/123456/Baker/",
           "identifier": {"value": 123456}, **fields}  # fmt: skip
    return {"item": {name: value for name, value in job.items() if value is not None}}


def feed(*rows, **fields):
    return {"@type": "DataFeed", "numberOfItems": len(rows), "dataFeedElement": [*rows], **fields}


def read(*rows):
    return [*parse(Page(feed(*rows)), BOARD)]


def test_one_request_gives_the_board_and_its_advertised_number():
    http = FakeHttp({FEED: feed(item())})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, len(http.calls)) == (1, None, 1)


@pytest.mark.parametrize("number", [None, "1", True])
def test_a_number_that_is_none_advertises_nothing(number):
    [page] = pages(FakeHttp({FEED: feed(item(), numberOfItems=number)}), BOARD)
    assert page.total is None


def test_a_board_on_its_own_domain_is_asked_there():
    http = FakeHttp({"https://karriere.acme.example/jobs.feed.json": feed(item())})
    [page] = pages(http, {"board": "karriere.acme.example"})
    assert len([*parse(page, BOARD)]) == 1
    assert EXTRACTOR.board_url({"board": "karriere.acme.example"}) == "https://karriere.acme.example/"


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("answer", [[], {"numberOfItems": 0}, {"dataFeedElement": None}, "x"])
def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="dataFeedElement"):
        [*parse(Page(answer), BOARD)]
    assert read() == []


def test_a_dash_stands_for_nothing():
    place = {"address": {"addressLocality": "-", "addressRegion": "-", "addressCountry": "Österreich"}}
    [found] = read(item(jobLocation=place))
    assert found.locations == ["Österreich"]


def test_the_last_edit_is_no_posting_date():
    [found] = read({**item(), "dateModified": "2026-10-30T08:12:00.000+01:00"})
    assert found.posted_at is None


def test_pay_of_zero_is_no_pay():
    value = {"minValue": 0, "maxValue": 0, "unitText": "YEAR"}
    assert read(item(baseSalary={"currency": "EUR", "value": value}))[0].salary is None


def test_the_id_is_the_number_also_where_only_the_address_has_it():
    [found] = read(item(identifier=None))
    assert found.external_id == "123456"


def test_a_row_without_title_is_skipped_by_the_id_it_has_when_it_can_be_read():
    good, bad = read(item(), item(title="", identifier={"value": 654321}))
    assert (good.external_id, bad.external_id, isinstance(bad, Skipped)) == ("123456", "654321", True)


def page(url, text):
    return WebPage(url, text.encode(), text, "text/html")


OWN = """<script src="https://static.softgarden.de/app.js"></script><a href="{}">Baker</a>"""


@pytest.mark.parametrize("link", ["/jobs/123456/Baker/", "https://jobs.acme.example/job/123456?l=de"])
def test_a_site_with_softgardens_files_and_postings_of_its_own_is_a_board(link):
    assert sniff(page("https://jobs.acme.example/de", OWN.format(link))) == {"board": "jobs.acme.example"}


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://acme.example/jobs", OWN.format("https://acme.career.softgarden.de/jobs/123456/Baker/")),
        ("https://acme.example/jobs", OWN.format("/about")),
        ("https://acme.example/jobs", """<a href="/jobs/123456/Baker/">we like softgarden.de/ very much</a>"""),
        ("https://acme.career.softgarden.de/", OWN.format("/jobs/123456/Baker/")),
    ],
)
def test_a_page_that_only_resembles_one_is_none(url, text):
    assert sniff(page(url, text)) is None


@pytest.mark.parametrize("url", ["https://www.career.softgarden.de", "https://softgarden.de", "https://acme.softgarden.io",
                                 "https://acme.career.softgarden.de.evil.example/jobs"])  # fmt: skip
def test_other_hosts_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
