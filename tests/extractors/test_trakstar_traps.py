"""What has gone wrong with Trakstar Hire (Recruiterbox) for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.trakstar import EXTRACTOR, pages, parse
from worker.posting import Page

BOARD = {"board": "acme"}
API = "https://jsapi.recruiterbox.com/v1/openings"


def row(number, **fields):
    return {"id": f"fk{number}", "title": f"Job {number}", **fields}


def board_of(count, *, page=100, total=None):
    def answer(url, params):
        rows = [row(number) for number in range(count)][params["offset"] :][: min(page, params["limit"])]
        return {"meta": {"offset": params["offset"], "total": count if total is None else total}, "objects": rows}

    return answer


def read(answer):
    http = FakeHttp({API: answer})
    found = [*pages(http, BOARD)]
    ids = [posting.external_id for page in found for posting in parse(page, BOARD)]
    return ids, found[0].total, [page.truncated for page in found if page.truncated], http.calls


def posting(**fields):
    [found] = parse(Page({"objects": [row(7, **fields)]}), BOARD)
    return found


def test_a_small_board_costs_one_request_for_a_hundred():
    ids, total, truncated, calls = read(board_of(3))
    assert (ids, total, truncated, len(calls)) == (["fk0", "fk1", "fk2"], 3, [], 1)
    assert calls[0][2] == {"client_name": "acme", "offset": 0, "limit": 100}


def test_an_empty_board_is_empty():
    assert read(board_of(0))[:3] == ([], 0, [])


def test_an_unknown_board_is_a_bad_request():
    assert EXTRACTOR.statuses == {400: BoardNotFound}


def test_a_page_shorter_than_asked_is_not_the_last():
    ids, _, truncated, calls = read(board_of(75, page=30))
    assert (len(set(ids)), truncated) == (75, [])
    assert [params["offset"] for _, _, params, _, _ in calls] == [0, 30, 60]


def test_a_list_that_repeats_its_first_page_is_truncated():
    ids, _, truncated, calls = read({"meta": {"total": 10}, "objects": [row(1), row(2)]})
    assert (set(ids), len(truncated), len(calls)) == ({"fk1", "fk2"}, 1, 2)


def test_a_list_that_ends_before_its_total_is_left_short_of_it():
    ids, total, truncated, _ = read(board_of(3, total=5))
    assert (len(ids), total, truncated) == (3, 5, [])


def test_the_total_has_two_names():
    assert read({"meta": {"total_count": 0}, "objects": []})[1] == 0


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="objects"):
        read({"meta": {"total": 0}})


@pytest.mark.parametrize(("flag", "workplace"), [(True, "remote"), (False, None), (None, None), ("true", None)])
def test_work_that_is_not_remote_is_not_said_to_be_anywhere(flag, workplace):
    assert posting(allows_remote=flag).workplace == workplace


def test_the_closing_date_is_no_date_of_publication():
    found = posting(close_date=1513445073)
    assert (found.posted_at, found.closes_at.isoformat()) == (None, "2017-12-16T17:24:33+00:00")
    assert posting(close_date="2026-12-31").closes_at.isoformat() == "2026-12-31T00:00:00+00:00"
    assert posting(close_date=True).closes_at is None


def test_department_and_team_are_names_or_objects_with_one():
    found = posting(department={"name": "Kitchen"}, team="Ovens")
    assert (found.department, found.team) == ("Kitchen", "Ovens")


def test_a_posting_without_an_address_has_that_of_its_board():
    assert posting(hosted_url=None).url == "https://acme.hire.trakstar.com/jobs/fk7/"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.trakstar.com/hire",
        "https://hire.trakstar.com/",
        "https://www.recruiterbox.com/",
        "https://app.recruiterbox.com/app/",
        "https://developers.recruiterbox.com/reference",
        "https://jsapi.recruiterbox.com/v1/openings",
    ],
)
def test_trakstars_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
