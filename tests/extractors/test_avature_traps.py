"""What has gone wrong with Avature for others, one test each."""

import json
from datetime import UTC, datetime

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, BoardRefused, UnexpectedPayload
from worker.extractors import recognise
from worker.extractors.avature import EXTRACTOR, MAX_PAGES, PASSES, detail, pages, parse, parse_detail, sniff
from worker.posting import Page, Posting, WebPage

BOARD = {"host": "acme.avature.net", "portal": "careers", "locale": "", "list": "SearchJobs"}
SITE = "https://acme.avature.net/careers"
LISTED = Posting(external_id="7", title="Baker", url=f"{SITE}/JobDetail/Baker/7")
TEXT = f"<p>Bread</p><ul><li>{'Flour and water. ' * 10}</li></ul>"


def head(page="SearchJobs", portal="careers"):
    named = {"id": "4", "urlPath": portal, "lang": "en_US", "page": page}
    return "".join(f'<meta name="avature.portal.{name}" content="{said}">' for name, said in named.items())


def card(number, *spans, site=SITE):
    link = f'<h3><a class="link" href="{site}/JobDetail/Baker/{number}"> Baker {number} </a></h3>'
    return f'<article class="article article--result">{link}{"".join(spans)}</article>'


def listing(*cards, count=None, following=None, size=6):
    legend = "" if count is None else f'<div class="list-controls__text__legend" aria-label="{count} results"></div>'
    link = f"{SITE}/SearchJobs/?jobRecordsPerPage={size}&amp;jobOffset={following}"
    pager = f'<li class="paginationNextLink"><a href="{link}">Next</a></li>'
    return f"<html><head>{head()}</head><body>{legend}{''.join(cards)}{pager if following else ''}</body></html>"


class Portal:
    """A simulated portal of `count` postings, six a page; `slip` of the first passes hide one posting between pages."""

    def __init__(self, count, *, counted=True, plus="", endless=False, slip=0):
        self.count, self.counted, self.plus, self.endless, self.slip = count, counted, plus, endless, slip
        self.asked = []
        self.passes = 0

    def __call__(self, url, params):
        start = params.get("jobOffset", 0)
        self.passes += start == 0
        self.asked.append(start)
        numbers = range(start, min(start + 6, self.count))
        if self.passes <= self.slip:
            numbers = [number for number in numbers if number != 6 + self.passes]
        more = self.endless or start + 6 < self.count
        said = f"{self.count:,}{self.plus}" if self.counted else None
        return listing(*map(card, numbers), count=said, following=start + 6 if more else None)


def read(answer):
    http = FakeHttp({f"{SITE}/SearchJobs": answer})
    found = [*pages(http, BOARD)]
    return {row.external_id for page in found for row in parse(page, BOARD)}, found[-1].total, found[-1].truncated


def test_pages_are_read_as_long_as_one_links_the_next():
    portal = Portal(15)
    ids, total, truncated = read(portal)
    assert (len(ids), total, truncated) == (15, 15, None)
    assert portal.asked == [0, 6, 12]


def test_a_page_is_asked_for_with_what_its_link_says_and_nothing_else():
    links = '<a class="paginationNextLink" href="?folderRecordsPerPage=6&amp;folderOffset=6&amp;keyword=x">Next</a>'
    http = FakeHttp({f"{SITE}/SearchJobs": lambda url, params: listing(card(len(params)), *[links] * (not params))})
    assert len([*pages(http, BOARD)]) == 2
    assert http.calls[1][2] == {"folderRecordsPerPage": 6, "folderOffset": 6}


@pytest.mark.parametrize("count", [0, 1, 6])
def test_one_page_costs_one_request(count):
    portal = Portal(count)
    ids, total, truncated = read(portal)
    assert (len(ids), total, truncated, portal.asked) == (count, count, None, [0])


def test_an_empty_portal_may_say_so_in_a_card():
    empty = '<article class="article article--result"><h3>No jobs found</h3></article>'
    assert read(listing(empty, following=6)) == (set(), None, None)


def test_a_next_link_without_end_ends_with_the_first_empty_page():
    portal = Portal(12, counted=False, endless=True)
    ids, total, truncated = read(portal)
    assert (len(ids), total, truncated, portal.asked) == (12, None, None, [0, 6, 12])


def test_a_next_link_that_leads_back_is_not_followed():
    ids, _, truncated = read(lambda url, params: listing(card(params.get("jobOffset", 0)), following=6))
    assert (ids, truncated) == ({"0", "6"}, None)


def test_a_repeated_page_ends_the_reading_and_the_board_is_incomplete():
    ids, _, truncated = read(lambda url, params: listing(card(1), following=params.get("jobOffset", 0) + 6))
    assert ids == {"1"}
    assert "page 2" in truncated


