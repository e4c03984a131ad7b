"""What has gone wrong with Workday's CXS for others, one test each."""

from collections import Counter
from dataclasses import asdict

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.workday import EXTRACTOR, MAX_PAGES, detail, pages, parse, parse_detail
from worker.normalise import normalise
from worker.posting import Page, Posting, Skipped

BOARD = {"tenant": "acme", "pod": "wd5", "site": "Careers", "domain": "myworkdayjobs.com"}
API = "https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Careers"
LISTED = Posting(
    external_id="R1-1",
    title="Baker",
    url="https://acme.wd5.myworkdayjobs.com/Careers/job/Paris/Baker_R1-1",
    locations=["Paris"],
)


class Tenant:
    """A simulated site. Each posting is a mapping of facet to its value, or values."""

    def __init__(self, postings, *, clamp=None, grouped=(), hidden=()):
        self.postings = [{name: value if isinstance(value, list) else [value] for name, value in one.items()}
                         for one in postings]  # fmt: skip
        self.clamp, self.grouped, self.hidden = clamp, grouped, hidden

    def __call__(self, url, body):
        assert set(body) == {"appliedFacets", "limit", "offset", "searchText"}
        assert body["limit"] <= 20, "HTTP 400"
        applied, offset = body["appliedFacets"], body["offset"]
        found = [n for n in range(len(self.postings)) if self.passes(n, applied)]
        total = len(found)
        if self.clamp and total > self.clamp:
            found, total, offset = found[: self.clamp], self.clamp, offset % self.clamp
        return {
            "total": 0 if body["offset"] else total,
            "jobPostings": [
                {"title": f"Job {n}", "externalPath": f"/job/X/Job_R-{n}"} for n in found[offset : offset + 20]
            ],
            "facets": [] if body["offset"] else self.facets(applied),
        }

    def passes(self, number, applied):
        return all(set(values) & set(self.postings[number].get(facet, [])) for facet, values in applied.items())

    def facets(self, applied):
        counts = {}
        for facet in {name for one in self.postings for name in one} - set(self.hidden):
            others = {name: values for name, values in applied.items() if name != facet}
            members = [one for number, one in enumerate(self.postings) if self.passes(number, others)]
            counts[facet] = Counter(value for one in members for value in one.get(facet, []))
        leaves = [
            {
                "facetParameter": facet,
                "values": [{"id": value, "count": n, "descriptor": value} for value, n in c.items()],
            }
            for facet, c in sorted(counts.items())
        ]
        group = {
            "facetParameter": "group",
            "values": [leaf for leaf in leaves if leaf["facetParameter"] in self.grouped],
        }
        return [*(leaf for leaf in leaves if leaf["facetParameter"] not in self.grouped), group]


def read(answer):
    """Return unique ids, the total as the pipeline latches it, the reasons of truncation and the requests."""
    http = FakeHttp({f"{API}/jobs": answer})
    found = [*pages(http, BOARD)]
    assert not [page for page in found[:-1] if page.truncated], "nothing is read after a truncated page"
    ids = {posting.external_id for page in found for posting in parse(page, BOARD)}
    total = next((page.total for page in found if page.total is not None), None)
    return ids, total, [page.truncated for page in found if page.truncated], [body for _, _, body, _, _ in http.calls]


def test_a_small_board_costs_one_request():
    ids, total, truncated, bodies = read(Tenant([{}] * 20))
    assert (len(ids), total, truncated) == (20, 20, [])
    assert bodies == [{"appliedFacets": {}, "limit": 20, "offset": 0, "searchText": ""}]


def test_never_more_than_twenty_rows_are_asked_for():
    assert {body["limit"] for body in read(Tenant([{}] * 130))[3]} == {20}


def test_the_first_total_holds_although_later_pages_say_zero():
    ids, total, truncated, bodies = read(Tenant([{}] * 45))
    assert (len(ids), total, truncated) == (45, 45, [])
    assert [body["offset"] for body in bodies] == [0, 20, 40]


def test_a_tenant_that_does_not_clamp_is_paged_beyond_two_thousand():
    ids, total, truncated, bodies = read(Tenant([{"timeType": "full"}] * 2105))
    assert (len(ids), total, truncated, len(bodies)) == (2105, 2105, [], 106)


