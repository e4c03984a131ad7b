"""What has gone wrong with Eightfold for others, one test each."""

import json
from html import escape

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, BoardUnavailable, UnexpectedPayload
from worker.extractors import recognise
from worker.extractors.eightfold import EXTRACTOR, MOST, detail, pages, parse, parse_detail, sniff
from worker.normalise import normalise
from worker.posting import Page, Posting, Skipped, WebPage

BOARD = {"host": "acme.eightfold.ai", "domain": "acme.com"}
UNNAMED = {"host": "acme.eightfold.ai", "domain": ""}
SITE = "https://acme.eightfold.ai"
LISTED = Posting(external_id="7", title="Baker", url=f"{SITE}/careers/job/7")
CAREERS = (
    f'<code id="pcsx-data" style="display:none">{escape(json.dumps({"branding": {}, "domain": "acme.com"}))}</code>'
)


class Site:
    """A simulated site: ten rows a page whatever is asked for."""

    def __init__(self, count, *, total=None, wraps=False):
        self.count, self.total, self.wraps = count, count if total is None else total, wraps
        self.asked = []

    def __call__(self, url, params):
        self.asked.append((params.get("domain"), params["start"]))
        start = 0 if self.wraps else params["start"]
        rows = [{"id": n, "name": f"Job {n}"} for n in range(start, min(start + 10, self.count))]
        return {"data": {"positions": rows, "count": self.total}}


def older(site):
    return lambda url, params: site(url, params)["data"]


def read(answers, board=BOARD):
    http = FakeHttp({f"{SITE}/{path}": answer for path, answer in answers.items()})
    found = [*pages(http, board)]
    assert not [page for page in found[:-1] if page.truncated], "nothing is read after a truncated page"
    return (
        {posting.external_id for page in found for posting in parse(page, board)},
        found[0].total,
        found[-1].truncated,
    )


def test_pages_of_ten_are_read_up_to_the_total():
    site = Site(25)
    assert len(read({"api/pcsx/search": site})[0]) == 25
    assert site.asked == [("acme.com", 0), ("acme.com", 10), ("acme.com", 20)]


def test_an_empty_site_is_complete_and_empty():
    assert read({"api/pcsx/search": Site(0)}) == (set(), 0, None)


def test_a_site_that_has_only_the_older_list_is_read_from_there():
    site = Site(12)
    ids, total, _ = read({"api/pcsx/search": BoardUnavailable("403"), "api/apply/v2/jobs": older(site)})
    assert (len(ids), total) == (12, 12)
    assert site.asked == [("acme.com", 0), ("acme.com", 10)]


def test_a_throttled_site_is_tried_again_later_and_not_refused():
    refused = BoardUnavailable("403")
    with pytest.raises(BoardUnavailable):
        read({"api/pcsx/search": refused, "api/apply/v2/jobs": refused})
    assert EXTRACTOR.statuses == {403: BoardUnavailable, 405: BoardUnavailable}


def test_a_site_that_throttles_halfway_is_not_taken_for_one_with_the_older_list():
    site = Site(25)

    def throttles(url, params):
        return BoardUnavailable("405") if params["start"] == 20 else site(url, params)

    with pytest.raises(BoardUnavailable, match="405"):
        read({"api/pcsx/search": throttles, "api/apply/v2/jobs": older(Site(3))})


def test_the_domain_that_no_host_tells_is_read_from_the_careers_page():
    site = Site(5)
    ids, _, _ = read({"careers": CAREERS, "api/pcsx/search": site}, UNNAMED)
    assert (len(ids), site.asked) == (5, [("acme.com", 0)])


def test_a_careers_page_without_a_domain_leaves_the_older_list_which_needs_none():
    site = Site(5)
    ids, _, _ = read({"careers": "<html></html>", "api/apply/v2/jobs": older(site)}, UNNAMED)
    assert (len(ids), site.asked) == (5, [(None, 0)])


def test_the_web_page_for_a_wrong_domain_is_an_unexpected_payload_and_no_reason_to_ask_the_older_list():
    http = FakeHttp({f"{SITE}/api/pcsx/search": UnexpectedPayload("a web page where JSON was promised")})
    with pytest.raises(UnexpectedPayload):
        [*pages(http, BOARD)]
    assert len(http.calls) == 1


def test_a_page_that_repeats_earlier_ones_ends_the_reading():
    ids, _, truncated = read({"api/pcsx/search": Site(50, wraps=True)})
    assert len(ids) == 10
    assert "repeats" in truncated


