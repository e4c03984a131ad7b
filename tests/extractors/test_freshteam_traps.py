"""What has gone wrong with Freshteam's widget for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.freshteam import EXTRACTOR, pages, parse
from worker.posting import Page, Skipped

BOARD = {"board": "acme"}
WIDGET = "https://acme.freshteam.com/hire/widgets/jobs.json"


def row(number=7, **fields):
    return {"id": number, "title": "Baker", "url": f"https://acme.freshteam.com/jobs/x{number}", **fields}


def posting(branches=(), roles=(), **fields):
    [found] = parse(Page({"jobs": [row(**fields)], "branches": [*branches], "job_roles": [*roles]}), BOARD)
    return found


def test_one_request_gives_the_board():
    http = FakeHttp({WIDGET: {"jobs": [row()]}})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, len(http.calls)) == (None, None, 1)


def test_a_full_widget_is_truncated_as_it_shows_no_more():
    [page] = pages(FakeHttp({WIDGET: {"jobs": [row(n) for n in range(1000)]}}), BOARD)
    assert "1,000" in page.truncated
    [page] = pages(FakeHttp({WIDGET: {"jobs": [row(n) for n in range(999)]}}), BOARD)
    assert page.truncated is None


def test_a_missing_board_and_a_page_instead_of_data_pass_through_as_what_they_are():
    for error in (BoardNotFound("404"), UnexpectedPayload("HTML")):
        with pytest.raises(type(error)):
            [*pages(FakeHttp({WIDGET: error}), BOARD)]


@pytest.mark.parametrize("answer", [{}, {"jobs": None}, {"branches": []}, [], "x"])
def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="jobs"):
        [*pages(FakeHttp({WIDGET: answer}), BOARD)]
    assert [*parse(Page({"jobs": []}), BOARD)] == []


def test_a_deleted_job_is_no_posting():
    assert [*parse(Page({"jobs": [row(deleted=True)]}), BOARD)] == []


BRANCH = {"id": 8, "location": "Singapore", "country_code": "SG"}


def test_place_and_department_stand_in_lists_beside_the_jobs():
    found = posting([BRANCH], [{"id": 3, "name": "Kitchen"}], branch_id=8, job_role_id=3)
    assert (found.locations, found.country_codes, found.department) == (["Singapore"], ["SG"], "Kitchen")


def test_a_reference_to_nothing_says_nothing():
    found = posting(branch_id=9, job_role_id=None)
    assert (found.locations, found.country_codes, found.department) == ([], [], None)


def test_where_people_are_sought_replaces_where_the_employer_is_registered():
    found = posting([BRANCH], branch_id=8, remote=True, preferred_remote_job_locations="Pune, India| Kyiv, Ukraine|")
    assert (found.locations, found.country_codes, found.workplace) == (["Pune, India", "Kyiv, Ukraine"], [], "remote")


@pytest.mark.parametrize(
    ("number", "word"), [(1, "Contract"), (8, "Fixed Term Contract"), (9, None), (None, None), (True, None)]
)
def test_the_numbers_of_the_kind_of_employment_are_words(number, word):
    assert posting(job_type=number).employment_type == word


def test_an_edit_is_no_posting_date():
    assert posting(updated_at="2026-10-30T00:00:00Z").posted_at is None


def test_a_bad_row_is_skipped_and_costs_only_itself():
    rows = [row(1, title=None), {"title": "B", "url": "x"}, row(3)]
    found = [*parse(Page({"jobs": rows}), BOARD)]
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, "1"), (True, None), (False, "3")]


@pytest.mark.parametrize("name", ["www", "api", "support", "developers"])
def test_freshteams_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.freshteam.com/jobs") is None
