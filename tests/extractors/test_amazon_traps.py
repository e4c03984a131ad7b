"""What has gone wrong with amazon.jobs for others, one test each."""

import json
from dataclasses import asdict

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import UnexpectedPayload
from worker.extractors.amazon import EXTRACTOR, pages, parse
from worker.posting import Page, Skipped

EVERYTHING = {"category": "all"}
SEARCH = "https://www.amazon.jobs/en/search.json"


class Site:
    """amazon.jobs with so many postings in each business category: {"aws": 120}."""

    def __init__(self, **counts):
        self.counts = counts

    def __call__(self, url, query):
        assert query["result_limit"] <= 100, "refused by the site"
        category, offset = query.get("business_category[]"), query["offset"]
        wanted = {category: self.counts.get(category, 0)} if category else self.counts
        found = [f"{name}-{number}" for name, count in wanted.items() for number in range(count)]
        if offset + query["result_limit"] > 10_000:
            return {"error": "Cannot return more than 10000 results at once", "jobs": None}
        rows = [
            {"id_icims": name, "title": name, "job_path": f"/en/jobs/{name}"} for name in found[offset : offset + 100]
        ]
        facet = [{name: count} for name, count in self.counts.items()]
        facets = {"business_category_facet": facet} if "facets[]" in query else {}
        return {"error": None, "hits": min(len(found), 10_000) if category else 10_000, "jobs": rows, "facets": facets}


def read(site, board=EVERYTHING):
    http = FakeHttp({SEARCH: site})
    found = [*pages(http, board)]
    assert not [page for page in found[:-1] if page.truncated], "nothing is read after a truncated page"
    ids = [posting.external_id for page in found for posting in parse(page, board)]
    return ids, found[0].total, found[-1].truncated, [query for _, _, query, _, _ in http.calls]


def test_a_board_that_one_query_reaches_is_read_by_one_query():
    ids, total, truncated, queries = read(Site(aws=150, retail=70))
    assert (len(set(ids)), total, truncated) == (220, 220, None)
    assert [query["offset"] for query in queries] == [0, 100, 200]
    assert not [query for query in queries if "business_category[]" in query]


def test_a_board_beyond_the_window_is_split_by_category_and_its_total_is_the_facets_sum():
    ids, total, truncated, queries = read(Site(aws=9_000, retail=2_000, none=1))
    assert (len(set(ids)), total, truncated) == (11_001, 11_001, None)
    assert {query.get("business_category[]") for query in queries} == {None, "aws", "retail", "none"}


def test_no_query_asks_beyond_the_window_and_what_lies_there_is_said():
    ids, total, truncated, queries = read(Site(aws=10_300, retail=50))
    assert max(query["offset"] for query in queries) == 9_900
    assert (len(set(ids)), total) == (10_050, 10_350)
    assert "10,000" in truncated


def test_hits_that_stop_at_ten_thousand_are_no_total():
    assert read(Site(aws=5))[1] == 5


def test_one_category_is_a_board_of_its_own():
    ids, total, truncated, queries = read(Site(aws=130, retail=70), {"category": "aws"})
    assert (len(ids), total, truncated, len(queries)) == (130, 130, None, 2)
    assert {query["business_category[]"] for query in queries} == {"aws"}


def test_a_category_that_fills_the_window_is_truncated_and_advertises_nothing():
    ids, total, truncated, _ = read(Site(aws=10_500), {"category": "aws"})
    assert (len(ids), total, bool(truncated)) == (10_000, None, True)


def test_an_empty_board_is_empty():
    assert read(Site()) == (
        [],
        0,
        None,
        [{"offset": 0, "result_limit": 100, "sort": "recent", "facets[]": "business_category"}],
    )


@pytest.mark.parametrize("answer", [
    {"error": "Result limit cannot be greater than 100", "jobs": None}, {"hits": 0}, {"jobs": None, "facets": {}}, [],
    {"jobs": [], "hits": 0}, {"jobs": [{}], "facets": {"business_category_facet": []}},
])  # fmt: skip
def test_an_error_with_status_200_or_a_changed_answer_is_an_unexpected_payload(answer):
    with pytest.raises(UnexpectedPayload):
        read(answer)


def posting(**fields):
    row = {"id_icims": "1", "title": "Baker", "job_path": "/en/jobs/1/baker", **fields}
    [found] = parse(Page({"jobs": [row]}), EVERYTHING)
    return found


@pytest.mark.parametrize("said", ["September  9, 2026", "September 9, 2026", " September 09, 2026 "])
def test_a_date_with_two_blanks_is_a_date(said):
    assert posting(posted_date=said).posted_at.isoformat() == "2026-09-09T00:00:00+00:00"


@pytest.mark.parametrize("said", [None, "yesterday", 3, "2026-09-09x"])
def test_what_is_no_date_is_none(said):
    assert posting(posted_date=said).posted_at is None


def test_how_long_ago_a_posting_changed_is_no_part_of_it():
    assert asdict(posting(updated_time="about 2 hours")) == asdict(posting(updated_time="1 day"))


def test_places_are_json_within_json_and_the_single_field_stands_in_for_none():
    places = [json.dumps({"normalizedLocation": name, "type": "ONSITE"}) for name in ("Haifa, ISR", "Tel Aviv, ISR")]
    assert posting(locations=places, normalized_location="Haifa, ISR").locations == ["Haifa, ISR", "Tel Aviv, ISR"]
    assert posting(locations=["{oops", 3], normalized_location="Haifa, ISR").locations == ["Haifa, ISR"]


def test_a_virtual_place_makes_a_posting_remote_and_others_say_nothing():
    assert posting(locations=[json.dumps({"type": "VIRTUAL"})]).workplace == "remote"
    assert posting(locations=[json.dumps({"type": "ONSITE"})]).workplace is None


@pytest.mark.parametrize("row", [{"title": "Baker", "job_path": "/x"}, {"id_icims": "1", "title": "Baker"},
                                 {"id_icims": "1", "title": " ", "job_path": "/x"}])  # fmt: skip
def test_a_row_without_number_title_or_path_is_skipped(row):
    [found] = parse(Page({"jobs": [row]}), EVERYTHING)
    assert isinstance(found, Skipped)


@pytest.mark.parametrize("url", ["https://www.amazon.jobs/internal/en/jobs/1", "https://account.amazon.jobs/en-US/x",
                                 "https://amazon.jobs.evil.example/en", "https://hiring.amazon.com/"])  # fmt: skip
def test_other_sites_and_the_staffs_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