def test_a_list_that_ends_before_its_total_says_the_total():
    ids, total, truncated = read({"api/pcsx/search": Site(15, total=40)})
    assert (len(ids), total, truncated) == (15, 40, None)


def test_nothing_can_be_reached_beyond_two_thousand_positions():
    ids, total, truncated = read({"api/pcsx/search": Site(2_500)})
    assert (len(ids), total) == (MOST, 2_500)
    assert "2,000" in truncated


def test_a_list_without_a_total_ends_with_a_short_page():
    rows = [{"id": n, "name": "A"} for n in range(3)]
    ids, total, truncated = read({"api/pcsx/search": {"data": {"positions": rows}}})
    assert (len(ids), total, truncated) == (3, None, None)


@pytest.mark.parametrize("answer", [{}, {"data": {}}, {"data": {"positions": None}}, {"positions": {}}, [], "x"])
def test_an_answer_without_positions_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="positions"):
        read({"api/pcsx/search": answer})


def test_a_site_that_is_gone_passes_through_as_what_it_is():
    with pytest.raises(BoardNotFound):
        read({})


def listed(**fields):
    [found] = parse(Page({"positions": [{"id": 7, "name": "Baker", **fields}]}), BOARD)
    return found


def test_the_day_of_an_edit_is_no_part_of_a_posting():
    assert listed(t_update=1781711697).posted_at is None
    assert listed(t_update=1781711697, t_create=1781660892).posted_at.isoformat() == "2026-06-17T01:48:12+00:00"


@pytest.mark.parametrize(
    ("word", "workplace"), [("onsite", "onsite"), ("hybrid", "hybrid"), ("remote_local", "remote")]
)
def test_every_word_for_the_workplace_is_understood(word, workplace):
    assert normalise(listed(workLocationOption=word)).workplace == workplace


def test_moments_are_seconds():
    assert listed(postedTs=1785801600).posted_at.isoformat() == "2026-08-04T00:00:00+00:00"
    assert listed(postedTs=-1).posted_at is None


@pytest.mark.parametrize("path", ["https://evil.example/careers/job/7", "//evil.example/x", "@evil.example", None, ""])
def test_an_address_stays_at_the_site(path):
    assert listed(positionUrl=path).url == f"{SITE}/careers/job/7"


def test_what_a_row_does_not_say_stays_unsaid():
    found = listed(work_location_option=None, department="")
    assert (found.locations, found.workplace, found.department, found.language) == ([], None, None, None)


@pytest.mark.parametrize("row", [{"id": 7}, {"name": "Baker"}, {"id": None, "name": "Baker"}, None, "x"])
def test_a_row_without_id_or_name_is_skipped_and_costs_only_itself(row):
    bad, good = parse(Page({"positions": [row, {"id": 8, "name": "Miller"}]}), BOARD)
    assert isinstance(bad, Skipped)
    assert good.external_id == "8"


def test_the_text_comes_from_the_document_both_lists_have():
    http = FakeHttp({f"{SITE}/api/apply/v2/jobs/7": {"job_description": "<p>Bake</p>"}})
    assert parse_detail(LISTED, detail(http, BOARD, LISTED)).description_html == "<p>Bake</p>"
    assert http.calls[0][2] == {"domain": "acme.com"}


@pytest.mark.parametrize(("page", "domain"), [
    (CAREERS, "acme.com"),
    (CAREERS.replace("pcsx-data", "smartApplyData"), "acme.com"),
    (CAREERS.replace("pcsx-data", "other-data"), None),
    ('<p>Powered by eightfold.ai, "domain": "acme.com"</p>', None),
    ('<code id="pcsx-data">{}</code>', None),
    ("", None),
])  # fmt: skip
def test_a_site_on_a_companys_own_domain_is_told_by_its_hidden_document(page, domain):
    web_page = WebPage("https://careers.acme.com/careers/job/7?hl=en", page.encode(), page, "text/html")
    assert sniff(web_page) == ({"host": "careers.acme.com", "domain": domain} if domain else None)


@pytest.mark.parametrize("url", [
    "https://www.eightfold.ai/careers", "https://eightfold.ai/careers?domain=acme.com", "https://app.eightfold.ai/login",
    "https://static.eightfold.ai/x?domain=acme.com",
])  # fmt: skip
def test_the_vendors_own_addresses_name_no_board(url):
    assert recognise(url) == []
