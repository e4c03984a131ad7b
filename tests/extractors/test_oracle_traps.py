"""What has gone wrong with Oracle Recruiting Cloud for others, one test each."""

import re

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors import recognise
from worker.extractors.oracle import EXTRACTOR, detail, pages, parse, parse_detail, sniff
from worker.posting import Page, Posting, Skipped, WebPage

BOARD = {"host": "acme.fa.us2.oraclecloud.com", "site": "CX_1"}
API = "https://acme.fa.us2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisition"
LISTED = Posting(external_id="7", title="Baker", url="https://acme.fa.us2.oraclecloud.com/x")


class Site:
    """A simulated site: `hidden` positions are counted and cut out after the page has been cut."""

    def __init__(self, count, *, hidden=(), total=None, window=10_000, most=200):
        self.count, self.hidden, self.window, self.most = count, set(hidden), window, most
        self.total = count if total is None else total
        self.finders = []

    def __call__(self, url, params):
        assert set(params) == {"onlyData", "expand", "finder"}, "limit and offset are ignored beside the finder"
        assert params["expand"].startswith("requisitionList"), "without it there are no rows"
        finder = params["finder"]
        self.finders.append(finder)
        assert finder.startswith("findReqs;siteNumber=CX_1,")
        limit, offset = (int(re.search(rf",{name}=(\d+)", finder)[1]) for name in ("limit", "offset"))
        positions = range(offset, min(offset + min(limit, self.most), self.count, self.window))
        rows = [{"Id": str(n), "Title": f"Job {n}"} for n in positions if n not in self.hidden]
        total = self.total if offset == 0 else 0
        return {"items": [{"TotalJobsCount": total, "requisitionList": rows}], "hasMore": False}

    @property
    def offsets(self):
        return [int(re.search(r",offset=(\d+)", finder)[1]) for finder in self.finders]


def read(answer):
    """Return unique ids, the total as the pipeline latches it, and why pages are missing."""
    found = [*pages(FakeHttp({f"{API}s": answer}), BOARD)]
    assert not [page for page in found[:-1] if page.truncated], "nothing is read after a truncated page"
    ids = {posting.external_id for page in found for posting in parse(page, BOARD)}
    return ids, next((page.total for page in found if page.total is not None), None), found[-1].truncated


def test_a_small_site_costs_one_request():
    site = Site(200)
    ids, total, truncated = read(site)
    assert (len(ids), total, truncated, site.offsets) == (200, 200, None, [0])


def test_an_empty_site_is_complete_and_empty():
    assert read(Site(0)) == (set(), 0, None)


def test_the_offset_moves_within_the_finder_and_the_first_total_holds():
    site = Site(454)
    ids, total, truncated = read(site)
    assert (len(ids), total, truncated, site.offsets) == (454, 454, None, [0, 200, 400])


def test_a_short_page_in_the_middle_is_not_the_end():
    ids, _, truncated = read(Site(454, hidden={250}))
    assert len(ids) == 453
    assert "453" in ids
    assert truncated is None


def test_rows_that_oracle_counts_and_hides_twice_do_not_keep_a_board_incomplete_for_ever():
    site = Site(454, hidden={250, 453})
    ids, total, _ = read(site)
    assert len(ids) == total == 452
    assert site.offsets == [0, 200, 200, 400, 400]


def test_a_page_that_is_short_only_once_leaves_the_board_incomplete():
    site, asked = Site(454), []

    def hiccup(url, params):
        answer = site(url, params)
        asked.append(params["finder"])
        if len(asked) == 2:
            answer["items"][0]["requisitionList"].pop()
        return answer

    ids, total, _ = read(hiccup)
    assert (len(ids), total) == (453, 454)


def test_a_host_that_gives_fewer_rows_at_a_time_than_asked_for_is_read_to_its_end():
    site = Site(120, most=50)
    ids, total, truncated = read(site)
    assert (len(ids), total, truncated, site.offsets) == (120, 120, None, [0, 50, 100])


