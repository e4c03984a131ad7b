"""What has gone wrong with ClearCompany for others, one test each."""

from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.clearcompany import EXTRACTOR, pages, parse, sniff
from worker.posting import Page, Salary, WebPage

ID = "0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
BOARD = {"board": ID}
API = f"https://careers-api.clearcompany.com/v1/{ID}"


def row(number, **fields):
    link = f"https://contoso.clearcompany.com/careers/jobs/{number}/apply"
    return {"id": f"job-{number}", "positionTitle": f"Job {number}", "applyLink": link, **fields}


def board_of(count, *, total=None):
    def answer(url, params):
        rows = [row(number) for number in range(count)][params["pageIndex"] * 50 :][:50]
        return {"results": rows, "totalCount": count if total is None else total}

    return answer


def read(answer):
    http = FakeHttp({API: answer})
    found = [*pages(http, BOARD)]
    ids = [posting.external_id for page in found for posting in parse(page, BOARD)]
    return ids, found[0].total, [page.truncated for page in found if page.truncated], http.calls


def posting(**fields):
    [found] = parse(Page({"results": [row(7, **fields)]}), BOARD)
    return found


def company_page(markup):
    text = f"<html><body>{markup}</body></html>"
    return WebPage("https://www.contoso.example/careers", text.encode(), text, "text/html")


def test_pages_are_numbered_from_zero_up_to_the_total():
    ids, total, truncated, calls = read(board_of(120))
    assert (len(set(ids)), total, truncated) == (120, 120, [])
    assert [params for _, _, params, _, _ in calls] == [{"pageIndex": 0}, {"pageIndex": 1}, {"pageIndex": 2}]


def test_an_empty_board_is_empty_and_an_unknown_one_is_not_found():
    assert read(board_of(0))[:3] == ([], 0, [])
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_list_that_ignores_the_page_is_truncated():
    ids, _, truncated, calls = read({"results": [row(1), row(2)], "totalCount": 10})
    assert (set(ids), len(truncated), len(calls)) == ({"job-1", "job-2"}, 1, 2)


def test_a_list_that_ends_before_its_total_is_left_short_of_it():
    ids, total, truncated, _ = read(board_of(3, total=5))
    assert (len(ids), total, truncated) == (3, 5, [])


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="results"):
        read({"totalCount": 0})


def test_the_application_form_is_not_the_posting():
    found = posting()
    assert found.url == "https://contoso.clearcompany.com/careers/jobs/7"
    assert found.apply_url == "https://contoso.clearcompany.com/careers/jobs/7/apply"


def test_work_is_remote_if_every_place_is():
    remote, town = {"country": "US", "isRemote": True}, {"city": "Austin", "isRemote": False}
    assert posting(locations=[remote]).workplace == "remote"
    assert posting(locations=[remote, town]).workplace is None
    assert posting(locations=[]).workplace is None


def test_places_go_by_the_boards_word_where_they_have_no_parts():
    assert posting(locations=[{"isRemote": True}], location="Briggs TX").locations == ["Briggs TX"]


def test_the_requisitions_opening_is_no_date_of_publication():
    assert posting(openDate="2026-07-01T00:00:00Z").posted_at is None


def test_pay_has_no_currency_and_zero_is_no_pay():
    found = posting(salaryRangeLow=0, salaryRangeHigh=25.5, salaryType="Hourly")
    assert found.salary == Salary(None, Decimal("25.5"), None, "Hourly")
    assert posting(salaryRangeLow=0, salaryRangeHigh=0).salary is None


SCRIPT = "https://careers-content.clearcompany.com/js/v1/career-site.js"


@pytest.mark.parametrize(
    "markup",
    [
        f'<script src="{SCRIPT}" data-site-id="{ID}"></script>',
        f"<script data-site-id='{ID.upper()}' async src='{SCRIPT}'></script>",
        f"<script type=text/javascript src={SCRIPT}?siteId={ID}&contentSelector=x></script>",
    ],
)
def test_the_widgets_script_on_a_companys_page_tells_the_board(markup):
    assert sniff(company_page(markup)) == BOARD


@pytest.mark.parametrize(
    "markup",
    [
        f'<script src="{SCRIPT}"></script>',
        f'<script src="https://www.contoso.example/app.js" data-site-id="{ID}"></script>',
        f"<a href='https://contoso.clearcompany.com/careers'>siteId={ID}</a>",
    ],
)
def test_a_page_without_the_widgets_script_and_its_id_tells_none(markup):
    assert sniff(company_page(markup)) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.clearcompany.com/",
        f"https://careers-api.clearcompany.com/v1/settings/{ID}",
        "https://careers-api.clearcompany.com/v1/insights",
        "https://contoso.clearcompany.com/careers/jobs/7/apply",
        SCRIPT,
    ],
)
def test_addresses_without_a_sites_id_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
