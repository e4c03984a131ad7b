"""What has gone wrong with Jibe's careers sites for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors import recognise
from worker.extractors.jibe import EXTRACTOR, MAX_PAGES, pages, parse, sniff
from worker.posting import Page, Skipped, WebPage

BOARD = {"host": "careers.acme.example"}
API = "https://careers.acme.example/api/jobs"


class Site:
    """A simulated site; beyond row `window` every page is the same one again."""

    def __init__(self, count, *, total=None, window=10**9):
        self.rows = [{"data": {"slug": str(n), "language": "en-us", "title": f"Job {n}"}} for n in range(count)]
        self.total, self.window = count if total is None else total, window
        self.asked = []

    def __call__(self, url, params):
        assert params["limit"] <= 100, "HTTP 422"
        self.asked.append(params["page"])
        start = min((params["page"] - 1) * params["limit"], self.window - params["limit"])
        return {"jobs": self.rows[start : start + params["limit"]], "totalCount": self.total, "count": 100}


def read(answer):
    found = [*pages(FakeHttp({API: answer}), BOARD)]
    return {posting.external_id for page in found for posting in parse(page, BOARD)}, found[-1].truncated


def test_a_hundred_postings_cost_one_request():
    site = Site(100)
    ids, truncated = read(site)
    assert (len(ids), truncated, site.asked) == (100, None, [1])


def test_an_empty_site_is_complete_and_empty():
    assert read(Site(0)) == (set(), None)


def test_pages_count_from_one_up_to_the_total():
    site = Site(250)
    ids, truncated = read(site)
    assert (len(ids), truncated, site.asked) == (250, None, [1, 2, 3])


def test_an_empty_page_under_a_greater_total_ends_the_reading_and_the_board_is_incomplete():
    site = Site(130, total=400)
    ids, truncated = read(site)
    assert (len(ids), site.asked) == (130, [1, 2, 3])
    assert "400" in truncated


def test_a_page_that_repeats_earlier_ones_ends_the_reading():
    site = Site(2000, window=500)
    ids, truncated = read(site)
    assert (len(ids), site.asked) == (500, [1, 2, 3, 4, 5, 6])
    assert "repeats" in truncated


def test_rows_that_shift_between_pages_make_the_board_incomplete():
    site = Site(200)
    site.rows[100] = site.rows[99]
    ids, truncated = read(site)
    assert len(ids) == 199
    assert "gave 199" in truncated


def test_a_site_without_end_is_left_after_a_bounded_number_of_pages():
    site = Site(100 * (MAX_PAGES + 3))
    ids, truncated = read(site)
    assert len(ids) == 100 * MAX_PAGES
    assert "five seconds" in truncated


def test_the_site_is_asked_as_seldom_as_its_robots_txt_wishes():
    assert EXTRACTOR.rate <= 1 / 5
    assert EXTRACTOR.in_flight == 1


@pytest.mark.parametrize("answer", [{}, {"jobs": {}}, {"jobs": None, "totalCount": 4}, [], "x"])
def test_an_answer_without_jobs_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="jobs"):
        read(answer)


def test_a_site_that_is_gone_passes_through_as_what_it_is():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def listed(**fields):
    [found] = parse(Page({"jobs": [{"data": {"slug": "7", "title": "Baker", **fields}}]}), BOARD)
    return found


def test_what_a_row_does_not_say_stays_unsaid():
    found = listed(update_date="2026-08-19T12:00:00+0000", location_type="ANY", tags2=["Remote"])
    assert (found.posted_at, found.workplace, found.salary, found.department) == (None, None, None, None)
    assert (found.locations, found.country_codes) == ([], [])


def test_a_row_without_an_address_of_its_own_is_at_the_sites():
    assert listed().url == "https://careers.acme.example/jobs/7"


def test_dates_are_those_of_the_first_publication():
    found = listed(posted_date="2026-08-06T05:34:00+0000", update_date="2026-08-19T12:00:00+0000")
    assert found.posted_at.isoformat() == "2026-08-06T05:34:00+00:00"


@pytest.mark.parametrize("row", [{"title": "Baker"}, {"slug": "7"}, {"slug": "7", "title": ""}, None, "x"])
def test_a_row_without_slug_or_title_is_skipped_and_costs_only_itself(row):
    rows = [{"data": row}, {"data": {"slug": "8", "title": "Miller"}}]
    bad, good = parse(Page({"jobs": rows}), BOARD)
    assert isinstance(bad, Skipped)
    assert good.external_id == "8"


SCRIPT = '<script src="https://app.jibecdn.com/prod/search/4.11.189/main.js"></script>'


@pytest.mark.parametrize(("url", "page", "host"), [
    ("https://careers.acme.example/careers-home", SCRIPT, "careers.acme.example"),
    ("https://careers.acme.example/jobs/7?lang=en-us", '<html data-jibe-search-version="4">', "careers.acme.example"),
    ("https://www.acme.careers/jobs", '<script>window._jibe = {"cid": "acme"}</script>', "www.acme.careers"),
    ("https://careers.acme.example:8443/jobs", SCRIPT, None),
    ("https://acme.example/careers", "<p>Our site is built with jibecdn.com</p>", None),
    ("https://acme.example/careers", '<script src="https://app.jibecdn.com.evil.example/x.js"></script>', None),
    ("https://acme.example/careers", "", None),
])  # fmt: skip
def test_a_site_on_a_companys_own_domain_is_told_by_its_scripts(url, page, host):
    assert sniff(WebPage(url, page.encode(), page, "text/html")) == ({"host": host} if host else None)


@pytest.mark.parametrize(
    "url", ["https://www.jibeapply.com", "https://jibeapply.com/jobs", "https://mail.jibeapply.com"]
)
def test_the_vendors_own_addresses_name_no_board(url):
    assert recognise(url) == []
