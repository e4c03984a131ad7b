"""What has gone wrong with JazzHR's career pages for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.jazzhr import EXTRACTOR, company, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Skipped

BOARD = {"board": "acme"}
LIST = "https://acme.applytojob.com/apply/jobs"
STAMP = "row_job_20171027124410_6YYRYRQIVLVI5LND"


def row(posting_id="a1", title="Baker", department="", place="Rome"):
    return (
        f'<tr id="{STAMP}"><td><a class="job_title_link" href="/apply/jobs/details/{posting_id}?&">{title}</a><br />'
        f'<span class="resumator_department">{department}</span></td><td>{place}</td></tr>'
    )


def board(*rows):
    return f'<html><table id="jobs_table"><tr><th>Position</th></tr>{"".join(rows)}</table></html>'


def posting(**fields):
    [found] = parse(Page(board(row(**fields))), BOARD)
    return found


def with_job(fields):
    return f'<script type="application/ld+json">{{"@type": "JobPosting", "title": "Baker", {fields}}}</script>'


def test_the_list_is_the_one_that_looks_alike_for_all_employers():
    http = FakeHttp({LIST: board(row())})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated) == (None, None)
    assert http.calls[0][1] == LIST


def test_a_host_nobody_has_is_redirected_and_that_is_not_followed():
    http = FakeHttp({LIST: board()})
    [*pages(http, BOARD)]
    assert http.calls[0][-1] is False
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_former_customers_page_is_no_empty_board_though_its_status_is_200():
    http = FakeHttp({LIST: "<html><title>JazzHR - Inactive Career Page</title></html>"})
    with pytest.raises(BoardNotFound, match="acme is not with JazzHR any more"):
        [*pages(http, BOARD)]


def test_a_board_without_postings_shows_the_table_and_is_empty():
    assert [*parse(Page(board()), BOARD)] == []


@pytest.mark.parametrize(
    "changed",
    ["<html><h1>Trying to apply for a job?</h1></html>", "<table id='job_search_table'></table>", "", {}, None],
)
def test_a_page_without_the_table_is_an_unexpected_payload_and_no_empty_board(changed):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(changed), BOARD)]


def test_the_list_for_telephones_is_not_read_again():
    again = (
        f'<div id="{STAMP}" class="jobs_row"><a class="job_title_link" href="/apply/jobs/details/a1?&">Baker</a></div>'
    )
    assert len([*parse(Page(board(row()) + again), BOARD)]) == 1


def test_a_row_that_cannot_be_read_costs_only_itself():
    strange = f'<tr id="{STAMP}"><td><a href="/elsewhere">Chef</a></td></tr>'
    found = [*parse(Page(board(row("a1"), strange, row("a2", title=""), row("a3"))), BOARD)]
    assert [one.external_id for one in found if isinstance(one, Posting)] == ["a1", "a3"]
    skipped = [(one.external_id, one.title) for one in found if isinstance(one, Skipped)]
    assert skipped == [(None, "Chef"), ("a2", None)]


def test_what_the_list_does_not_say_stays_unknown():
    expected = Posting(external_id="a1", title="Baker", url="https://acme.applytojob.com/apply/a1")
    assert posting(place=" ") == expected


def test_the_time_in_a_rows_id_is_no_date_of_publication():
    assert posting().posted_at is None


def test_a_posting_without_a_jobposting_is_read_by_its_elements():
    page = (
        "<div id='resumator-job-description'>Bake.</div><h2 id=resumator-job-type><strong>Type:</strong> Seasonal</h2>"
    )
    found = parse_detail(posting(), page)
    assert (found.employment_type, found.posted_at, found.salary) == ("Seasonal", None, None)
    assert found.description_html == '<div id="resumator-job-description">Bake.</div>'


def test_the_pages_own_word_for_the_employment_is_finer_than_the_jobpostings():
    page = with_job('"employmentType": "FULL_TIME"')
    assert parse_detail(posting(), page).employment_type == "FULL_TIME"
    page += '<div id="resumator-job-employment"><i class="fa"></i>Temporary to Full Time</div>'
    assert parse_detail(posting(), page).employment_type == "Temporary to Full Time"


def test_an_end_computed_from_the_beginning_is_none():
    found = parse_detail(posting(), with_job('"datePosted": "2026-08-31", "validThrough": "2026-11-29"'))
    assert (found.posted_at.isoformat(), found.closes_at) == ("2026-08-31T00:00:00+00:00", None)


def test_the_lists_department_goes_before_the_pages():
    page = '<div id="job-description">Bake.</div><div title="Department"><i></i>Kitchen</div>'
    assert parse_detail(posting(), page).department == "Kitchen"
    assert parse_detail(posting(department="Bar"), page).department == "Bar"


def test_a_page_without_either_description_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="neither a JobPosting nor a description"):
        parse_detail(posting(), "<html><p>This job is no longer open.</p></html>")


def test_the_postings_page_is_asked_for_by_its_key_alone():
    http = FakeHttp({"https://acme.applytojob.com/apply/a1": "<html>"})
    assert detail(http, BOARD, posting()) == "<html>"


def test_the_companys_name_is_the_pages_organization():
    organization = '<script type="application/ld+json">{"@type": "Organization", "name": "Acme Bakeries"}</script>'
    assert company(Page(organization + board())) == "Acme Bakeries"
    assert company(Page(board())) is None
    assert company(Page(None)) is None


@pytest.mark.parametrize("name", ["www", "app", "info", "support", "help"])
def test_jazzhrs_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.applytojob.com/apply") is None
