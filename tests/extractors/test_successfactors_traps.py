"""What has gone wrong with the feeds of SuccessFactors sites for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, BoardUnavailable, UnexpectedPayload
from worker.extractors import recognise
from worker.extractors.successfactors import pages, parse, sniff
from worker.posting import Page, Skipped, WebPage

BOARD = {"host": "careers.acme.example"}
SITE = "https://careers.acme.example"
LINK = f"{SITE}/job/Oslo-Baker/7/"


def feed(*items):
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>{inner}</channel></rss>'


def item(title="Baker", **fields):
    said = "".join(
        f"<{name.replace('_', ':', 1)}>{value}</{name.replace('_', ':', 1)}>" for name, value in fields.items()
    )
    return f"<title>{title}</title><link>{LINK}</link>{said}"


def posting(*args, **fields):
    [found] = parse(Page(feed(item(*args, **fields))), BOARD)
    return found


def test_one_request_gives_the_board():
    http = FakeHttp({f"{SITE}/sitemal.xml": feed(item())})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated) == (None, None)
    assert len(http.calls) == 1


def test_a_feed_without_items_is_a_complete_and_empty_board():
    [page] = pages(FakeHttp({f"{SITE}/sitemal.xml": feed()}), BOARD)
    assert [*parse(page, BOARD)] == []


def test_a_site_that_has_only_the_other_feed_is_read_from_there():
    [page] = pages(FakeHttp({f"{SITE}/googlefeed.xml": feed(item())}), BOARD)
    assert [found.external_id for found in parse(page, BOARD)] == ["7"]


def test_a_web_page_in_the_place_of_a_feed_is_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="switched its feed off"):
        [*pages(FakeHttp({f"{SITE}/sitemal.xml": "<html>Page not found</html>"}), BOARD)]


def test_a_site_without_any_feed_is_no_board():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_busy_site_is_not_asked_for_its_other_feed():
    http = FakeHttp({f"{SITE}/sitemal.xml": BoardUnavailable("503"), f"{SITE}/googlefeed.xml": feed()})
    with pytest.raises(BoardUnavailable):
        [*pages(http, BOARD)]


@pytest.mark.parametrize("document", ['<rss version="2.0"></rss>', "<feed/>", feed(item())[:-20], "", None,
                                      "<!DOCTYPE rss [<!ENTITY a 'b'>]>" + feed()])  # fmt: skip
def test_a_document_of_another_shape_is_an_unexpected_payload(document):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(document), BOARD)]


def test_characters_that_xml_forbids_cost_nothing():
    assert posting("Ba\x0bker").title == "Baker"


@pytest.mark.parametrize(("title", "place", "read"), [
    ("Baker (Oslo, NO)", "Oslo, NO", "Baker"),
    ("Baker (Tel Aviv, IL)", "Tel Aviv, Israel, 6944020", "Baker"),
    ("Baker (m/f/d) (Oslo, NO, 0150)", "Oslo, NO", "Baker (m/f/d)"),
    ("Specialist (Research, AI)", "Geneva, CH", "Specialist (Research, AI)"),
    ("Baker (Remote)", "Remote, US", "Baker (Remote)"),
    ("(Oslo, NO)", "Oslo, NO", "(Oslo, NO)"),
])  # fmt: skip
def test_only_the_place_itself_is_taken_off_a_titles_end(title, place, read):
    assert posting(title, g_location=place).title == read


def test_a_day_that_moves_on_by_itself_is_no_part_of_a_posting():
    assert posting(g_expiration_date="2026-12-22").closes_at is None


def test_the_category_of_nobody_is_no_department():
    assert posting(g_job_function="ATS_WEBFORM").department is None


def test_a_description_that_was_escaped_twice_is_read_as_html():
    assert posting(description="&amp;lt;p&amp;gt;Bake &amp;amp;amp; smile&amp;lt;/p&amp;gt;").description_html == (
        "<p>Bake &amp; smile</p>"
    )


def test_what_an_item_does_not_say_stays_unsaid():
    found = posting()
    assert (found.locations, found.posted_at, found.department, found.employment_type) == ([], None, None, None)


def test_an_item_without_link_is_skipped_and_costs_only_itself():
    bad, good = parse(Page(feed("<title>Baker</title><g:id>8</g:id>", item())), BOARD)
    assert isinstance(bad, Skipped)
    assert bad.external_id == "8"
    assert good.external_id == "7"


RMK = '<link rel="stylesheet" href="//rmkcdn.successfactors.com/acme/style.css">'


@pytest.mark.parametrize(("url", "page", "host"), [
    ("https://careers.acme.example/", RMK, "careers.acme.example"),
    ("https://jobs.acme.example/job/x/7/", '<script src="/platform/js/j2w/min/j2w.core.min.js">', "jobs.acme.example"),
    ("https://jobs.acme.example/", '<img src="https://acme.jobs2web.com/x.png">', "jobs.acme.example"),
    ("https://careers.acme.example/search/", RMK + '<script src="/platform/js/searchResultsUnify.js">', None),
    ("https://acme.example/", '<a href="https://career5.successfactors.eu/career?company=acme">Jobs</a>', None),
    ("https://acme.example/", "<p>rmkcdn.successfactors.com</p>", None),
    ("https://acme.example/", RMK.replace("successfactors.com", "successfactors.com.evil.example"), None),
])  # fmt: skip
def test_a_site_on_a_companys_own_domain_is_told_by_its_scripts(url, page, host):
    assert sniff(WebPage(url, page.encode(), page, "text/html")) == ({"host": host} if host else None)


@pytest.mark.parametrize(
    "url", ["https://www.jobs2web.com", "https://jobs2web.com/x", "https://rmkcdn.successfactors.com"]
)
def test_the_vendors_own_addresses_name_no_board(url):
    assert recognise(url) == []
