"""What has gone wrong with the Career Site Builder for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.successfactors_csb import MOST_REQUESTS, pages, parse, parse_detail, sniff
from worker.posting import Page, Posting, Skipped, WebPage

BOARD = {"host": "careers.acme.example"}
SITE = "https://careers.acme.example"
LINKS = '<a href="/search/?q=&amp;locale={}">'


class Site:
    """A simulated site: the ids of the postings that each language shows, ten a page."""

    def __init__(self, *, without_list_beyond_the_end=False, **lists):
        self.lists, self.without = lists, without_list_beyond_the_end
        self.asked = []

    def __call__(self, url, body):
        assert set(body) == {"keywords", "locale", "location", "pageNumber", "sortBy"}
        self.asked.append((body["locale"], body["pageNumber"]))
        ids = self.lists[body["locale"]]
        start = body["pageNumber"] * 10
        rows = [{"response": {"id": str(n), "unifiedStandardTitle": f"Job {n}"}} for n in ids[start : start + 10]]
        total = {"totalJobs": len(ids)}
        return total if not rows and self.without else {"jobSearchResult": rows, **total}


def read(answer, page=None):
    languages = page or "".join(LINKS.format(locale) for locale in answer.lists)
    http = FakeHttp({f"{SITE}/search/": languages, f"{SITE}/services/recruiting/v1/jobs": answer})
    found = [*pages(http, BOARD)]
    assert not [one for one in found[:-1] if one.truncated], "nothing is read after a truncated page"
    return {posting.external_id for one in found for posting in parse(one, BOARD)}, found[-1].truncated


def test_every_language_of_the_site_is_read_and_the_lists_are_united():
    site = Site(de_DE=[*range(25)], en_US=[0, 30])
    ids, truncated = read(site)
    assert (len(ids), truncated) == (26, None)
    assert site.asked == [("en_US", 0), ("de_DE", 0), ("de_DE", 1), ("de_DE", 2)]


def test_a_site_of_one_language_names_it_in_its_head():
    site = Site(en_GB=[1, 2])
    assert read(site, '<html xml:lang="x" lang="en-GB"><body></body></html>') == ({"1", "2"}, None)


def test_a_site_that_names_no_language_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="language"):
        read(Site(en_US=[1]), "<html><body>Maintenance</body></html>")


def test_an_empty_site_is_complete_and_empty():
    assert read(Site(en_US=[], de_DE=[], without_list_beyond_the_end=True)) == (set(), None)


def test_a_list_that_repeats_rows_and_leaves_others_out_is_incomplete():
    site = Site(en_GB=[*range(18), *range(7)], en_US=[*range(3)])
    ids, truncated = read(site)
    assert len(ids) == 18
    assert "en_GB advertises 25 postings and gave 18" in truncated


def test_a_page_that_repeats_the_one_before_ends_the_list_and_the_next_language_is_read():
    rows = [{"response": {"id": "1", "unifiedStandardTitle": "A"}}]
    ids, truncated = read({"jobSearchResult": rows, "totalJobs": 50}, LINKS.format("en_US") + LINKS.format("fr_FR"))
    assert ids == {"1"}
    assert "en_US" in truncated


def test_a_list_that_ends_early_without_a_word_is_incomplete():
    site = Site(en_US=[*range(15)], without_list_beyond_the_end=True)
    all_of_it = site.__call__

    def short(url, body):
        answer = all_of_it(url, body)
        return {**answer, "totalJobs": 40}

    assert "advertises 40 postings and gave 15" in read(short, LINKS.format("en_US"))[1]


def test_a_site_without_end_is_left_after_a_bounded_number_of_requests():
    site = Site(en_US=[*range(10 * MOST_REQUESTS + 50)])
    ids, truncated = read(site)
    assert len(ids) == 10 * MOST_REQUESTS
    assert str(MOST_REQUESTS) in truncated


@pytest.mark.parametrize("answer", [
    {}, [], "x", {"jobSearchResult": []}, {"jobSearchResult": {}, "totalJobs": 3}, {"totalJobs": "many"},
])  # fmt: skip
def test_an_answer_without_total_or_list_is_an_unexpected_payload(answer):
    with pytest.raises(UnexpectedPayload):
        read(answer, LINKS.format("en_US"))


def test_a_site_that_is_gone_passes_through_as_what_it_is():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def listed(locale="en_US", **fields):
    row = {"id": "7", "unifiedStandardTitle": "Baker", **fields}
    [found] = parse(Page({"jobSearchResult": [{"response": row}], "totalJobs": 1, "locale": locale}), BOARD)
    return found


@pytest.mark.parametrize(("locale", "stated", "day"), [
    ("en_US", "6/8/26", "2026-06-08"), ("en_GB", "08/06/2026", "2026-06-08"), ("fr_FR", "08/06/2026", "2026-06-08"),
    ("de_DE", "8.6.26", "2026-06-08"), ("ja_JP", "2026/06/08", "2026-06-08"), ("nl_NL", "08-06-2026", "2026-06-08"),
    ("en_US", "99/99/26", None), ("en_US", "3 days ago", None), ("en_US", None, None), ("xx_XX", "8/10/26", None),
])  # fmt: skip
def test_dates_are_read_as_their_language_writes_them(locale, stated, day):
    found = listed(locale, unifiedStandardStart=stated).posted_at
    assert (found.date().isoformat() if found else None) == day


@pytest.mark.parametrize(("slug", "path"), [
    ("Mergers-&amp;-Acquisitions", "Mergers---Acquisitions/7-en_US"),
    ("Oper%C3%A1tor", "Oper%C3%A1tor/7-en_US"),
    ("a?b#c/d", "a-b-c-d/7-en_US"),
    (None, "job/7-en_US"),
])  # fmt: skip
def test_an_address_is_that_of_the_id_whatever_the_ornament_before_it(slug, path):
    assert listed(unifiedUrlTitle=slug).url == f"{SITE}/job/{path}"


def test_places_lose_their_markup_and_are_said_once():
    found = listed(jobLocationShort=["Oslo, NOR, 0150<br/>", "Oslo, NOR, 0150<br/>", "<br/>", None])
    assert found.locations == ["Oslo, NOR, 0150"]


def test_what_a_row_does_not_say_stays_unsaid():
    found = listed()
    assert (found.locations, found.posted_at, found.department, found.description_html) == ([], None, None, None)


@pytest.mark.parametrize("row", [{"id": "7"}, {"unifiedStandardTitle": "Baker"}, None, "x"])
def test_a_row_without_id_or_title_is_skipped_and_costs_only_itself(row):
    rows = [{"response": row}, {"response": {"id": "8", "jobTitle": "Miller"}}]
    bad, good = parse(Page({"jobSearchResult": rows, "totalJobs": 2}), BOARD)
    assert isinstance(bad, Skipped)
    assert good.external_id == "8"


def test_a_posting_page_without_a_job_posting_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload):
        parse_detail(Posting(external_id="7", title="Baker", url=SITE), "<h1>Baker</h1>")


@pytest.mark.parametrize(("page", "found"), [
    ('<script src="/platform/js/search/searchResultsUnify.js"></script>', True),
    ('<script>fetch("/services/recruiting/v1/jobs")</script>', True),
    ('<link href="//rmkcdn.successfactors.com/acme/style.css">', False),
    ("", False),
])  # fmt: skip
def test_a_site_is_told_by_the_script_that_asks_for_its_lists(page, found):
    web_page = WebPage("https://careers.acme.example/search/?q=", page.encode(), page, "text/html")
    assert sniff(web_page) == (BOARD if found else None)
