"""What has gone wrong with Teamtailor's feed for others, one test each."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import UnexpectedPayload
from worker.extractors.teamtailor import EXTRACTOR, MAX_PAGES, pages, parse
from worker.posting import Page

BOARD = {"board": "acme"}
URL = "https://acme.teamtailor.com/jobs.json"


def item(number, **job):
    return {
        "id": f"uuid-{number}",
        "title": f"Job {number}",
        "url": f"https://acme.teamtailor.com/jobs/{number}-job",
        "_jobposting": {"identifier": {"value": number}, **job},
    }


def feed_of(count, *, next_urls=True, host="acme.teamtailor.com"):
    """A board of `count` postings, asked by page or by offset."""

    def answer(url, params):
        size, page = int(params.get("per_page", 30)), int(params.get("page", 1))
        start = int(params.get("offset", (page - 1) * size))
        feed = {"items": [item(number) for number in range(start + 1, min(start + size, count) + 1)]}
        if next_urls and start + size < count:
            feed["next_url"] = f"https://{host}/jobs.json?page={page + 1}&per_page={size}"
        return feed

    return answer


def read(answer):
    http = FakeHttp({URL: answer})
    found = [*pages(http, BOARD)]
    ids = {posting.external_id for page in found for posting in parse(page, BOARD)}
    return ids, [page.truncated for page in found if page.truncated], http.calls


def test_a_small_board_costs_one_request():
    ids, truncated, calls = read(feed_of(2))
    assert (len(ids), truncated) == (2, [])
    assert [params for _, _, params, _, _ in calls] == [{"per_page": 100}]


def test_the_feed_is_read_beyond_its_first_page():
    ids, truncated, calls = read(feed_of(250))
    assert (len(ids), truncated, len(calls)) == (250, [], 3)


def test_a_next_page_is_asked_also_when_the_site_hands_out_fewer_than_asked():
    def thirty(url, params):
        return feed_of(70)(url, {**params, "per_page": 30})

    ids, truncated, _ = read(thirty)
    assert (len(ids), truncated) == (70, [])


def test_a_site_without_next_url_is_asked_by_offset_after_a_full_page():
    ids, truncated, calls = read(feed_of(200, next_urls=False))
    assert (len(ids), truncated, len(calls)) == (200, [], 3)
    assert calls[1][2]["offset"] == 100


def test_a_feed_cannot_send_us_to_another_host():
    ids, _, calls = read(feed_of(150, host="evil.example"))
    assert len(ids) == 150
    assert {urlsplit(url).netloc for _, url, *_ in calls} == {"acme.teamtailor.com"}


def test_a_site_that_repeats_its_first_page_is_truncated_not_complete():
    full = {"items": [item(number) for number in range(100)]}
    ids, truncated, calls = read(full)
    assert (len(ids), len(truncated), len(calls)) == (100, 1, 2)


def test_a_posting_that_moves_to_the_first_page_meanwhile_leaves_the_feed_incomplete():
    def bumped(url, params):
        feed = feed_of(250)(url, params)
        if "page" in params:  # job 150 is the first one now: all before it stand one place later
            numbers = [150, *(number for number in range(1, 251) if number != 150)]
            start = 100 * (int(params["page"]) - 1)
            feed["items"] = [item(number) for number in numbers[start : start + 100]]
        return feed

    ids, truncated, calls = read(bumped)
    assert (len(ids), len(truncated), len(calls)) == (249, 1, 3)


def test_a_next_url_for_ever_ends_and_is_truncated():
    def endless(url, params):
        page = int(params.get("page", 1))
        return {"items": [item(page)], "next_url": f"{URL}?page={page + 1}"}

    ids, truncated, calls = read(endless)
    assert (len(ids), len(truncated), len(calls)) == (MAX_PAGES, 1, MAX_PAGES)


def test_a_next_url_with_any_query_is_only_a_query():
    seen = []

    def answer(url, params):
        seen.append(params)
        return {"items": [item(len(seen))], "next_url": "::?a=1&page=2" if len(seen) == 1 else None}

    read(answer)
    assert seen[1] == {"per_page": 100, **dict(parse_qsl("a=1&page=2"))}


def test_the_workplace_is_left_open_where_the_feed_says_nothing():
    found = [*parse(Page({"items": [item(1, jobLocationType=None), item(2, jobLocationType="TELECOMMUTE")]}), BOARD)]
    assert [posting.workplace for posting in found] == [None, "TELECOMMUTE"]


def test_the_employers_grouping_of_places_is_no_part_of_a_place_with_a_town():
    address = {"streetAddress": "Monday Chamberi", "addressLocality": "Madrid", "addressRegion": "Europe",
               "addressCountry": "ES", "postalCode": "28010"}  # fmt: skip
    [found] = parse(Page({"items": [item(1, jobLocation=[{"address": address}])]}), BOARD)
    assert (found.locations, found.country_codes) == (["Madrid, ES"], ["ES"])


def test_the_id_is_the_jobs_number_also_when_only_the_address_has_it():
    plain = item(7)
    del plain["_jobposting"]
    [found] = parse(Page({"items": [plain]}), BOARD)
    assert found.external_id == "7"


def test_a_skipped_item_goes_by_the_id_it_had_when_it_could_be_read():
    [skipped] = parse(Page({"items": [{**item(7), "title": None}]}), BOARD)
    assert skipped.external_id == "7"


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="items"):
        [*parse(Page({"data": []}), BOARD)]
    assert [*parse(Page({"items": []}), BOARD)] == []


@pytest.mark.parametrize("host", ["acme.na", "acme-1671530238", "career"])
def test_boards_of_every_kind_of_host_are_asked_at_that_host(host):
    key = EXTRACTOR.recognise(f"https://{host}.teamtailor.com/jobs")
    http = FakeHttp({f"https://{host}.teamtailor.com/jobs.json": {"items": []}})
    assert len([*pages(http, key)]) == 1


@pytest.mark.parametrize("name", ["www", "api", "app", "docs", "support", "api.na"])
def test_teamtailors_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.teamtailor.com/jobs") is None