def test_a_page_that_lacks_many_rows_is_trouble():
    ids, total, _ = read(Site(454, hidden=range(250, 270)))
    assert (len(ids), total) == (434, 454)


def test_a_site_that_counts_postings_and_gives_none_is_incomplete():
    assert read(Site(0, total=40)) == (set(), 40, None)


def test_nothing_lies_beyond_ten_thousand_postings():
    site = Site(14_668)
    ids, _, truncated = read(site)
    assert len(ids) == 10_000
    assert "10,000" in truncated
    assert max(site.offsets) == 9_800


def test_a_site_of_exactly_ten_thousand_is_complete():
    ids, total, truncated = read(Site(10_000))
    assert (len(ids), total, truncated) == (10_000, 10_000, None)


def test_a_site_that_ignores_the_offset_is_truncated_instead_of_read_for_ever():
    rows = [{"Id": str(n), "Title": "A"} for n in range(200)]
    ids, _, truncated = read({"items": [{"TotalJobsCount": 1508, "requisitionList": rows}]})
    assert len(ids) == 200
    assert "repeats" in truncated


def test_zero_beside_rows_is_no_total_and_an_empty_page_ends():
    site = Site(430, total=0)
    ids, total, truncated = read(site)
    assert (len(ids), total, truncated, site.offsets) == (430, None, None, [0, 200, 400, 430])


@pytest.mark.parametrize("answer", [
    {"items": []}, {"items": [{"TotalJobsCount": 4}]}, {"items": [{"requisitionList": None}]}, {"items": None}, [], "x",
])  # fmt: skip
def test_an_answer_without_a_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="requisitionList"):
        read(answer)


def test_an_unknown_site_number_shows_the_hosts_default_site_and_the_extractor_says_so():
    assert EXTRACTOR.unknown_reads_empty


def test_a_host_that_is_gone_passes_through_as_what_it_is():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def listed(**fields):
    [found] = parse(Page({"items": [{"requisitionList": [{"Id": "7", "Title": "Baker", **fields}]}]}), BOARD)
    return found


def test_what_a_row_does_not_say_stays_unsaid():
    found = listed(Language="US", ShortDescriptionStr="a teaser")
    assert (found.locations, found.country_codes, found.workplace, found.employment_type) == ([], [], None, None)
    assert (found.posted_at, found.closes_at, found.language, found.description_html) == (None, None, None, None)


@pytest.mark.parametrize("row", [{"Title": "Baker"}, {"Id": "7"}, {"Id": "7", "Title": " "}, "Baker", None])
def test_a_row_without_number_or_title_is_skipped_and_costs_only_itself(row):
    rows = [row, {"Id": "8", "Title": "Miller"}]
    bad, good = parse(Page({"items": [{"requisitionList": rows}]}), BOARD)
    assert isinstance(bad, Skipped)
    assert good.external_id == "8"


def test_a_skipped_row_protects_the_posting_it_stands_for():
    [found] = parse(Page({"items": [{"requisitionList": [{"Id": "7", "Title": None}]}]}), BOARD)
    assert found.external_id == "7"


def test_all_places_and_countries_of_a_row_are_read():
    found = listed(PrimaryLocation="Oslo, Norway", PrimaryLocationCountry="NO",
                   secondaryLocations=[{"Name": "Turku, Finland", "CountryCode": "FI"}])  # fmt: skip
    assert found.locations == ["Oslo, Norway", "Turku, Finland"]
    assert found.country_codes == ["NO", "FI"]


def test_a_detail_is_asked_by_its_quoted_id_and_site():
    http = FakeHttp({f"{API}Details": {"items": [{"Id": "7"}]}})
    detail(http, BOARD, LISTED)
    [(_, _, params, _, _)] = http.calls
    assert params["finder"] == 'ById;Id="7",siteNumber=CX_1'