def test_a_portal_without_end_is_left_after_a_bounded_number_of_pages():
    portal = Portal(6 * (MAX_PAGES + 3))
    ids, _, truncated = read(portal)
    assert len(ids) == 6 * MAX_PAGES
    assert str(MAX_PAGES) in truncated


def test_a_list_that_shuffles_between_two_pages_is_read_again_until_all_were_seen():
    portal = Portal(15, slip=1)
    ids, total, truncated = read(portal)
    assert (len(ids), total, truncated) == (15, 15, None)
    assert portal.asked == [0, 6, 12] * 2


def test_a_list_that_never_shows_all_it_counts_is_not_read_for_ever():
    http = FakeHttp({f"{SITE}/SearchJobs": listing(card(1), count=3)})
    assert [page.total for page in pages(http, BOARD)] == [3, 3]
    numbers = iter(range(99))
    http = FakeHttp({f"{SITE}/SearchJobs": lambda url, params: listing(card(next(numbers)), count=99)})
    assert len([*pages(http, BOARD)]) == PASSES


def test_more_than_999_is_no_total_and_a_list_that_ends_before_is_incomplete():
    assert read(Portal(999, plus="+")) == ({str(number) for number in range(999)}, None, None)
    _, total, truncated = read(listing(card(1), count="999+"))
    assert total is None
    assert "999" in truncated


@pytest.mark.parametrize(("said", "total"), [
    ("Displaying 1-10 of 102 results", 102), ("1-6 von 1.204 Ergebnissen", 1204), ("none", None),
])  # fmt: skip
def test_the_count_is_the_last_number_of_the_legends_text(said, total):
    assert read(listing(card(1), f'<div class="pagination__legend">{said}</div>'))[1] == total


@pytest.mark.parametrize("answer", [
    "", "<p>Access denied</p>",
    '<html><head><title> </title></head><body><img src="/jscore/images/http/fatal.png">Oops</body></html>',
    listing(card(1)).replace('content="SearchJobs"', 'content="Login"'),
    listing('<article class="article--result"><a href="/careers/Role/7">Baker</a></article>', count=1),
])  # fmt: skip
def test_a_page_that_is_no_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload):
        read(answer)


def test_an_unknown_portal_is_a_board_that_does_not_exist():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("status", [202, 406])
def test_the_firewalls_answer_is_a_refusal(status):
    assert EXTRACTOR.statuses[status] is BoardRefused


def test_later_pages_are_asked_at_the_address_the_portal_redirects_to():
    there = "https://acme.avature.net/en_US/careers/SearchJobs"

    def first(url, params):
        page = listing(card(1), following=6)
        return WebPage(f"{there}?x=1", page.encode(), page, "text/html")

    http = FakeHttp({f"{SITE}/SearchJobs": first, there: listing(card(2))})
    assert len([*pages(http, BOARD)]) == 2
    assert http.calls[1][1] == there


def listed(*spans, link=""):
    return next(iter(parse(Page(listing(link or card(7, *spans))), BOARD)))


@pytest.mark.parametrize(("href", "url"), [
    ("/careers/JobDetail/New-York-Baker/7?tracking=x#top", f"{SITE}/JobDetail/New-York-Baker/7"),
    ("/en_US/careers/JobDetail/7/", "https://acme.avature.net/en_US/careers/JobDetail/7"),
    ("/careers/JobDetail?source=web&jobId=7&utm=x", f"{SITE}/JobDetail?jobId=7"),
    ("/careers/FolderDetail/A/B/7", f"{SITE}/FolderDetail/A/B/7"),
    ("/careers/PipelineDetail?pipelineId=7", f"{SITE}/PipelineDetail?pipelineId=7"),
])  # fmt: skip
def test_postings_are_linked_in_many_ways_and_named_by_their_number(href, url):
    found = listed(link=f'<article class="article--result"><a href="{href}">Baker</a></article>')
    assert (found.external_id, found.url) == ("7", url)


@pytest.mark.parametrize("href", [
    "https://other.example/careers/JobDetail/Baker/7", "/university/JobDetail/Baker/7", "/careers/JobDetail",
    "/careers/SaveJob?jobId=7", "/careers/JobDetail?jobId=x", "https://[/careers/JobDetail/Baker/7",
])  # fmt: skip
def test_other_links_are_no_postings(href):
    assert not [*parse(Page(listing(f'<article class="article--result"><a href="{href}">A</a></article>')), BOARD)]


def test_what_is_featured_beside_the_cards_is_not_in_the_list():
    featured = f'<a href="{SITE}/JobDetail/Featured/9">Featured</a>'
    assert [row.external_id for row in parse(Page(listing(featured, card(7), card(7))), BOARD)] == ["7"]
    assert [row.external_id for row in parse(Page(listing(featured)), BOARD)] == ["9"]


