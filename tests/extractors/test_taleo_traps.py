"""What has gone wrong with Taleo Business Edition for others, one test each."""

import json
from datetime import UTC, datetime

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors import recognise
from worker.extractors.taleo import MAX_PAGES, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Skipped, WebPage

BOARD = {"host": "phf.tbe.taleo.net", "partition": "phf02", "org": "ACME", "cws": "41"}
SITE = "https://phf.tbe.taleo.net/phf02/ats/careers/v2"
MOVED = "https://phh.tbe.taleo.net/phh01/ats/careers/v2"
RESULTS = f"{SITE}/searchResults"
LISTED = Posting(external_id="7", title="Baker", url=f"{SITE}/viewRequisition?org=ACME&cws=41&rid=7")


def card(number, *said, site=SITE):
    address = f"{site}/viewRequisition?org=ACME&cws=41&rid={number}"
    values = "".join(f'<div tabindex="0" >{value}</div>' for value in said)
    return (
        f'<div class="oracletaleocwsv2-accordion-head-info"><h4><a class="viewJobLink" href="{address}">'
        f'Baker {number}</a></h4>{values}</div><a class="viewJobLink" href="{address}">View</a>'
    )


def listing(*cards, total=None, following=None):
    count = "" if total is None else f'<span tabindex="0" class="oracletaleocwsv2-panel-number">{total}</span>'
    link = f'<a href="searchResults?next&rowFrom={following}&currentTime=1" class="jscroll-next">next</a>'
    return f'<div class="oracletaleocwsv2-body">{count}{"".join(cards)}{link if following else ""}</div>'


class Site:
    """A simulated careers site of `count` postings, ten a page, that counts them or links the next page."""

    def __init__(self, count, *, counted):
        self.count, self.counted = count, counted
        self.asked = []

    def __call__(self, url, params):
        start = params.get("rowFrom", 0)
        self.asked.append(start)
        end = min(start + 10, self.count)
        cards = [card(number) for number in range(start, end)]
        if self.counted:
            return listing(*cards, total=f"{self.count:,}")
        return listing(*cards, following=end if end < self.count else None)


def read(answer):
    http = FakeHttp({RESULTS: answer})
    found = [*pages(http, BOARD)]
    ids = {row.external_id for page in found for row in parse(page, BOARD)}
    return ids, found[-1].total, found[-1].truncated


@pytest.mark.parametrize(("counted", "total"), [(True, 25), (False, None)])
def test_pages_are_read_up_to_the_count_or_as_long_as_one_links_the_next(counted, total):
    site = Site(25, counted=counted)
    ids, advertised, truncated = read(site)
    assert (len(ids), advertised, truncated) == (25, total, None)
    assert site.asked == [0, 10, 20]


@pytest.mark.parametrize("counted", [True, False])
@pytest.mark.parametrize("count", [0, 1, 10])
def test_one_page_costs_one_request(count, counted):
    site = Site(count, counted=counted)
    ids, _, truncated = read(site)
    assert (len(ids), truncated, site.asked) == (count, None, [0])


def test_a_count_of_more_than_a_thousand_is_read():
    assert read(Site(1204, counted=True))[:2] == ({str(number) for number in range(1204)}, 1204)


def test_two_counts_that_differ_are_no_count():
    assert read(listing(card(1), total="3</span><span class='oracletaleocwsv2-panel-number'>4"))[1] is None


def test_a_posting_is_linked_twice_and_read_once():
    found = [*parse(Page(listing(card(1), card(2), card(1))), BOARD)]
    assert [row.title for row in found] == ["Baker 1", "Baker 2"]


def test_links_are_read_where_there_are_no_heads():
    link = f'<a href="{LISTED.url}">Baker</a><a href="{LISTED.url}">View</a>'
    [found] = parse(Page(listing(f"<table><tr><td>{link}</td></tr></table>")), BOARD)
    assert (found.external_id, found.title, found.url) == ("7", "Baker", LISTED.url)


def test_a_repeated_page_ends_the_reading_and_the_board_is_incomplete():
    ids, _, truncated = read(lambda url, params: listing(card(1), following=params.get("rowFrom", 0) + 10))
    assert ids == {"1"}
    assert "page 2" in truncated


def test_an_empty_page_that_was_promised_makes_the_board_incomplete():
    _, total, truncated = read(lambda url, params: listing(*([] if params else [card(1)]), total=12))
    assert total == 12
    assert "nothing new" in truncated


def test_a_board_without_end_is_left_after_a_bounded_number_of_pages():
    ids, _, truncated = read(Site(10 * (MAX_PAGES + 7), counted=False))
    assert len(ids) == 10 * MAX_PAGES
    assert str(MAX_PAGES) in truncated


@pytest.mark.parametrize("answer", ["\n", "<html>Sign in</html>", f"<a href='{LISTED.url}'>Baker</a>"])
def test_a_page_that_is_no_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload):
        read(answer)


def test_a_later_page_outside_the_session_is_no_end_of_the_board():
    with pytest.raises(UnexpectedPayload):
        read(lambda url, params: "\n" if params else listing(card(1), following=10))


