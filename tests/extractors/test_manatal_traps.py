"""What has gone wrong with Manatal's career pages for others, one test each."""

from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.manatal import EXTRACTOR, MAX_PAGES, pages, parse
from worker.normalise import normalise
from worker.posting import Page, Posting, Salary, Skipped

OLDER = {"board": "acme", "site": "www.careers-page.com"}
NEWER = {"board": "acme", "site": "careers-page.com"}
OLDER_LIST = "https://api.manatal.com/open/v3/career-page/acme/jobs/"
NEWER_LIST = "https://api.careers-page.com/open/v1/career-pages/acme/job-posts"


def older(number=1, **fields):
    return {"id": number, "hash": f"H{number}", "position_name": "Baker", **fields}


def newer(number=1, **fields):
    return {"id": f"uuid-{number}", "translations": [{"language_code": "en", "name": "Baker"}], **fields}


def posting(row, board):
    [found] = parse(Page({"results" if board is OLDER else "items": [row]}), board)
    return found


def paged(rows, *, names=("results", "count"), size=100):
    """A list that answers as both APIs do; beyond the last page there is nothing but 404."""

    def answer(url, query):
        start = (query["page"] - 1) * size
        if start and start >= len(rows):
            return BoardNotFound("Invalid page.")
        return {names[0]: rows[start : start + size], names[1]: len(rows),
                "next": f"{url}?page={query['page'] + 1}" if start + size < len(rows) else None}  # fmt: skip

    return answer


def read(http, board):
    found = [*pages(http, board)]
    ids = {posting.external_id for page in found for posting in parse(page, board)}
    return ids, found[0].total, [page.truncated for page in found if page.truncated]


@pytest.mark.parametrize(
    ("board", "url", "row", "size", "names"),
    [(OLDER, OLDER_LIST, older, 100, ("results", "count")), (NEWER, NEWER_LIST, newer, 250, ("items", "total"))],
)
def test_every_page_of_either_list_is_read_and_none_beyond_the_last(board, url, row, size, names):
    http = FakeHttp({url: paged([row(n) for n in range(2 * size)], names=names, size=size)})
    ids, total, truncated = read(http, board)
    assert (len(ids), total, truncated) == (2 * size, 2 * size, [])
    assert [query["page"] for _, _, query, _, _ in http.calls] == [1, 2]
    assert size in http.calls[0][2].values()


def test_a_list_without_a_count_ends_where_no_page_follows():
    rows = [older(n) for n in range(250)]
    http = FakeHttp({OLDER_LIST: paged(rows, names=("results", "not_a_count"))})
    ids, total, truncated = read(http, OLDER)
    assert (len(ids), total, truncated, len(http.calls)) == (250, None, [], 3)


def test_a_list_that_repeats_a_page_ends_and_is_truncated():
    http = FakeHttp({OLDER_LIST: {"count": 300, "results": [older(1)], "next": "x"}})
    ids, _, truncated = read(http, OLDER)
    assert (len(ids), len(truncated), len(http.calls)) == (1, 1, 2)


def test_a_list_without_end_is_left_after_a_bounded_number_of_pages():
    http = FakeHttp({NEWER_LIST: lambda url, query: {"total": 10**6, "items": [newer(query["page"])]}})
    _, _, truncated = read(http, NEWER)
    assert (len(truncated), len(http.calls)) == (1, MAX_PAGES)


def test_a_list_whose_order_shifts_between_pages_is_missed_by_its_total():
    rows = {1: [older(1), older(2)], 2: [older(2), older(3)]}
    http = FakeHttp({OLDER_LIST: lambda url, query: {"count": 4, "results": rows[query["page"]], "next": "x"}})
    ids, total, truncated = read(http, OLDER)
    assert (len(ids), total, truncated) == (3, 4, [])


@pytest.mark.parametrize(("board", "url", "empty"), [
    (OLDER, OLDER_LIST, {"count": 0, "next": None, "results": []}),
    (NEWER, NEWER_LIST, {"items": [], "total": 0, "page": 1, "size": 250, "pages": 0}),
])  # fmt: skip
def test_an_empty_page_is_an_empty_board(board, url, empty):
    assert read(FakeHttp({url: empty}), board) == (set(), 0, [])


@pytest.mark.parametrize("board", [OLDER, NEWER])
def test_an_unknown_board_is_not_found(board):
    with pytest.raises(BoardNotFound):
        read(FakeHttp({}), board)


