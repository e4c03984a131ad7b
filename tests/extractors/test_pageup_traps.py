"""What has gone wrong with PageUp's feed for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.pageup import EXTRACTOR, pages, parse, sniff
from worker.posting import Page, Skipped, WebPage

BOARD = {"account": "873", "channel": "cw", "locale": "en-us"}
FEED = "https://careers.pageuppeople.com/873/cw/en-us/rss"


def feed(*items):
    return ('<rss version="2.0" xmlns:job="http://pageuppeople.com/" xmlns:a10="http://www.w3.org/2005/Atom"><channel>'
            f"<title>x</title>{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>")  # fmt: skip


def item(inner="", number=1):
    link = f"https://careers.pageuppeople.com/873/cw/en-us/job/{number}/baker"
    return f"<link>{link}</link><title>Baker</title><job:refNo>{number}</job:refNo>{inner}"


def posting(inner=""):
    [found] = parse(Page(feed(item(inner))), BOARD)
    return found


def test_one_request_gives_the_board():
    http = FakeHttp({FEED: feed(item())})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, len(http.calls)) == (None, None, 1)


def test_an_unknown_board_is_not_found_and_an_empty_feed_is_an_empty_board():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]
    assert [*parse(Page(feed()), BOARD)] == []


@pytest.mark.parametrize("text", ["<!DOCTYPE html><html><body>x</body></html>", "<rss/>", "<rss><channel>", "", "{}"])
def test_another_document_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(text), BOARD)]


def test_the_whole_text_is_the_vendors_own_field_and_not_the_teaser():
    found = posting(
        "<description>We bake.</description><job:description>&lt;p&gt;We bake daily.&lt;/p&gt;</job:description>"
    )
    assert found.description_html == "<p>We bake daily.</p>"
    assert posting("<description>We bake.</description>").description_html is None


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("Wed, 02 Sep 2026 04:55:00 Z", "2026-09-02T04:55:00+00:00"),
        ("Wed, 02 Sep 2026 04:55:00 +1000", "2026-09-01T18:55:00+00:00"),
        ("2026-09-02T04:55:00Z", "2026-09-02T04:55:00+00:00"),
    ],
)
def test_a_date_is_read_however_its_zone_is_written(said, date):
    assert posting(f"<pubDate>{said}</pubDate>").posted_at.isoformat() == date


@pytest.mark.parametrize("said", ["", "sometime", "Wed, 99 Foo 2026"])
def test_what_is_no_date_is_none(said):
    assert posting(f"<pubDate>{said}</pubDate>").posted_at is None


def test_an_edit_is_no_posting_date():
    assert posting("<a10:updated>2026-10-30T01:02:03Z</a10:updated>").posted_at is None


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("VIC|Melbourne,WA|Perth", ["Melbourne, VIC", "Perth, WA"]),
        ("VIC|Melbourne,VIC|Melbourne", ["Melbourne, VIC"]),
        ("Marion, IN", ["Marion, IN"]),
        ("Remote", ["Remote"]),
        ("", []),
    ],
)
def test_regions_and_towns_are_told_apart_by_a_bar_only(said, places):
    assert posting(f"<job:location>{said}</job:location>").locations == places


def test_a_category_that_comes_twice_is_one():
    assert posting("<job:category>A</job:category><job:category>A</job:category>").department == "A"


def test_an_item_without_number_or_title_is_skipped_and_costs_only_itself():
    items = ["<title>A</title><link>x</link>", "<job:refNo>2</job:refNo><link>x</link><title/>", item(number=3)]
    found = [*parse(Page(feed(*items)), BOARD)]
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, None), (True, "2"), (False, "3")]


def page(text):
    return WebPage("https://hr.acme.example/careers", text.encode(), text, "text/html")


def test_the_widget_on_a_companys_own_page_names_the_board():
    call = "PU.Widgets.jobListing('#jobs', {a: 1}, 'https://careers.pageuppeople.com/793/', 'CW', 'en', 10);"
    assert sniff(page(f"<script>{call}</script>")) == {"account": "793", "channel": "cw", "locale": "en"}


@pytest.mark.parametrize(
    "text", ["PU.Widgets.jobListing('#jobs')", "'https://careers.pageuppeople.com/793/', 'cw', 'en'", ""]
)
def test_a_page_without_a_whole_widget_is_none(text):
    assert sniff(page(text)) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://careers.pageuppeople.com/873/uat/en/listing",
        "https://careers.pageuppeople.com/873",
        "https://careers.pageuppeople.com/873/cw/listing",
        "https://www.pageuppeople.com/873/cw/en/listing",
        "https://careers.pageuppeople.com.evil.example/873/cw/en",
    ],
)
def test_test_channels_and_other_hosts_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
