"""What has gone wrong with TalentBrew's sites for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.talentbrew import EXTRACTOR, MAX_PAGES, detail, pages, parse, parse_detail, sniff
from worker.posting import Page, Posting, Skipped, WebPage

BOARD = {"host": "jobs.acme.example"}
SEARCH = "https://jobs.acme.example/search-jobs"
LISTED = Posting(external_id="9518283", title="Baker", url="https://jobs.acme.example/job/x/baker/27595/9518283")


def card(number, inner="<h2>Baker</h2>"):
    return f'<li><a href="/job/x/baker/27595/{number}" data-job-id="{number}">{inner}</a></li>'


def search(cards, total, number_of_pages):
    counters = f'data-total-job-results="{total}" data-total-pages="{number_of_pages}"'
    return f'<section id="search-results" {counters}><div id="search-results-list"><ul>{cards}</ul></div></section>'


class Site:
    """So many postings, two a page."""

    def __init__(self, number, *, turns=True):
        self.numbers, self.turns = [9_518_283 + n for n in range(number)], turns

    def __call__(self, url, _query):
        page = int(url.partition("?p=")[2] or 1) if self.turns else 1
        cards = "".join(map(card, self.numbers[2 * page - 2 : 2 * page]))
        return search(cards, len(self.numbers), -(-len(self.numbers) // 2))


def read(answer):
    http = FakeHttp({SEARCH: answer})
    found = [*pages(http, BOARD)]
    assert not [page for page in found[:-1] if page.truncated]
    ids = {posting.external_id for page in found for posting in parse(page, BOARD)}
    return ids, found[0].total, found[-1].truncated, [url for _, url, _, _, _ in http.calls]


def test_the_search_is_read_page_by_page_and_the_closed_results_are_never_asked_for():
    ids, total, truncated, asked = read(Site(5))
    assert (len(ids), total, truncated) == (5, 5, None)
    assert asked == [SEARCH, f"{SEARCH}?p=2", f"{SEARCH}?p=3"]


def test_pages_are_turned_where_the_first_was_found_in_the_end():
    text = search(card(9518283), 2, 2)
    answers = {SEARCH: WebPage("https://jobs.acme.example/en/search-jobs?x=1", text.encode(), text, "text/html"),
               "https://jobs.acme.example/en/search-jobs": search(card(9518284), 2, 2)}  # fmt: skip
    http = FakeHttp(answers)
    assert len([*pages(http, BOARD)]) == 2
    assert http.calls[1][1] == "https://jobs.acme.example/en/search-jobs?p=2"


def test_an_empty_board_is_empty():
    assert read(Site(0)) == (set(), 0, None, [SEARCH])


def test_a_site_that_repeats_a_page_ends_and_is_truncated():
    ids, total, truncated, asked = read(Site(6, turns=False))
    assert (len(ids), total, bool(truncated), len(asked)) == (2, 6, True, 2)


def test_a_site_without_end_is_left_after_a_bounded_number_of_pages():
    _, _, truncated, asked = read(
        lambda url, _query: search(card(9_000_000 + int(url.partition("?p=")[2] or 1)), 10**6, 10**6)
    )
    assert (bool(truncated), len(asked)) == (True, MAX_PAGES)


def test_an_unknown_host_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("text", ["", "<html>challenge</html>", '<section id="search-results"></section>'])
def test_a_page_that_counts_no_results_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload):
        read(text)


def postings(cards):
    return [*parse(Page(search(cards, 1, 1)), BOARD)]


@pytest.mark.parametrize(
    "inner",
    [
        "<h2>Baker</h2><span class='job-location'>Hamburg</span>",
        "<span class='search-results-list__job-title'>Baker</span><b class='job-list__location'>Location: Hamburg</b>",
        "<h3> Baker </h3><div class='job-location'><strong>Location: </strong>Hamburg</div>",
    ],
)
def test_cards_of_several_templates_are_read(inner):
    [found] = postings(card(9518283, inner))
    assert (found.title, found.locations) == ("Baker", ["Hamburg"])


@pytest.mark.parametrize(
    "path", ["/emploi/lyon/baker/27595/9518283", "/en/job/x/baker/27595/9518283/", "/採用/x/baker/1/9518283"]
)
def test_a_postings_address_is_known_by_its_shape_as_its_words_are_translated(path):
    [found] = postings(f'<li><a href="{path}" data-job-id="9518283">Baker</a></li>')
    assert (found.external_id, found.url) == ("9518283", "https://jobs.acme.example" + path)


def test_facets_and_saved_buttons_are_no_postings():
    assert postings('<a href="/employment/hamburg-jobs/27595/68354/2911297/4">Hamburg</a>'
                    '<button data-job-id="9518283">Save</button>') == []  # fmt: skip


def test_a_card_of_another_site_or_without_a_title_is_skipped():
    found = postings(
        '<a href="https://evil.example/job/x/baker/1/9518283" data-job-id="1"><h2>A</h2></a>' + card(9518284, "")
    )
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, "9518283"), (True, "9518284")]


def job_page(**fields):
    job = json.dumps({"@type": "JobPosting", "title": "Baker", "description": "<p>x</p>", **fields})
    return f'<html><script type="application/ld+json">{job}</script><body></body></html>'


@pytest.mark.parametrize(
    ("said", "date"), [("2026-9-3", "2026-09-03"), ("2026-09-13", "2026-09-13"), ("2026-9-3T00:00", "2026-09-03")]
)
def test_a_date_without_leading_zeros_is_a_date(said, date):
    assert parse_detail(LISTED, job_page(datePosted=said)).posted_at.date().isoformat() == date


@pytest.mark.parametrize("said", [None, "", "2026-13-40", "3 days ago"])
def test_what_is_no_date_is_none(said):
    assert parse_detail(LISTED, job_page(datePosted=said)).posted_at is None


def test_the_page_names_all_the_places_of_a_posting_that_the_card_sums_up():
    places = [{"address": {"addressLocality": town}} for town in ("Rome", "Oslo")]
    listed = Posting(external_id="1", title="A", url="https://a.example", locations=["Multiple Locations"])
    assert parse_detail(listed, job_page(jobLocation=places)).locations == ["Rome", "Oslo"]
    assert parse_detail(listed, job_page()).locations == ["Multiple Locations"]


def test_a_page_without_a_job_posting_is_read_from_its_box():
    found = parse_detail(
        LISTED, '<meta name="gtm_tbcn_jobcategory" content="A &amp; B"><div class="x ats-description">Bake</div>'
    )
    assert (found.description_html, found.department) == ('<div class="x ats-description">Bake</div>', "A & B")


def test_a_page_with_neither_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload):
        parse_detail(LISTED, "<html><body>gone</body></html>")


def test_the_detail_is_asked_at_the_postings_page():
    assert detail(FakeHttp({LISTED.url: "x"}), BOARD, LISTED) == "x"


def page(url, text):
    return WebPage(url, text.encode(), text, "text/html")


@pytest.mark.parametrize(
    "mark",
    [
        """<link href="https://tbcdn.talentbrew.com/company/1/site.css">""",
        """<script src="//services1.tmpwebeng.com/magicbullet/x.js">""",
        """<meta name="gtm_tbcn_jobtitle" content="Baker">""",
    ],
)
def test_a_site_is_told_by_the_vendors_files_or_metadata(mark):
    assert sniff(page("https://jobs.acme.example/job/x/baker/1/9518283", mark)) == BOARD


def test_a_page_that_only_names_the_vendor_is_none():
    assert sniff(page("https://acme.example", "<p>Radancy's TalentBrew, search-results</p>")) is None
    assert sniff(page("https://www.talentbrew.com/", "https://tbcdn.talentbrew.com/x")) is None


def test_no_address_names_a_board_by_itself():
    assert EXTRACTOR.recognise("https://jobs.acme.example/search-jobs") is None
