"""What has gone wrong with Pinpoint's JSON for others, one test each."""

from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import UnexpectedPayload
from worker.extractors.pinpoint import EXTRACTOR, pages, parse
from worker.posting import Page, Salary

BOARD = {"board": "acme"}


def row(**fields):
    return {"id": "1", "title": "Baker", "url": "https://acme.pinpointhq.com/en/postings/1", **fields}


def posting(**fields):
    [found] = parse(Page({"data": [row(**fields)]}), BOARD)
    return found


def test_one_request_gives_the_board():
    http = FakeHttp({"https://acme.pinpointhq.com/postings.json": {"data": [row()]}})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated) == (None, None)
    assert len(http.calls) == 1


PAY = {"compensation_minimum": 1000, "compensation_maximum": 1200.5, "compensation_currency": "GBP",
       "compensation_frequency": "two_weeks", "compensation": "£1,000 - £1,200.50"}  # fmt: skip


def test_pay_by_the_fortnight_keeps_the_boards_word():
    found = posting(**PAY, compensation_visible=True)
    assert found.salary == Salary(Decimal(1000), Decimal("1200.5"), "GBP", "two_weeks")


def test_pay_that_the_employer_hides_is_not_read():
    found = posting(**PAY, compensation_visible=False)
    assert found.salary is None
    assert "compensation" not in found.extras


def test_pay_without_the_switch_is_shown_pay():
    assert posting(**PAY).salary is not None


def test_the_description_has_all_its_parts_under_their_headers():
    found = posting(
        description="<p>a</p>",
        key_responsibilities_header="You <will>",
        key_responsibilities="<p>b</p>",
        skills_knowledge_expertise="<p>c</p>",
        benefits_header="Benefits",
        benefits="<p>d</p>",
    )
    assert found.description_html == "<p>a</p>\n<h3>You &lt;will&gt;</h3><p>b</p>\n<p>c</p>\n<h3>Benefits</h3><p>d</p>"


def test_the_header_of_an_empty_part_is_not_shown():
    assert posting(description="<p>a</p>", benefits_header="Benefits", benefits="").description_html == "<p>a</p>"


def test_the_posting_date_is_the_first_publication_and_may_be_missing():
    assert posting().posted_at is None
    assert posting(first_published_at="2026-10-20T09:30:00+01:00").posted_at.isoformat() == "2026-10-20T08:30:00+00:00"


def test_a_division_is_above_the_department_and_stays_among_the_extras():
    found = posting(job={"department": {"name": "Ovens"}, "division": {"name": "Acme Food"}})
    assert (found.department, found.team, found.extras) == ("Ovens", None, {"division": "Acme Food"})


def test_a_posting_without_url_has_the_address_of_its_path():
    [found] = parse(Page({"data": [{"id": "1", "title": "Baker", "path": "/postings/1"}]}), BOARD)
    assert found.url == "https://acme.pinpointhq.com/postings/1"


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="data"):
        [*parse(Page({"errors": []}), BOARD)]
    assert [*parse(Page({"data": []}), BOARD)] == []


@pytest.mark.parametrize("name", ["www", "app", "api", "help", "developers", "status"])
def test_pinpoints_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.pinpointhq.com/docs") is None