@pytest.mark.parametrize(("said", "day"), [
    ("Posted 10-Jul-2026", datetime(2026, 7, 10, tzinfo=UTC)),
    ("Posted on: 2026-07-10", datetime(2026, 7, 10, tzinfo=UTC)),
    ("Posted 07/10/2026", None), ("Posted 3 days ago", None), ("10-Jul-2026", None), ("Posted 31-Feb-2026", None),
])  # fmt: skip
def test_a_day_is_read_where_it_is_written_without_doubt(said, day):
    assert listed(f"<span>{said}</span>").posted_at == day


def test_what_a_card_says_without_a_name_is_neither_place_nor_department():
    found = listed("<span>India, Karnataka</span><span>Milling</span><span>Ref: A 7</span>")
    assert (found.locations, found.department, found.requisition_id) == ([], None, "A 7")


def page(*articles, script=""):
    whole = "".join(f'<article class="article article--details">{article}</article>' for article in articles)
    return f"<html><head>{head('JobDetail')}{script}</head><body>{whole}</body></html>"


def field(label, value):
    name = "article__content__view__field"
    return f'<div class="{name}"><div class="{name}__label">{label}</div><div class="{name}__value">{value}</div></div>'


def test_the_detail_asks_for_the_postings_page():
    http = FakeHttp({LISTED.url: page(TEXT)})
    assert "Flour" in parse_detail(LISTED, detail(http, BOARD, LISTED)).description_html


def test_labels_give_the_places_word_by_word():
    found = parse_detail(LISTED, page(field("Locations", "Leeds, UK; York, UK") + field("Date posted", "07/10/2026")))
    assert (found.locations, found.posted_at, found.description_html) == (["Leeds, UK", "York, UK"], None, None)


def test_the_list_is_believed_before_the_page():
    before = Posting(external_id="7", title="Baker", url=LISTED.url, locations=["Leeds"], department="Bread")
    found = parse_detail(before, page(field("Location", "York") + field("Department", "Cakes")))
    assert (found.locations, found.department) == (["Leeds"], "Bread")


def test_a_jobposting_that_says_less_than_the_page_gives_its_fields_and_not_its_text():
    job = {"@type": "JobPosting", "title": "Baker", "description": "Bread", "datePosted": "2026-09-14",
           "jobLocation": {"address": {"addressLocality": ""}}}  # fmt: skip
    script = f'<script type="application/ld+json">{json.dumps(job)}</script>'
    found = parse_detail(LISTED, page(TEXT, script=script))
    assert (found.posted_at, found.locations) == (datetime(2026, 9, 14, tzinfo=UTC), [])
    assert "Flour" in found.description_html
    assert found.description_text is None


@pytest.mark.parametrize("answer", ["", "<p>This job posting has expired</p>", page("<h3>Share</h3>")])
def test_a_page_without_a_posting_is_an_unexpected_payload(answer):
    with pytest.raises(UnexpectedPayload):
        parse_detail(LISTED, answer)


def web(url, text):
    return WebPage(url, text.encode(), text, "text/html")


@pytest.mark.parametrize(("url", "text", "key"), [
    ("https://jobs.acme.example/en_US/careers/SearchJobs", head(), ("careers", "en_US", "SearchJobs")),
    ("https://jobs.acme.example/", head() + '<a href="/careers/OpenRoles">Jobs</a>', ("careers", "", "OpenRoles")),
    ("https://jobs.acme.example/jobs/Home", head(portal="jobs") + '"/jobs/SearchJobsMaps" "/jobs/SearchJobs"',
     ("jobs", "", "SearchJobs")),
    ("https://jobs.acme.example/de_DE/jobs/JobDetail/Baker/7", head("JobDetail", portal="jobs"),
     ("jobs", "de_DE", "SearchJobs")),
])  # fmt: skip
def test_a_portal_on_a_companys_own_host_is_told_by_its_head(url, text, key):
    assert sniff(web(url, text)) == dict(
        zip(("host", "portal", "locale", "list"), ("jobs.acme.example", *key), strict=True)
    )


@pytest.mark.parametrize(("url", "text"), [
    ("https://acme.example/blog", "<p>We moved to avature.portal.urlPath</p>"),
    ("https://acme.example/", head(portal="../x")),
    ("https://acme.example:8443/careers", head()),
    ("https://acme.example/careers/SearchJobs", "<p>Jobs</p>"),
    ("https://acme.example/", ""),
])  # fmt: skip
def test_other_pages_are_no_portals(url, text):
    assert sniff(web(url, text)) is None


@pytest.mark.parametrize("address", [
    "https://www.avature.net/careers", "https://avature.net/careers/SearchJobs", "https://acme.avature.net",
    "https://acme.avature.net/en_US", "https://acme.avature.net/SearchJobs", "https://acme.avature.net/careers/Login",
    "https://acme.avature.net.evil.example/careers/SearchJobs", "https://jobs.acme.example/careers/SearchJobs",
])  # fmt: skip
def test_addresses_that_name_no_board_are_nobodys(address):
    assert recognise(address) == []