@pytest.mark.parametrize("changed", [{"detail": "x"}, {"results": None}, {"items": {}}, [], "<html>", None])
@pytest.mark.parametrize("board", [OLDER, NEWER])
def test_an_answer_without_a_list_is_an_unexpected_payload_and_no_empty_board(board, changed):
    with pytest.raises(UnexpectedPayload, match="results"):
        [*parse(Page(changed), board)]


def test_a_row_that_cannot_be_read_costs_only_itself():
    rows = [older(1), {"id": 2, "hash": "H2"}, {"hash": "H3", "position_name": "No id"}, "junk", older(4, hash=None)]
    found = [*parse(Page({"results": [*rows, older(5)]}), OLDER)]
    assert [one.external_id for one in found if isinstance(one, Posting)] == ["1", "5"]
    skipped = [(one.external_id, one.title) for one in found if isinstance(one, Skipped)]
    assert skipped == [("2", None), (None, "No id"), (None, None), ("4", "Baker")]


def test_a_newer_posting_without_a_name_in_any_language_is_skipped():
    assert isinstance(posting(newer(translations=[{"name": " "}, None]), NEWER), Skipped)
    assert isinstance(posting({"id": "uuid-1"}, NEWER), Skipped)


def test_what_either_list_does_not_say_stays_unknown():
    assert posting(older(), OLDER) == Posting(
        external_id="1", title="Baker", url="https://www.careers-page.com/acme/job/H1"
    )
    assert posting(newer(), NEWER) == Posting(
        external_id="uuid-1", title="Baker", url="https://acme.careers-page.com/jobs/uuid-1", language="en"
    )


PAY = {"salary_min": "450.00", "salary_max": "650.00", "currency_code": "GBP"}


def test_pay_that_the_employer_hides_is_not_read():
    assert posting(older(**PAY, is_salary_visible=False), OLDER).salary is None
    assert posting(older(**PAY), OLDER).salary is None


def test_pay_has_no_period_as_none_is_said():
    found = posting(older(**PAY, is_salary_visible=True), OLDER)
    assert found.salary == Salary(Decimal(450), Decimal(650), "GBP", None)


def test_shown_pay_without_an_amount_is_none():
    assert posting(older(salary_min=None, salary_max="", is_salary_visible=True), OLDER).salary is None


@pytest.mark.parametrize(("remote", "workplace"), [(True, "remote"), (False, None), (None, None)])
def test_not_being_remote_is_not_being_on_site(remote, workplace):
    assert posting(older(is_remote=remote), OLDER).workplace == workplace


@pytest.mark.parametrize(
    ("word", "kind"),
    [("full_time", "FULL_TIME"), ("part_time", "PART_TIME"), ("contractor", "CONTRACTOR"), ("internship", "INTERN"),
     ("temporary", "TEMPORARY"), ("freelance", "CONTRACTOR"), ("apprenticeship", "OTHER"), (None, None)],
)  # fmt: skip
def test_every_contract_is_understood(word, kind):
    assert normalise(posting(older(contract_details=word), OLDER)).employment_type == kind


def test_an_organization_may_be_an_agencys_client_and_is_no_department():
    found = posting(older(organization_name="Furnace"), OLDER)
    assert (found.department, found.extras) == (None, {"organization_name": "Furnace"})
    found = posting(newer(client={"name": "Furnace"}), NEWER)
    assert (found.department, found.extras) == (None, {"client": "Furnace"})


def test_the_place_is_what_the_page_shows_else_its_parts():
    parts = {"city": "Rome", "state": "", "country": "Italy"}
    assert posting(older(**parts, location_display="Rome (centre)"), OLDER).locations == ["Rome (centre)"]
    assert posting(older(**parts), OLDER).locations == ["Rome, Italy"]
    assert posting(newer(location=parts), NEWER).locations == ["Rome, Italy"]
    assert posting(newer(location=parts), NEWER).country_codes == ["Italy"]


def test_an_account_with_both_kinds_of_page_has_two_boards():
    assert EXTRACTOR.recognise("https://www.careers-page.com/acme") == OLDER
    assert EXTRACTOR.recognise("https://acme.careers-page.com/?page=2") == NEWER
    assert EXTRACTOR.key_text(OLDER) == "acme"
    assert EXTRACTOR.key_text(NEWER) == "acme/careers-page.com"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.careers-page.com/",
        "https://careers-page.com",
        "https://www.careers-page.com/api/v1.0/",
        "https://www.careers-page.com/static/app.js",
        "https://customer.careers-page.com/",
        "https://api.careers-page.com/openapi.json",
        "https://api.manatal.com/open/v3/jobs/",
        "https://app.manatal.com/jobs/1",
        "https://my-careers-page.com/acme",
    ],
)
def test_manatals_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
