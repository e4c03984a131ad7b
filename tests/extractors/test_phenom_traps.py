"""What has gone wrong with Phenom for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.phenom import EXTRACTOR, MAX_PAGES, pages, parse, parse_detail, sniff
from worker.posting import Page, Posting, Skipped, WebPage

BOARD = {"host": "careers.acme.example", "country": "global", "lang": "en"}
SITE = "https://careers.acme.example"
SETTINGS = {"country": "us", "locale": "en_us", "refNum": "ACME1", "pageId": "page20", "siteType": "external",
            "baseUrl": f"{SITE}/us/en/"}  # fmt: skip


def search_page(jobs=None, total=0, settings=SETTINGS, more=""):
    ddo = {"eagerLoadRefineSearch": {"totalHits": total, "data": {"jobs": jobs}}} if jobs is not None else {}
    return f"<script>var phApp = phApp || {json.dumps(settings)}; phApp.ddo = {json.dumps(ddo)}; {more}</script>"


def row(number):
    return {"jobSeqNo": f"ACME{number}", "jobId": str(number), "title": f"Job {number}"}


class Site:
    """A simulated site: what is asked for, at most 500 rows at a time."""

    def __init__(self, count, *, total=None, wraps=False):
        self.count, self.total, self.wraps = count, count if total is None else total, wraps
        self.bodies = []

    def __call__(self, url, body):
        assert (body["ddoKey"], body["jobs"]) == ("refineSearch", True), "else there are no rows"
        self.bodies.append(body)
        start = 0 if self.wraps else body["from"]
        rows = [row(n) for n in range(start, min(start + min(body["size"], 500), self.count))]
        return {"refineSearch": {"status": 200, "totalHits": self.total, "data": {"jobs": rows}}}


def read(page, site=None, board=BOARD):
    http = FakeHttp({f"{SITE}/global/en/search-results": page, f"{SITE}/widgets": site})
    found = [*pages(http, board)]
    ids = {posting.external_id for one in found for posting in parse(one, board)}
    return ids, found[0].total, found[-1].truncated, http.calls


def test_a_board_that_the_search_page_shows_whole_costs_one_request():
    ids, total, truncated, calls = read(search_page([row(1), row(2)], 2))
    assert (ids, total, truncated, len(calls)) == ({"ACME1", "ACME2"}, 2, None, 1)


def test_an_empty_board_is_complete_and_empty():
    assert read(search_page([], 0))[:3] == (set(), 0, None)


def test_a_larger_board_is_asked_for_in_pages_up_to_its_total():
    site = Site(250)
    ids, total, truncated, _ = read(search_page([row(n) for n in range(10)], 250), site)
    assert (len(ids), total, truncated) == (250, 250, None)
    assert [(body["from"], body["size"]) for body in site.bodies] == [(0, 100), (100, 100), (200, 100)]


def test_lists_are_asked_with_the_settings_of_the_page_and_for_all_postings():
    site = Site(20)
    read(search_page([row(1)], 20), site)
    [body] = site.bodies
    assert (body["country"], body["lang"], body["refNum"], body["pageId"]) == ("us", "en_us", "ACME1", "page20")
    assert (body["keywords"], body["selected_fields"]) == ("", {})


def test_a_page_that_says_little_leaves_country_and_language_to_the_address():
    site = Site(3)
    read(search_page(settings={"refNum": 7}), site)
    assert (site.bodies[0]["country"], site.bodies[0]["lang"]) == ("global", "en_global")


def test_the_token_of_the_session_goes_with_the_list():
    calls = read(search_page(more='phApp.sessionParams = {"csrfToken":"abc123"};'), Site(3))[3]
    assert calls[1][3] == {"X-CSRF-Token": "abc123"}
    assert read(search_page(), Site(3))[3][1][3] == {}


def test_a_list_that_ends_before_its_total_says_the_total():
    ids, total, truncated, _ = read(search_page(), Site(120, total=300))
    assert (len(ids), total, truncated) == (120, 300, None)


def test_a_page_that_repeats_earlier_ones_ends_the_reading():
    ids, _, truncated, _ = read(search_page(), Site(900, wraps=True))
    assert len(ids) == 100
    assert "repeats" in truncated


def test_a_board_without_end_is_left_after_a_bounded_number_of_pages():
    ids, _, truncated, _ = read(search_page(), Site(100 * MAX_PAGES + 1))
    assert len(ids) == 100 * MAX_PAGES
    assert str(MAX_PAGES) in truncated


@pytest.mark.parametrize("page", ["", "<html>Access denied</html>", "<script>var phApp = phApp || {broken</script>"])
def test_a_page_that_is_not_of_phenom_is_an_unexpected_payload_and_no_empty_board(page):
    with pytest.raises(UnexpectedPayload, match="phApp"):
        read(page, Site(3))


@pytest.mark.parametrize("answer", [{}, [], "x", {"refineSearch": {}}, {"refineSearch": {"tokenAvailable": True}},
                                    {"refineSearch": {"data": {"jobs": None}}}, {"status": "failure"}])  # fmt: skip
def test_an_answer_without_jobs_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload):
        read(search_page(), lambda url, body: answer)


def test_a_site_that_is_gone_passes_through_as_what_it_is():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def listed(**fields):
    [found] = parse(Page({"refineSearch": {"data": {"jobs": [{**row(7), **fields}]}}}), BOARD)
    return found


def test_a_posting_is_at_the_site_and_is_applied_for_elsewhere():
    found = listed(applyUrl="https://acme.wd5.myworkdayjobs.com/x/apply", jobId="R/7 b")
    assert found.url == f"{SITE}/global/en/job/R%2F7%20b"
    assert found.apply_url == "https://acme.wd5.myworkdayjobs.com/x/apply"


def test_a_renamed_posting_keeps_its_id():
    assert listed(title="Chief Baker").external_id == listed().external_id == "ACME7"


def test_what_a_row_does_not_say_stays_unsaid():
    found = listed(department="", descriptionTeaser="A teaser")
    assert (found.locations, found.department, found.employment_type, found.posted_at) == ([], None, None, None)
    assert (found.language, found.description_html) == (None, None)


@pytest.mark.parametrize("bad", [{"title": "Baker"}, {"jobSeqNo": "ACME7"}, {"jobSeqNo": "", "title": "x"}, None, "x"])
def test_a_row_without_number_or_title_is_skipped_and_costs_only_itself(bad):
    skipped, good = parse(Page({"refineSearch": {"data": {"jobs": [bad, row(8)]}}}), BOARD)
    assert isinstance(skipped, Skipped)
    assert good.external_id == "ACME8"


def test_a_posting_page_without_a_text_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload):
        parse_detail(Posting(external_id="ACME7", title="Baker", url=SITE), search_page([row(1)], 1))


@pytest.mark.parametrize(("url", "page", "key"), [
    (f"{SITE}/us/en/job/7/Baker", search_page(), {**BOARD, "country": "us"}),
    (f"{SITE}/", search_page(), {**BOARD, "country": "us"}),
    (f"{SITE}/ca/fr/search-results", search_page(settings={}), {**BOARD, "country": "ca", "lang": "fr"}),
    (f"{SITE}/search-results", search_page(settings={}), {**BOARD, "country": "", "lang": ""}),
    (f"{SITE}/", search_page(settings={"baseUrl": "https://x.example/us/en/"}), {**BOARD, "country": "", "lang": ""}),
    (f"{SITE}:8443/us/en", search_page(), None),
    (f"{SITE}/", "<p>Our phApp.ddo is great</p>", None),
    (f"{SITE}/", "<script>var phApp = phApp || {broken; phApp.ddo = {};</script>", None),
    (f"{SITE}/", "", None),
])  # fmt: skip
def test_a_site_is_told_by_its_settings(url, page, key):
    assert sniff(WebPage(url, page.encode(), page, "text/html")) == key


def test_the_public_page_of_a_board_is_its_search_page():
    assert EXTRACTOR.board_url(BOARD) == f"{SITE}/global/en/search-results"
    bare = {**BOARD, "country": "", "lang": ""}
    assert EXTRACTOR.board_url(bare) == f"{SITE}/search-results"
    assert EXTRACTOR.key(EXTRACTOR.key_text(bare)) == bare