def test_a_clamped_board_is_split_by_a_facet_and_its_total_is_the_facets_sum():
    tenant = Tenant([{"jobFamilyGroup": f"family {n % 7}"} for n in range(2500)], clamp=2000)
    ids, total, truncated, bodies = read(tenant)
    assert (len(ids), total, truncated) == (2500, 2500, [])
    asked = [tuple(body["appliedFacets"].get("jobFamilyGroup", ())) for body in bodies if not body["offset"]]
    assert len(asked) == 3, "several values go into one query"
    assert sorted(value for values in asked for value in values) == [f"family {n}" for n in range(7)]


def test_no_query_of_a_split_reaches_the_clamp():
    tenant = Tenant([{"jobFamilyGroup": f"family {n % 7}"} for n in range(6000)], clamp=2000)
    ids, total, truncated, bodies = read(tenant)
    assert (len(ids), total, truncated) == (6000, 6000, [])
    for body in bodies:
        assert not body["appliedFacets"] or body["offset"] < 2000


def test_a_value_too_large_itself_is_split_by_a_further_facet():
    postings = [{"timeType": f"time {n % 2}", "workerSubType": "regular" if n % 3 else f"kind {n % 4}"}
                for n in range(4400)]  # fmt: skip
    ids, total, truncated, bodies = read(Tenant(postings, clamp=2000))
    assert (len(ids), total, truncated) == (4400, 4400, [])
    assert max(len(body["appliedFacets"]) for body in bodies) == 2


def test_facets_in_groups_are_facets_too():
    tenant = Tenant(
        [{"locationCountry": f"country {n % 5}"} for n in range(2600)], clamp=2000, grouped={"locationCountry"}
    )
    ids, total, truncated, _ = read(tenant)
    assert (len(ids), total, truncated) == (2600, 2600, [])


def test_places_do_not_inflate_the_total_although_postings_have_several():
    postings = [
        {"locations": ["Paris", "Rome", f"town {n % 9}"], "jobFamilyGroup": f"family {n % 3}"} for n in range(2100)
    ]
    ids, total, truncated, _ = read(Tenant(postings, clamp=2000))
    assert (len(ids), total, truncated) == (2100, 2100, [])


def test_postings_outside_of_the_facet_that_splits_keep_the_board_incomplete():
    postings = [{"timeType": "full", "jobFamilyGroup": f"family {n % 3}"} if n % 10 else {"timeType": "full"}
                for n in range(2400)]  # fmt: skip
    ids, total, truncated, _ = read(Tenant(postings, clamp=2000))
    assert len(ids) < total == 2400
    assert truncated == []


def test_a_clamped_board_that_nothing_splits_is_truncated():
    ids, total, truncated, bodies = read(Tenant([{"timeType": "full"}] * 2500, clamp=2000))
    assert (len(ids), total) == (2000, 2000)
    assert len(truncated) == 1
    assert len(bodies) == 100, "page 101 would be page 1 again"


def test_a_clamped_board_without_any_facet_is_truncated():
    assert len(read(Tenant([{"timeType": "full"}] * 2500, clamp=2000, hidden={"timeType"}))[2]) == 1


def test_splitting_ends_after_four_facets():
    alike = {f"facet{n}": "big" for n in range(8)}
    postings = [dict(alike) for _ in range(2300)] + [{**alike, name: "small"} for name in alike]
    ids, total, truncated, bodies = read(Tenant(postings, clamp=2000))
    assert max(len(body["appliedFacets"]) for body in bodies) == 4
    assert len(ids) < total == 2308
    assert len(truncated) == 1


def test_a_query_that_nothing_splits_further_does_not_hide_those_after_it():
    postings = [{"jobFamilyGroup": "one" if n % 2 else "two"} for n in range(4300)]
    ids, total, truncated, _ = read(Tenant(postings, clamp=2000))
    assert (len(ids), total, len(truncated)) == (4000, 4300, 1)


def test_a_board_of_exactly_two_thousand_that_a_facet_confirms_is_complete():
    ids, total, truncated, _ = read(Tenant([{"timeType": "full"}] * 2000, clamp=2000))
    assert (len(ids), total, truncated) == (2000, 2000, [])


def test_a_site_that_repeats_a_page_ends_and_is_truncated():
    rows = [{"title": "A", "externalPath": "/job/X/A_R1"}, {"title": "B", "externalPath": "/job/X/B_R2"}]
    ids, total, truncated, bodies = read({"total": 50, "jobPostings": rows, "facets": []})
    assert (len(ids), total, len(truncated), len(bodies)) == (2, 50, 1, 2)