def test_a_withdrawn_posting_is_a_detail_without_items():
    with pytest.raises(BoardNotFound):
        detail(FakeHttp({f"{API}Details": {"items": [], "count": 0}}), BOARD, LISTED)


def described(**fields):
    return parse_detail(LISTED, {"items": [fields]})


def test_the_text_is_that_of_the_role_and_not_the_companys():
    found = described(ExternalDescriptionStr="<p>Bake</p>", ExternalResponsibilitiesStr="<p>Daily</p>",
                      ExternalQualificationsStr="<p>Hands</p>", CorporateDescriptionStr="<p>Old</p>")  # fmt: skip
    assert found.description_html == "<p>Bake</p>\n<p>Daily</p>\n<p>Hands</p>"


@pytest.mark.parametrize("blank", ["<br>", "", None, "<p>&nbsp;</p>"])
def test_a_template_that_leaves_the_role_blank_says_it_in_the_companys_text(blank):
    found = described(ExternalDescriptionStr=blank, CorporateDescriptionStr="<p>About the programme</p>")
    assert found.description_html == "<p>About the programme</p>"


def test_the_list_is_believed_on_dates_and_the_detail_fills_what_is_missing():
    assert described(ExternalPostedStartDate="2026-04-28T00:00:00+00:00").posted_at.isoformat()[:10] == "2026-04-28"


PAGE = """<html><head><script>var CX_CONFIG = {"app": {"apiBaseUrl": "https://acme.fa.us2.oraclecloud.com:443",
"siteNumber": "CX_45001", "siteLang": "en"}};</script></head></html>"""
MARKED = """<body><div data-siteNumber='CX_2' data-apiBaseUrl='https://fa-x1.fa.ocs.oraclecloud.com'></div></body>"""


@pytest.mark.parametrize(("page", "key"), [
    (PAGE, {"host": "acme.fa.us2.oraclecloud.com", "site": "CX_45001"}),
    (MARKED, {"host": "fa-x1.fa.ocs.oraclecloud.com", "site": "CX_2"}),
    ("<p>We use https://acme.fa.us2.oraclecloud.com and love it</p>", None),
    (PAGE.replace("oraclecloud.com", "oraclecloud.com.evil.example"), None),
    (PAGE.replace("siteNumber", "number"), None),
    ("", None),
])  # fmt: skip
def test_a_site_on_a_companys_own_domain_is_told_by_its_settings(page, key):
    web_page = WebPage("https://careers.acme.example/en/sites/jobsearch/jobs", page.encode(), page, "text/html")
    assert sniff(web_page) == key


@pytest.mark.parametrize("url", [
    "https://acme.fa.us2.oraclecloud.com",
    "https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en",
    "https://acme.fa.us2.oraclecloud.com/fscmUI/faces/FuseWelcome",
    "https://www.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1",
    "https://login.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1",
    "https://careers.oracle.com/en/sites/jobsearch",
])  # fmt: skip
def test_an_address_that_names_no_site_names_no_board(url):
    assert recognise(url) == []


@pytest.mark.parametrize("host", ["jpmc.fa.oraclecloud.com", "hcog.fa.em2.oraclecloud.com",
                                  "iadygs.fa.ocs.oraclecloud.com", "acme.fa.ocs.oraclecloud10.com"])  # fmt: skip
def test_every_region_and_family_of_hosts_is_known(host):
    url = f"https://{host}/hcmUI/CandidateExperience/en/sites/City-of-Acme/requisitions/preview/7"
    assert recognise(url) == [("oracle", {"host": host, "site": "City-of-Acme"})]


def test_the_key_is_written_as_host_and_site():
    assert EXTRACTOR.key_text(BOARD) == "acme.fa.us2.oraclecloud.com/CX_1"
    assert EXTRACTOR.pace_host(BOARD) == "acme.fa.us2.oraclecloud.com"
