"""What has gone wrong with Homerun's feed for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.homerun import EXTRACTOR, pages, parse, sniff
from worker.posting import Page, WebPage

BOARD = {"board": "acme"}
FEED = "https://feed.homerun.co/acme"


def feed(*entries):
    inner = "".join(f"<entry><id>job_1</id><title>Baker</title>{entry}</entry>" for entry in entries)
    return f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">{inner}</feed>'


LINK = '<link rel="alternate" href="https://acme.homerun.co/baker"/>'


def posting(inner):
    [found] = parse(Page(feed(LINK + inner)), BOARD)
    return found


def page(markup, url="https://careers.contoso.example/"):
    text = f"<html><head>{markup}</head><body></body></html>"
    return WebPage(url, text.encode(), text, "text/html")


def test_one_request_gives_the_board():
    http = FakeHttp({FEED: feed(LINK)})
    [found] = pages(http, BOARD)
    assert [one.external_id for one in parse(found, BOARD)] == ["job_1"]
    assert len(http.calls) == 1


def test_an_empty_board_is_empty_and_an_unknown_one_is_not_found():
    assert [*parse(Page(feed()), BOARD)] == []
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize(
    "answer",
    [
        "<html><body>Careers</body></html>",
        "<feed><entry/></feed>",
        '<?xml version="1.0"?><rss version="2.0"></rss>',
        feed(LINK)[:-20],
        "",
        {},
    ],
)
def test_what_is_no_feed_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="Homerun"):
        [*parse(Page(answer), BOARD)]


def test_a_feed_that_brings_a_dtd_is_refused():
    bomb = '<!DOCTYPE feed [<!ENTITY a "aaaa">]>' + feed(LINK).partition("?>")[2]
    with pytest.raises(UnexpectedPayload, match="DTD"):
        [*parse(Page(bomb), BOARD)]


def test_the_last_edit_is_no_date_of_publication():
    assert posting("<updated>2026-04-13 08:46:19</updated>").posted_at is None


def test_pay_is_a_sentence_and_stays_one():
    found = posting("<salary_indication>€ 4.000</salary_indication>")
    assert (found.salary, found.extras) == (None, {"compensation": "€ 4.000"})


def test_the_description_is_the_whole_one_where_there_is_one():
    whole = "<summary>Bake.</summary><description><![CDATA[<p>Bake and serve.</p>]]></description>"
    assert posting(whole).description_html == "<p>Bake and serve.</p>"
    assert posting("<summary>Bake.</summary>").description_html == "Bake."


def test_the_address_is_the_alternate_link_also_on_the_companys_own_domain():
    links = '<link rel="self" href="https://x.example"/><link href="https://jobs.contoso.example/baker"/>'
    [found] = parse(Page(feed(links)), BOARD)
    assert found.url == "https://jobs.contoso.example/baker"


def test_a_page_that_names_the_feed_in_its_head_tells_the_board():
    link = '<link rel="alternate" type="application/atom+xml" href="https://feed.homerun.co/acme" />'
    assert sniff(page(link)) == BOARD
    assert sniff(page(link.replace('"', "'"))) == BOARD


@pytest.mark.parametrize(
    "markup",
    [
        "",
        '<link rel="alternate" type="application/atom+xml" href="https://feed.contoso.example/acme">',
        '<a href="https://feed.homerun.co/acme">feed</a>',
        '<link rel="preconnect" href="https://feed.homerun.co/">',
    ],
)
def test_a_page_that_names_no_such_feed_tells_none(markup):
    assert sniff(page(markup)) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.homerun.co/",
        "https://app.homerun.co/login",
        "https://feed.homerun.co/",
        "https://cdn.homerun.co/acme/logo.png",
        "https://homerun.co/acme",
    ],
)
def test_homeruns_own_hosts_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
