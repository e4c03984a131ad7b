"""What has gone wrong with Google's feed for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import UnexpectedPayload
from worker.extractors.google import EXTRACTOR, pages, parse
from worker.posting import Page, Skipped

BOARD = {"board": "google"}
FEED = "https://www.google.com/about/careers/applications/jobs/feed.xml"


def feed(*jobs):
    return f"<?xml version='1.0' encoding='UTF-8'?><jobs>{''.join(f'<job>{job}</job>' for job in jobs)}</jobs>"


def posting(inner=""):
    [found] = parse(Page(feed(f"<jobid>123</jobid><title>Baker</title>{inner}")), BOARD)
    return found


def test_one_request_gives_every_role_and_the_closed_search_pages_are_not_asked_for():
    http = FakeHttp({FEED: feed("<jobid>1</jobid><title>A</title>")})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated) == (None, None)
    assert [(url, redirects) for _, url, _, _, redirects in http.calls] == [(FEED, False)]


def test_an_empty_feed_is_an_empty_board():
    assert [*parse(Page(feed()), BOARD)] == []


@pytest.mark.parametrize("text", ["<rss><channel/></rss>", "<html><body>Sorry</body></html>", "<jobs><job>", "", "{}"])
def test_another_document_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(text), BOARD)]


def test_a_document_with_a_dtd_is_refused():
    bomb = '<!DOCTYPE jobs [<!ENTITY a "aaaa">]><jobs><job><jobid>1</jobid><title>&a;</title></job></jobs>'
    with pytest.raises(UnexpectedPayload, match="DTD"):
        [*parse(Page(bomb), BOARD)]


def test_the_parts_of_a_place_are_joined_and_not_run_together():
    places = "<location><city>Mountain View</city><state>CA</state><country>USA</country></location>"
    found = posting(f"<locations>{places}<location><country>Brazil</country></location></locations>")
    assert found.locations == ["Mountain View, CA, USA", "Brazil"]
    assert found.country_codes == ["USA", "Brazil"]


@pytest.mark.parametrize(
    ("url", "tail"),
    [
        ("https://careers.google.com/jobs/results/123-head-baker/?utm_source=x", "123-head-baker"),
        ("https://careers.google.com/jobs/results/999-other/", "123"),
        ("https://evil.example/123-baker/../x", "123"),
        ("", "123"),
    ],
)
def test_the_address_is_the_roles_page_on_the_site_that_serves_it(url, tail):
    address = "https://www.google.com/about/careers/applications/jobs/results/" + tail
    assert posting(f"<url>{url}</url>").url == address


def test_a_renamed_role_keeps_its_id():
    assert posting("<url>https://careers.google.com/jobs/results/123-x/</url>").external_id == posting().external_id


def test_roles_of_other_employers_on_the_site_say_whose_they_are():
    assert posting("<employer>YouTube</employer>").extras == {"employer": "YouTube"}


def test_remote_work_is_read_where_it_is_said():
    assert posting("<isRemote>Yes</isRemote>").workplace == "remote"
    assert posting("<isRemote>No</isRemote>").workplace is None


def test_an_unspecified_category_is_none():
    categories = "<category>SALES</category><category>JOB_CATEGORY_UNSPECIFIED</category>"
    assert posting(f"<categories>{categories}</categories>").department == "SALES"
    assert posting("<categories><category>JOB_CATEGORY_UNSPECIFIED</category></categories>").department is None


def test_a_job_without_number_or_title_is_skipped_and_costs_only_itself():
    found = [*parse(Page(feed("<title>A</title>", "<jobid>2</jobid>", "<jobid>3</jobid><title>C</title>")), BOARD)]
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, None), (True, "2"), (False, "3")]


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com",
        "https://www.google.com/about",
        "https://google.com/careers",
        "https://maps.google.com/about/careers",
        "https://careers.google.com.evil.example",
    ],
)
def test_googles_other_pages_are_no_board(url):
    assert EXTRACTOR.recognise(url) is None