def test_a_board_that_moved_to_another_cluster_is_read_there():
    def first(url, params):
        page = listing(card(1, site=MOVED), following=10)
        return WebPage(f"{MOVED}/searchResults?org=ACME&cws=3", page.encode(), page, "text/html")

    http = FakeHttp({RESULTS: first, f"{MOVED}/searchResults": listing(card(2, site=MOVED))})
    found = [row for page in pages(http, BOARD) for row in parse(page, BOARD)]
    assert [row.url for row in found] == [f"{MOVED}/viewRequisition?org=ACME&cws=41&rid={number}" for number in (1, 2)]
    assert http.calls[1][1] == f"{MOVED}/searchResults?org=ACME&cws=3"


def test_an_organisation_that_is_gone_is_redirected_to_its_tombstone():
    page = WebPage("https://phf.tbe.taleo.net/dispatcher/servlet/INACTIVEcareers/v2/searchResults?org=ACME", b"", "",
                   "text/html")  # fmt: skip
    with pytest.raises(BoardNotFound):
        read(page)
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_card_without_a_posting_is_skipped_and_only_that():
    stray = '<div class="oracletaleocwsv2-accordion-head-info"><a href="https://acme.example">Join us</a></div>'
    found = [*parse(Page(listing(stray, card(1))), BOARD)]
    assert [type(row) for row in found] == [Skipped, Posting]
    assert "id" in found[0].reason


def test_links_to_other_hosts_are_no_postings():
    elsewhere = card(1, site="https://phf.tbe.taleo.net.evil.example/phf02/ats/careers/v2")
    [found] = parse(Page(listing(elsewhere)), BOARD)
    assert isinstance(found, Skipped)


def test_the_session_in_an_address_is_not_part_of_the_posting():
    link = '<a href="/phf02/ats/careers/v2/viewRequisition;jsessionid=AB12?cws=41&amp;rid=7&amp;org=ACME">Baker</a>'
    [found] = parse(Page(listing(link)), BOARD)
    assert found.url == LISTED.url


def test_what_a_list_says_without_labels_is_neither_place_nor_department():
    [found] = parse(Page(listing(card(1, "627 - IT", "Issaquah &#40;Seattle&#41;, WA"))), BOARD)
    assert (found.locations, found.department, found.employment_type) == ([], None, None)
    assert found.extras == {"listed": ["627 - IT", "Issaquah (Seattle), WA"]}


def job(posted):
    said = {"@type": "JobPosting", "title": "Baker", "description": "<p>Bread</p>", "datePosted": posted}
    return f'<script type="application/ld+json">{json.dumps(said)}</script>'


def test_the_detail_asks_for_the_postings_page():
    http = FakeHttp({f"{SITE}/viewRequisition": job("2026-07-02")})
    assert parse_detail(LISTED, detail(http, BOARD, LISTED)).description_html == "<p>Bread</p>"
    assert http.calls[0][1] == LISTED.url


@pytest.mark.parametrize(("said", "read_as"), [
    ("Thu Jul 02 00:00:00 GMT 2026", datetime(2026, 7, 2, tzinfo=UTC)),
    ("2026-06-24 00:00:00.0", datetime(2026, 6, 24, tzinfo=UTC)),
    ("Thu Jul 99 00:00:00 GMT 2026", None), ("07/02/2026", None), ("soon", None),
])  # fmt: skip
def test_dates_are_read_as_java_writes_them_and_others_are_none(said, read_as):
    assert parse_detail(LISTED, job(said)).posted_at == read_as


def test_a_page_without_a_jobposting_is_read_by_its_labels():
    page = (
        '<div class="well oracletaleocwsv2-job-description"><strong>Baker</strong>'
        "<span class='small'>Location:</span> <strong>Leeds</strong><span>Pay</span></div>"
        '<div class="cws-V2-reqfieldcell-right">Location Type</div>'
        '<div class="cws-V2-reqfieldcell-left"><strong>Onsite</strong></div>'
        '<div name="cwsJobDescription"><p>Bread</p></div><div class="oracletaleocwsv2-job-description">Apply now</div>'
    )
    found = parse_detail(LISTED, page)
    assert (found.locations, found.workplace, found.department) == (["Leeds"], "Onsite", None)
    assert found.description_html == '<div name="cwsJobDescription"><p>Bread</p></div>'


@pytest.mark.parametrize("page", ["", "<span class='text-danger'>This job is no longer available.</span>"])
def test_a_page_without_a_posting_is_an_unexpected_payload(page):
    with pytest.raises(UnexpectedPayload):
        parse_detail(LISTED, page)


@pytest.mark.parametrize("address", [
    "https://phf.tbe.taleo.net/phf02/ats/careers/v2/searchResults?org=ACME",
    "https://phf.tbe.taleo.net/phf02/ats/careers/v2/searchResults?cws=41",
    "https://phf.tbe.taleo.net/phg02/ats/careers/v2/searchResults?org=ACME&cws=41",
    "https://acme.taleo.net/careersection/ex/jobsearch.ftl?lang=en",
    "https://staticphf.tbe.taleo.net/phf02/ats/careers/v2/js/x.js?org=ACME&cws=41",
    "https://phf.tbe.taleo.net/dispatcher/servlet/DispatcherServlet?org=ACME&cws=41",
    "https://phf.tbe.taleo.net/phf02/ats/careers/v2/searchResults#?org=ACME&cws=41",
])  # fmt: skip
def test_addresses_that_name_no_board_are_nobodys(address):
    assert recognise(address) == []
