"""What has gone wrong with TRAFFIT's job posts for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.traffit import EXTRACTOR, MAX_PAGES, pages, parse
from worker.posting import Page, Skipped

BOARD = {"board": "acme"}
LIST = "https://acme.traffit.com/public/job_posts/published"


def post(number=1, options=None, values=(), **fields):
    advert = {"name": "Baker", "values": [{"field_id": name, "value": value} for name, value in values]}
    return {"id": number, "advert": advert, "url": f"https://acme.traffit.com/public/an/{number}",
            "options": options or {}, **fields}  # fmt: skip


class Site(FakeHttp):
    """Serves pages as the headers ask for."""

    def __init__(self, number):
        super().__init__({})
        self.posts = [post(n) for n in range(number)]

    def get_json(self, url, *, params=None, headers=None, redirects=True):
        self.calls.append(("GET", url, params, headers, redirects))
        size, page = int(headers["X-Request-Page-Size"]), int(headers["X-Request-Current-Page"])
        return self.posts[size * (page - 1) : size * page]


def test_a_page_that_is_not_full_is_the_last():
    http = Site(230)
    found = [*pages(http, BOARD)]
    assert [len(page.data) for page in found] == [100, 100, 30]
    assert {page.truncated for page in found} == {None}
    assert {url for _, url, _, _, _ in http.calls} == {LIST}


def test_a_full_last_page_costs_one_request_more_and_an_empty_board_one():
    assert [len(page.data) for page in pages(Site(100), BOARD)] == [100, 0]
    assert [len(page.data) for page in pages(Site(0), BOARD)] == [0]


def test_a_site_that_ignores_the_page_asked_for_ends_and_is_truncated():
    found = [*pages(FakeHttp({LIST: [post(n) for n in range(100)]}), BOARD)]
    assert [bool(page.truncated) for page in found] == [False, True]


def test_a_site_without_end_is_left_after_a_bounded_number_of_pages():
    found = [*pages(Site(100 * MAX_PAGES + 1), BOARD)]
    assert (len(found), bool(found[-1].truncated)) == (MAX_PAGES, True)


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("answer", [{}, {"error": "x"}, "x", None])
def test_an_answer_that_is_no_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="list"):
        [*pages(FakeHttp({LIST: answer}), BOARD)]


def posting(**fields):
    [found] = parse(Page([post(**fields)]), BOARD)
    return found


@pytest.mark.parametrize("name", ["job_type", "_job_type", "Job_Type"])
def test_an_option_is_found_by_whatever_spelling_the_employer_uses(name):
    assert posting(options={name: ["Full time"], f"{name}.translation": "Rodzaj pracy"}).employment_type == "Full time"


def test_a_place_that_is_no_json_is_no_place():
    assert posting(values=[("geolocation", "Gdynia")]).locations == []
    place = json.dumps({"locality": "Gdynia", "region1": "Gdynia", "country": "Polska", "iso": "pl"})
    assert posting(values=[("geolocation", place)]).locations == ["Gdynia, Polska"]


def test_pay_keeps_the_employers_period_and_zero_is_none():
    pay = {"_Salary_MIN": "5000", "_Salary_MAX": "0", "_Salary_Currency": "PLN", "_Salary_Rate": "Monthly"}
    found = posting(options=pay).salary
    assert (found.min, found.max, found.currency, found.period) == (5000, None, "PLN", "Monthly")
    assert posting(options={"_Salary_Currency": "PLN"}).salary is None


def test_a_switch_that_is_off_says_nothing_of_the_workplace():
    assert posting(options={"remote": "0"}).workplace is None
    assert posting(options={"remote": "1"}).workplace == "remote"
    assert posting(options={"remote": "1", "_work_model": "Hybrid"}).workplace == "Hybrid"


def test_the_date_is_when_the_post_begins_to_be_valid():
    found = posting(valid_start="2026-09-18 09:30:00", valid_end="0000-00-00")
    assert (found.posted_at.isoformat(), found.closes_at) == ("2026-09-18T09:30:00+00:00", None)


def test_a_bad_row_is_skipped_and_costs_only_itself():
    rows = [post(1), {"id": 2, "advert": None, "url": "x"}, {**post(3), "url": None}]
    assert [isinstance(one, Skipped) for one in parse(Page(rows), BOARD)] == [False, True, True]


@pytest.mark.parametrize("name", ["www", "api", "cdn3", "help", "knowledge"])
def test_traffits_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.traffit.com/x") is None
