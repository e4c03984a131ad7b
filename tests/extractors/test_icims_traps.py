"""What has gone wrong with iCIMS for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, BoardRefused, UnexpectedPayload
from worker.extractors import recognise
from worker.extractors.icims import EXTRACTOR, MAX_PAGES, detail, pages, parse, parse_detail, sniff
from worker.paging import MOVED
from worker.posting import Page, Posting, Skipped, WebPage

BOARD = {"host": "careers-acme.icims.com"}
SITE = "https://careers-acme.icims.com"
LISTED = Posting(external_id="7", title="Baker", url=f"{SITE}/jobs/7/baker/job")


def card(number, said=""):
    link = f'<a class="iCIMS_Anchor" href="/jobs/{number}/baker/job?in_iframe=1"><h3>Baker {number}</h3></a>'
    return f'<li class="iCIMS_JobCardItem">{link}{said}</li>'


def listing(*cards, position="", links=""):
    return f'<div class="iCIMS_ListingsPage"><h2>{position}</h2><ul>{"".join(cards)}</ul>{links}</div>'


class Site:
    """A simulated site of `count` postings, 20 a page; beyond the last page it shows the last one again."""

    def __init__(self, count, *, says_position=True):
        self.count, self.says_position = count, says_position
        self.asked = []

    def __call__(self, url, params):
        assert params["in_iframe"] == 1
        self.asked.append(params["pr"])
        last = max(1, -(-self.count // 20))
        number = min(params["pr"], last - 1)
        position = f"Page {number + 1} of {last}" if self.says_position else ""
        links = "".join(f'<a href="/jobs/search?pr={n}&amp;in_iframe=1">{n + 1}</a>' for n in range(last))
        cards = [card(n) for n in range(number * 20, min(number * 20 + 20, self.count))]
        return listing(*cards, position=position, links="" if self.says_position else links)


def read(answer):
    http = FakeHttp({f"{SITE}/jobs/search": answer})
    found = [*pages(http, BOARD)]
    return {posting.external_id for page in found for posting in parse(page, BOARD)}, found[-1].truncated


def test_a_posting_that_moves_to_the_first_page_meanwhile_leaves_the_list_incomplete():
    site = Site(60)

    def bumped(url, params):
        page = site(url, params)
        number = params["pr"]
        if number:  # the last posting is the first one now: all others stand one place later
            cards = [card(n - 1) for n in range(number * 20, number * 20 + 20)]
            page = listing(*cards, position=f"Page {number + 1} of 3", links="")
        return page

    ids, truncated = read(bumped)
    assert len(ids) == 59
    assert truncated == MOVED


def test_one_page_costs_one_request():
    site = Site(20)
    assert len(read(site)[0]) == 20
    assert site.asked == [0]


def test_an_empty_site_is_complete_and_empty():
    assert read(listing(position="", links="<p>Sorry, no jobs were found</p>")) == (set(), None)


@pytest.mark.parametrize("says_position", [True, False])
def test_pages_are_read_in_turn_up_to_the_last_that_is_counted_or_linked(says_position):
    site = Site(45, says_position=says_position)
    ids, truncated = read(site)
    assert (len(ids), truncated, site.asked) == (45, None, [0, 1, 2])


def test_the_page_of_another_session_is_not_taken_for_the_one_asked():
    ids, truncated = read(lambda url, params: listing(card(params["pr"]), position="Page 1 of 3"))
    assert ids == {"0", "1"}
    assert "page 1 came" in truncated


def test_a_page_that_repeats_earlier_ones_ends_the_reading_and_the_board_is_incomplete():
    links = '<a href="?pr=4&in_iframe=1">5</a>'
    ids, truncated = read(listing(card(1), links=links))
    assert ids == {"1"}
    assert "nothing new" in truncated


def test_an_empty_page_before_the_last_makes_the_board_incomplete():
    ids, truncated = read(lambda url, params: listing(*[card(1)] * (not params["pr"]),
                                                      position=f"Page {params['pr'] + 1} of 3"))  # fmt: skip
    assert ids == {"1"}
    assert "page 2 of 3" in truncated


def test_a_site_without_end_is_left_after_a_bounded_number_of_pages():
    site = Site(20 * (MAX_PAGES + 7))
    ids, truncated = read(site)
    assert len(ids) == 20 * MAX_PAGES
    assert str(MAX_PAGES) in truncated


@pytest.mark.parametrize("answer", [
    "", "<p>Access denied</p>", "<html><script>challenge()</script></html>",
    listing().replace("iCIMS_ListingsPage", "iCIMS_JobPage"),
    listing('<div class="NewCard"><a href="/jobs/7/baker/job">Baker</a></div>'),
])  # fmt: skip
def test_a_page_that_is_no_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload):
        read(answer)


def test_an_unknown_site_is_a_redirect_that_is_not_followed():
    http = FakeHttp({f"{SITE}/jobs/search": listing(card(1))})
    [*pages(http, BOARD)]
    assert [redirects for *_, redirects in http.calls] == [False]
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("status", [202, 405])
def test_the_firewalls_puzzle_is_a_refusal(status):
    assert EXTRACTOR.statuses[status] is BoardRefused


def listed(said):
    [found] = parse(Page(listing(card(7, said))), BOARD)
    return found


def test_the_older_list_without_cards_is_read_too():
    row = '<div class="row"><a class="iCIMS_Anchor" href="/jobs/7/baker/job"><span>Baker</span></a></div>'
    [found] = parse(Page(f'<div class="container-fluid iCIMS_JobsTable">{row}</div>'), BOARD)
    assert (found.external_id, found.title) == ("7", "Baker")


def test_how_long_ago_a_posting_came_is_no_part_of_it_and_no_place():
    label = '<span class="sr-only field-label">Job Locations</span>'
    found = listed(f'{label}<span title="9/1/2026 8:00 AM">4 days ago</span>')
    assert (found.locations, found.posted_at, found.extras) == ([], None, {})


def test_a_renamed_posting_keeps_its_id_and_a_link_elsewhere_is_none():
    page = listing(
        card(7).replace("/baker/", "/master-baker/"), card(8).replace('href="', 'href="https://evil.example')
    )
    renamed, foreign = parse(Page(page), BOARD)
    assert renamed.external_id == "7"
    assert isinstance(foreign, Skipped)


def test_what_a_card_does_not_say_stays_unsaid():
    found = listed("")
    assert (found.locations, found.employment_type, found.department, found.requisition_id) == ([], None, None, None)


def page_of(**fields):
    job = {"@type": "JobPosting", "title": "Baker", **fields}
    return f'<script type="application/ld+json">{json.dumps(job)}</script>'


def test_a_detail_is_the_page_within_the_frame():
    http = FakeHttp({LISTED.url: page_of()})
    detail(http, BOARD, LISTED)
    assert http.calls[0][2] == {"in_iframe": 1}


def test_a_posting_that_was_closed_meanwhile_is_not_found():
    with pytest.raises(BoardNotFound):
        detail(FakeHttp({}), BOARD, LISTED)


def test_what_a_posting_page_calls_unavailable_is_unsaid():
    address = {"addressLocality": "Austin", "addressRegion": "UNAVAILABLE", "addressCountry": "UNAVAILABLE"}
    found = parse_detail(LISTED, page_of(jobLocation=[{"address": address}], datePosted="UNAVAILABLE"))
    assert (found.locations, found.country_codes, found.posted_at) == (["Austin"], [], None)


def test_a_posting_page_without_a_job_posting_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload):
        parse_detail(LISTED, "<h1>Baker</h1>")


SCRIPT = r"""<script>icimsFrame.src = 'https:\/\/careers-acme.icims.com\/jobs\/search?in_iframe=1';</script>"""


@pytest.mark.parametrize(("page", "key"), [
    (SCRIPT, BOARD),
    ('<iframe src="https://careers-acme.icims.com/jobs/search?ss=1"></iframe>', BOARD),
    (SCRIPT + SCRIPT.replace("careers-", "students-"), None),
    (SCRIPT.replace("careers-acme", "www"), None),
    (SCRIPT.replace("icims.com", "icims.com.evil.example"), None),
    ("<p>careers-acme.icims.com</p>", None),
])  # fmt: skip
def test_a_site_in_the_frame_of_a_companys_page_is_told_by_its_script(page, key):
    assert sniff(WebPage("https://acme.example/careers", page.encode(), page, "text/html")) == key


@pytest.mark.parametrize("url", [
    "https://www.icims.com", "https://www.icims.com/jobs/search", "https://api.icims.com/customers/1/jobs",
    "https://login.icims.com", "https://icims.com/jobs", "https://careers-acme.icims.com/icims2/servlet",
])  # fmt: skip
def test_the_vendors_own_addresses_name_no_board(url):
    assert recognise(url) == []
