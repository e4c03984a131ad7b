"""What has gone wrong with Keka's portals for others, one test each."""

from dataclasses import asdict

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, BoardRefused, UnexpectedPayload
from worker.extractors.keka import EXTRACTOR, pages, parse
from worker.posting import Page, Skipped

BOARD = {"board": "acme", "portal": "default"}
UUID = "24040a7e-a7c5-47a5-9cd5-019962c66385"
SITE = "https://acme.keka.com/careers"


def asked(page, board=BOARD, site=SITE):
    http = FakeHttp({site: page, f"https://acme.keka.com/careers/api/embedjobs/{board['portal']}/active/{UUID}": []})
    [found] = pages(http, board)
    assert found.data == []
    return [url for _, url, _, _, _ in http.calls]


@pytest.mark.parametrize(
    "page",
    [
        f'<img src="/ats/documents/{UUID.upper()}/careerportal/banner.png">',
        f'<script src="https://acme.keka.com/careers/api/embedjobs/js/{UUID}"></script>',
    ],
)
def test_the_portals_page_names_the_portal_however_it_is_laid_out(page):
    assert asked(page) == [SITE, f"{SITE}/api/embedjobs/default/active/{UUID}"]


def test_a_further_portal_has_a_page_and_a_list_of_its_own():
    labs = {"board": "acme", "portal": "labs"}
    assert asked(f"/ats/documents/{UUID}/careerportal/x", labs, f"{SITE}/labs")[0] == f"{SITE}/labs"
    [found] = parse(Page([{"id": 7, "title": "Baker"}]), labs)
    assert found.url == f"{SITE}/labs/jobdetails/7"


@pytest.mark.parametrize(
    ("page", "error"),
    [
        ("<h1>Invalid Tenant</h1>", BoardNotFound),
        ("<h1>Forbidden Access</h1>", BoardRefused),
        ("<h1>Careers</h1>", UnexpectedPayload),
    ],
)
def test_what_is_wrong_is_said_by_pages_with_status_200(page, error):
    with pytest.raises(error):
        [*pages(FakeHttp({SITE: page}), BOARD)]


def test_another_documents_identifier_is_not_taken_for_the_portals():
    with pytest.raises(UnexpectedPayload):
        [*pages(FakeHttp({SITE: f'{{"departmentIdentifier": "{UUID}"}}'}), BOARD)]


@pytest.mark.parametrize("answer", [{}, {"jobs": []}, None])
def test_an_answer_that_is_no_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="list"):
        [*parse(Page(answer), BOARD)]
    assert [*parse(Page([]), BOARD)] == []


def posting(**fields):
    [found] = parse(Page([{"id": 7, "title": "Baker", **fields}]), BOARD)
    return found


def test_for_how_long_a_posting_has_been_out_is_no_part_of_it():
    assert asdict(posting(publishedSinceDays=3)) == asdict(posting(publishedSinceDays=4))


def test_amounts_without_a_unit_or_period_are_no_pay():
    pay = {"minimum": 3, "maximum": 5, "currency": "INR", "salaryPeriod": 4}
    found = posting(salaryRange=pay)
    assert (found.salary, found.extras) == (None, {"salary_range": {"minimum": "3", "maximum": "5", "currency": "INR"}})
    assert posting(salaryRange={"minimum": 0, "maximum": 0, "currency": "INR"}).extras == {}


def test_a_number_that_is_explained_nowhere_is_no_kind_of_employment():
    assert posting(jobType=2).employment_type is None


def test_a_place_without_a_town_goes_by_its_name():
    places = [{"city": "Pune ", "state": "Pune", "countryName": "India", "name": "HQ"}, {"name": "Remote desk"}]
    assert posting(jobLocations=places).locations == ["Pune, India", "Remote desk"]


def test_a_row_without_number_or_title_is_skipped_and_costs_only_itself():
    found = [*parse(Page([{"title": "A"}, {"id": 2, "title": ""}, {"id": 3, "title": "C"}]), BOARD)]
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, None), (True, "2"), (False, "3")]


@pytest.mark.parametrize("url", ["https://www.keka.com/careers", "https://acme.keka.com", "https://acme.keka.com/login",
                                 "https://acme.keka.com.evil.example/careers"])  # fmt: skip
def test_what_is_no_career_portal_is_no_board(url):
    assert EXTRACTOR.recognise(url) is None