def test_a_site_without_end_is_left_after_a_bounded_number_of_pages():
    def endless(url, body):
        rows = [{"title": "A", "externalPath": f"/job/X/A_R{body['offset'] + n}"} for n in range(20)]
        return {"total": 10**6 if not body["offset"] else 0, "jobPostings": rows}

    _, _, truncated, bodies = read(endless)
    assert (len(truncated), len(bodies)) == (1, MAX_PAGES)


def test_zero_beside_rows_is_no_total():
    ids, total, truncated, bodies = read(lambda url, body: {"total": 0, "jobPostings": [
        {"title": "A", "externalPath": f"/job/X/A_R{body['offset']}"}] if body["offset"] < 2 else []})  # fmt: skip
    assert (ids, total, truncated, len(bodies)) == ({"R0", "R1"}, None, [], 3)


@pytest.mark.parametrize("answer", [{"errorCode": "S22"}, {"total": 0}, {"jobPostings": None}, [], "x"])
def test_an_answer_without_postings_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="jobPostings"):
        read(answer)


def test_html_with_200_and_a_retired_tenant_pass_through_as_what_they_are():
    for error in (UnexpectedPayload("HTML"), BoardNotFound("410")):
        with pytest.raises(type(error)):
            read(error)


def listed(**fields):
    [found] = parse(Page({"jobPostings": [{"title": "Baker", "externalPath": "/job/Paris/Baker_R1", **fields}]}), BOARD)
    return found


@pytest.mark.parametrize("posted_on", ["Posted Today", "Posted 3 Days Ago", "Posted 30+ Days Ago", None])
def test_how_long_ago_a_posting_came_is_no_part_of_it(posted_on):
    assert asdict(listed(postedOn=posted_on)) == asdict(listed())


def test_an_internship_of_full_hours_is_told_by_its_title():
    found = normalise(listed(title="Research Intern", timeType="Full time"))
    assert (found.employment_type, found.seniority) == ("FULL_TIME", "intern")


@pytest.mark.parametrize("text", ["5 Locations", "3 Standorte", "2 emplacements", "4個地點"])
def test_a_number_of_locations_is_no_location(text):
    assert listed(locationsText=text).locations == []


@pytest.mark.parametrize("text", ["Paris", "US, CA, Santa Clara", "1 Market Street", "100 Main St, Boston"])
def test_a_place_is_a_location(text):
    assert listed(locationsText=text).locations == [text]


@pytest.mark.parametrize(
    ("path", "external_id"),
    [
        ("/job/US-CA-Santa-Clara/Developer--AI_JR2018805", "JR2018805"),
        ("/job/Baker_R1-2", "R1-2"),
        ("/job/Utrecht/Senior-Data-Engineer_JR_00145400-1", "JR_00145400-1"),
        ("/job/Baker", "Baker"),
    ],
)
def test_the_id_is_the_tail_of_the_path_with_the_suffix_of_its_copy(path, external_id):
    assert listed(externalPath=path).external_id == external_id


def test_copies_of_one_requisition_on_one_site_stay_apart():
    rows = [
        {"title": "Baker", "externalPath": f"/job/Paris/Baker_R1{copy}", "bulletFields": ["R1"]}
        for copy in ("", "-1", "-2")
    ]
    found = [*parse(Page({"jobPostings": rows}), BOARD)]
    assert [posting.external_id for posting in found] == ["R1", "R1-1", "R1-2"]
    assert {posting.requisition_id for posting in found} == {"R1"}


def test_a_renamed_or_moved_posting_keeps_its_id():
    assert listed(externalPath="/job/Rome/Chief-Baker_R1").external_id == listed().external_id


@pytest.mark.parametrize("bullets", [["Paris"], ["Paris", "R1"], [], None, ["R"], ["Posted today", "R1", "R2"]])
def test_bullets_of_any_kind_give_the_requisition_or_none(bullets):
    expected = "R1" if bullets and "R1" in bullets else None
    assert listed(bulletFields=bullets).requisition_id == expected


@pytest.mark.parametrize(
    "row",
    [
        {"title": "Baker"},
        {"externalPath": "/job/Paris/Baker_R1"},
        {"title": "", "externalPath": "/job/Paris/Baker_R1"},
        {"title": "Baker", "externalPath": "@evil.example/x_R1"},
    ],
)
def test_a_row_without_title_or_path_is_skipped(row):
    [found] = parse(Page({"jobPostings": [row]}), BOARD)
    assert isinstance(found, Skipped)


