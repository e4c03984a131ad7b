"""What has gone wrong with Varbi's feed and pages for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.varbi import EXTRACTOR, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Skipped

BOARD = {"board": "acme"}
FEED = "https://acme.varbi.com/what:rssfeed/"
LISTED = Posting(external_id="7", title="Kock", url="https://acme.varbi.com/what:job/jobID:7/")


def feed(*items):
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>x</title>{inner}</channel></rss>'


def item(inner="", number=7, title="Kock"):
    return f"<title>{title}</title><link>https://acme.varbi.com/en/what:job/jobID:{number}/</link>{inner}"


def posting(inner="", **fields):
    [found] = parse(Page(feed(item(inner, **fields))), BOARD)
    return found


def test_one_request_gives_the_board():
    http = FakeHttp({FEED: feed(item())})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, len(http.calls)) == (None, None, 1)


def test_an_unknown_board_is_not_found_and_an_empty_feed_is_an_empty_board():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]
    assert [*parse(Page(feed()), BOARD)] == []


@pytest.mark.parametrize("text", ["<!DOCTYPE html><html></html>", "<rss/>", "<rss><channel>", "", "{}"])
def test_another_document_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(text), BOARD)]


def test_texts_are_read_whether_they_are_escaped_once_or_twice():
    for body in (
        "&lt;p&gt;5 &amp;lt; 6&lt;/p&gt;",
        "<![CDATA[<p>5 &lt; 6</p>]]>",
        "&amp;lt;p&amp;gt;5 &amp;amp;lt; 6&amp;lt;/p&amp;gt;",
    ):
        assert posting(f"<description>{body}</description>").description_html == "<p>5 &lt; 6</p>"
    assert posting(title="A &amp;amp; B").title == "A & B"


@pytest.mark.parametrize("language", ["", "en/", "se/"])
def test_the_id_is_the_number_in_the_address_whatever_its_language(language):
    [found] = parse(
        Page(feed(f"<title>A</title><link>https://acme.varbi.com/{language}what:job/jobID:7/</link>")), BOARD
    )
    assert found.external_id == "7"


def test_an_item_without_number_or_title_is_skipped_and_costs_only_itself():
    found = [*parse(Page(feed("<title>A</title><link>x</link>", item(number=2, title=""), item(number=3))), BOARD)]
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, None), (True, "2"), (False, "3")]


def test_what_is_no_date_is_none():
    assert posting("<pubDate>igår</pubDate>").posted_at is None
    assert (
        posting("<pubDate>Wed, 02 Sep 2026 06:55:00 +0200</pubDate>").posted_at.isoformat()
        == "2026-09-02T04:55:00+00:00"
    )


def info(**rows):
    cells = "".join(
        f'<tr class="quick-info-{name.replace("_", "-")}"><th>x</th><td>{said}</td></tr>' for name, said in rows.items()
    )
    return f'<table class="table quick-info">{cells}</table>'


def test_the_postings_page_says_where_and_how_and_until_when():
    found = parse_detail(
        LISTED, info(town="Umeå", county="Umeå", country="Sverige", hours="Deltid", reference_number="7/26")
    )
    assert (found.locations, found.country_codes) == (["Umeå, Sverige"], ["Sverige"])
    assert (found.employment_type, found.requisition_id) == ("Deltid", "7/26")


@pytest.mark.parametrize(("said", "day"), [("2026-12-24", 24), ("24.12.2026", 24), ("24-12-2026", 24)])
def test_the_last_day_to_apply_is_read_however_it_is_written(said, day):
    assert parse_detail(LISTED, info(ends=said)).closes_at.day == day


@pytest.mark.parametrize("said", ["24.dec.2026", "99.99.2026", "", "snart"])
def test_a_last_day_that_is_none_is_none(said):
    assert parse_detail(LISTED, info(ends=said)).closes_at is None


def test_a_page_without_its_table_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload):
        parse_detail(LISTED, "<html><p class='quick-info-town'>Umeå</p></html>")
    assert detail(FakeHttp({LISTED.url: "x"}), BOARD, LISTED) == "x"


@pytest.mark.parametrize("name", ["www", "api", "support", "login"])
def test_varbis_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.varbi.com/x") is None