def test_a_skipped_row_goes_by_the_id_it_had_when_it_could_be_read():
    [found] = parse(Page({"jobPostings": [{"title": None, "externalPath": "/job/Paris/Baker_R1-1"}]}), BOARD)
    assert found.external_id == "R1-1"


def test_the_detail_is_asked_at_the_api_by_the_path_of_the_list():
    http = FakeHttp({f"{API}/job/Paris/Baker_R1-1": {"jobPostingInfo": {}}})
    assert detail(http, BOARD, LISTED) == {"jobPostingInfo": {}}


def test_the_start_date_is_the_posting_date():
    found = parse_detail(LISTED, {"jobPostingInfo": {"postedOn": "Posted 30+ Days Ago", "startDate": "2026-08-01"}})
    assert found.posted_at.isoformat() == "2026-08-01T00:00:00+00:00"


def test_the_detail_names_the_places_that_the_list_only_counts():
    info = {"location": "Paris", "additionalLocations": ["Rome", None, "Oslo"]}
    assert parse_detail(LISTED, {"jobPostingInfo": info}).locations == ["Paris", "Rome", "Oslo"]
    assert parse_detail(LISTED, {"jobPostingInfo": {}}).locations == ["Paris"]


SHARED = {"tenant": "snap", "pod": "wd1", "site": "jobs", "domain": "myworkdaysite.com"}


def test_a_tenant_on_the_shared_domain_is_asked_there_and_has_its_public_pages_under_recruiting():
    api = "https://wd1.myworkdaysite.com/wday/cxs/snap/jobs"
    rows = {"total": 1, "jobPostings": [{"title": "Baker", "externalPath": "/job/Paris/Baker_R1"}]}
    http = FakeHttp({f"{api}/jobs": rows, f"{api}/job/Paris/Baker_R1": {"jobPostingInfo": {}}})
    [page] = pages(http, SHARED)
    [found] = parse(page, SHARED)
    assert found.url == "https://wd1.myworkdaysite.com/recruiting/snap/jobs/job/Paris/Baker_R1"
    assert detail(http, SHARED, found) == {"jobPostingInfo": {}}
    assert EXTRACTOR.board_url(SHARED) == "https://wd1.myworkdaysite.com/recruiting/snap/jobs"
    assert EXTRACTOR.key_text(BOARD) == "acme/wd5/Careers"


TENANT = {**BOARD, "site": ""}


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.wd5.myworkdayjobs.com",
        "https://acme.wd5.myworkdayjobs.com/en-US",
        "https://acme.wd5.myworkdayjobs.com/fr/?source=x",
        "https://acme.wd5.myworkdayjobs.com/wday",
    ],
)
def test_an_address_without_a_site_names_the_tenant_whose_sites_its_robots_txt_tells(url):
    robots = (
        "User-agent: *\nDisallow: /wday/\nSitemap: https://acme.wd5.myworkdayjobs.com/Careers/siteMap.xml\n"
        "sitemap: https://acme.wd5.myworkdayjobs.com/Campus/siteMap.xml\n"
        "Sitemap: https://acme.wd5.myworkdayjobs.com/careers/siteMap.xml\n"
        "Sitemap: https://other.wd5.myworkdayjobs.com/Careers/siteMap.xml\n"
        "Sitemap: https://acme.wd5.myworkdayjobs.com/sitemap.xml.gz?Sitemap: x\nSitemap:\n"
    )
    assert EXTRACTOR.recognise(url) == TENANT
    http = FakeHttp({"https://acme.wd5.myworkdayjobs.com/robots.txt": robots})
    assert [key["site"] for key in EXTRACTOR.boards(http, TENANT)] == ["Careers", "Campus"]


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.wd5.myworkdayjobs.com/wday/authgwy/acme/login.htmld",
        "https://acme.wd5.myworkdayjobs.com/robots.txt",
        "https://wd5.myworkdaysite.com/en-US/recruiting/acme",
        "https://acme.wd5.myworkdayjobs.com.evil.example/Careers",
    ],
)
def test_an_address_that_names_no_site_names_no_board(url):
    assert EXTRACTOR.recognise(url) is None


@pytest.mark.parametrize("site", ["jj", "tc", "External", "EN_Careers", "en-US-Careers"])
def test_a_site_that_only_resembles_a_locale_is_a_site(site):
    assert EXTRACTOR.recognise(f"https://acme.wd5.myworkdayjobs.com/en-US/{site}/job/X/Y_R1")["site"] == site
    assert EXTRACTOR.recognise(f"https://acme.wd5.myworkdayjobs.com/{site}")["site"] == site
