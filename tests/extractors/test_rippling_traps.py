"""What has gone wrong with Rippling's job board API for others, one test each."""

from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.rippling import EXTRACTOR, MAX_PAGES, PAGE_SIZE, detail, pages, parse, parse_detail, sniff
from worker.normalise import normalise
from worker.posting import Page, Posting, Salary, Skipped, WebPage

BOARD = {"board": "acme"}
LIST = "https://api.rippling.com/platform/api/ats/v2/board/acme/jobs"
LISTED = Posting(external_id="u1", title="Baker", url="https://ats.rippling.com/acme/jobs/u1", department="Ovens")


def row(number, *places, **fields):
    return {"id": f"u{number}", "name": f"Job {number}", "url": f"https://ats.rippling.com/acme/jobs/u{number}",
            "locations": list(places), **fields}  # fmt: skip


def answer(rows, *, total=None, in_all=1):
    total = len(rows) if total is None else total
    return {"items": rows, "page": 0, "pageSize": PAGE_SIZE, "totalItems": total, "totalPages": in_all}


def read(http):
    found = [*pages(http, BOARD)]
    ids = {posting.external_id for page in found for posting in parse(page, BOARD)}
    return ids, [page.total for page in found], [page.truncated for page in found if page.truncated]


def postings(*rows):
    return [*parse(Page({"items": list(rows)}), BOARD)]


def detailed(**fields):
    return parse_detail(LISTED, {"uuid": "u1", "description": {"role": "<p>Bake.</p>"}, **fields})


def test_a_board_of_up_to_a_thousand_rows_costs_one_request():
    http = FakeHttp({LIST: answer([row(n) for n in range(700)])})
    ids, _, truncated = read(http)
    assert (len(ids), truncated, len(http.calls)) == (700, [], 1)
    assert http.calls[0][2] == {"groupJobsByLocation": "true", "page": 0, "pageSize": 1000}


def test_an_empty_board_is_empty_and_complete():
    assert read(FakeHttp({LIST: answer([], in_all=0)})) == (set(), [None], [])


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        read(FakeHttp({}))


@pytest.mark.parametrize("changed", [{"jobs": []}, {"items": None}, {"items": {}}, {"error_code": "X"}, "x", None])
def test_an_answer_without_items_is_an_unexpected_payload_and_no_empty_board(changed):
    with pytest.raises(UnexpectedPayload, match="items"):
        read(FakeHttp({LIST: changed}))


def test_every_page_is_read_and_none_beyond_the_last():
    rows = [row(n) for n in range(2300)]
    http = FakeHttp({LIST: lambda url, query: answer(
        rows[query["page"] * 1000 : query["page"] * 1000 + 1000], total=2300, in_all=3)})  # fmt: skip
    ids, _, truncated = read(http)
    assert (len(ids), truncated) == (2300, [])
    assert [query["page"] for _, _, query, _, _ in http.calls] == [0, 1, 2]


def test_pages_that_end_before_the_advertised_rows_are_truncated():
    ids, _, [reason] = read(FakeHttp({LIST: answer([row(1), row(2)], total=5)}))
    assert len(ids) == 2
    assert reason == "the list advertises 5 rows and gave 2"


def test_a_total_of_rows_is_no_total_of_postings():
    rows = [row(1, {"name": "Rome"}), row(1, {"name": "Oslo"}), row(2, {"name": "Rome"})]
    assert read(FakeHttp({LIST: answer(rows)})) == ({"u1", "u2"}, [None], [])


def test_an_empty_page_ends_the_list_and_its_missing_rows_are_missed():
    http = FakeHttp({LIST: lambda url, query: answer([row(1)] if not query["page"] else [], total=2001, in_all=3)})
    ids, _, truncated = read(http)
    assert (len(ids), len(truncated), len(http.calls)) == (1, 1, 2)


def test_a_list_that_repeats_a_page_ends_and_is_truncated():
    http = FakeHttp({LIST: answer([row(1)], total=2001, in_all=3)})
    ids, _, truncated = read(http)
    assert (len(ids), len(truncated), len(http.calls)) == (1, 1, 2)


def test_a_list_without_end_is_left_after_a_bounded_number_of_pages():
    http = FakeHttp({LIST: lambda url, query: answer([row(query["page"])], total=10**6, in_all=10**6)})
    _, _, truncated = read(http)
    assert (len(truncated), len(http.calls)) == (1, MAX_PAGES)


def test_a_list_that_does_not_say_how_many_pages_it_has_ends_at_a_short_one():
    def asked(url, query):
        return {"items": [row(query["page"] * 1000 + n) for n in range(1000 if query["page"] < 2 else 3)]}

    ids, _, truncated = read(FakeHttp({LIST: asked}))
    assert (len(ids), truncated) == (2003, [])


def test_rows_of_one_posting_in_several_places_are_one_posting():
    found = postings(
        row(1, {"name": "Rome, Italy", "countryCode": "IT", "workplaceType": "ON_SITE"}),
        row(2, {"name": "Oslo"}),
        row(1, {"name": "Remote (France)", "countryCode": "FR", "workplaceType": "REMOTE"}),
        row(1, {"name": "Rome, Italy", "countryCode": "IT", "workplaceType": "ON_SITE"}),
    )
    assert [posting.external_id for posting in found] == ["u1", "u2"]
    assert found[0].locations == ["Rome, Italy", "Remote (France)"]
    assert found[0].country_codes == ["IT", "FR"]


@pytest.mark.parametrize(
    ("types", "workplace"),
    [(["ON_SITE"], "onsite"), (["REMOTE", "REMOTE"], "remote"), (["HYBRID"], "hybrid"),
     (["ON_SITE", "REMOTE"], "hybrid"), ([None], None), (["MOON"], None)],
)  # fmt: skip
def test_a_posting_in_places_of_several_kinds_is_hybrid(types, workplace):
    [found] = postings(row(1, *({"name": "Rome", "workplaceType": kind} for kind in types)))
    assert normalise(found).workplace == workplace


def test_the_older_list_is_an_array_with_other_names():
    rows = [
        {"uuid": "u1", "name": "Baker", "department": {"id": "Ovens", "label": "Ovens"}, "url": LISTED.url,
         "workLocation": {"label": place, "id": place}}
        for place in ("Rome, Italy", "Oslo, Norway")
    ]  # fmt: skip
    assert read(FakeHttp({LIST: rows})) == ({"u1"}, [None], [])
    [found] = parse(Page(rows), BOARD)
    assert (found.title, found.department, found.url) == ("Baker", "Ovens", LISTED.url)
    assert (found.locations, found.workplace) == (["Rome, Italy", "Oslo, Norway"], None)


def test_the_older_list_says_in_the_places_label_that_a_posting_is_remote():
    rows = [{"uuid": "u1", "name": "Baker", "workLocation": {"label": place}} for place in ("Remote (Italy)", "Rome")]
    assert next(iter(parse(Page(rows), BOARD))).workplace == "REMOTE"


def test_a_row_that_cannot_be_read_costs_only_itself():
    found = postings(row(1), {"id": "u2"}, {"name": "No id"}, "junk", None, row(3, name="  "), row(4))
    assert [one.external_id for one in found if isinstance(one, Posting)] == ["u1", "u4"]
    skipped = [one for one in found if isinstance(one, Skipped)]
    assert [(one.external_id, one.title) for one in skipped] == [
        ("u2", None), (None, "No id"), (None, None), (None, None), ("u3", "  ")
    ]  # fmt: skip
    assert skipped[0].reason == "missing 'name'"


def test_what_the_list_does_not_say_stays_unknown():
    [found] = postings({"id": "u1", "name": "Baker"})
    assert found == Posting(external_id="u1", title="Baker", url="https://ats.rippling.com/acme/jobs/u1")


def test_the_record_is_asked_by_the_id_of_the_list():
    http = FakeHttp({f"{LIST}/u1": {"uuid": "u1", "description": {}}})
    assert detail(http, BOARD, LISTED) == {"uuid": "u1", "description": {}}


def test_the_description_is_the_role_and_not_what_the_company_says_on_every_posting():
    found = detailed(description={"company": "<p>We are Acme.</p>", "role": "<p>Bake.</p>"})
    assert found.description_html == "<p>Bake.</p>"


def test_a_text_that_stands_in_the_companys_part_alone_is_the_description():
    assert detailed(description={"company": "<p>Bake.</p>", "role": " "}).description_html == "<p>Bake.</p>"


@pytest.mark.parametrize(
    ("employment", "expected"),
    [({"label": "SALARIED_FT", "id": "Salaried, full-time"}, "FULL_TIME"),
     ({"label": "HOURLY_PT", "id": "Nights & weekends"}, "PART_TIME"),
     ({"label": None, "id": "Freelance"}, "CONTRACTOR"), ({"label": "TEMP", "id": "x"}, "TEMPORARY"),
     (None, None), ({}, None)],
)  # fmt: skip
def test_the_vendors_word_for_employment_goes_before_the_employers(employment, expected):
    assert normalise(detailed(employmentType=employment)).employment_type == expected


def test_the_date_is_that_of_creation_whatever_was_edited_since():
    found = detailed(createdOn="2026-06-04T22:56:08.683000-07:00", updatedOn="2026-10-01T00:00:00Z")
    assert found.posted_at.isoformat() == "2026-06-05T05:56:08.683000+00:00"
    assert detailed().posted_at is None


def test_bands_in_one_currency_and_period_are_joined_and_others_left_out():
    bands = [
        {"currency": "USD", "frequency": "YEAR", "rangeStart": 160000, "rangeEnd": 180000},
        {"currency": "CAD", "frequency": "YEAR", "rangeStart": 155000, "rangeEnd": 250000},
        {"currency": "USD", "frequency": "HOUR", "rangeStart": 18, "rangeEnd": 25},
        {"currency": "USD", "frequency": "YEAR", "rangeStart": 170000, "rangeEnd": 200000},
    ]
    assert detailed(payRangeDetails=bands).salary == Salary(Decimal(160000), Decimal(200000), "USD", "YEAR")


@pytest.mark.parametrize("bands", [[], None, [None], [{"currency": "USD", "rangeStart": None, "rangeEnd": 0}]])
def test_bands_without_an_amount_are_no_pay(bands):
    assert detailed(payRangeDetails=bands).salary is None


def test_the_tree_of_departments_names_department_and_team():
    tree = ["Sales", "Channel Sales", "Broker"]
    found = detailed(department={"name": "Broker", "department_tree": tree})
    assert (found.department, found.team) == ("Sales", "Broker")
    found = detailed(department={"name": "Sales", "department_tree": ["Sales"]})
    assert (found.department, found.team) == ("Sales", None)
    assert detailed().department == "Ovens"


def test_a_record_without_description_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="u1"):
        parse_detail(LISTED, {"uuid": "u1"})


EMBED = (
    '<div id="rr-job-board" {}></div><script src="https://static-assets.ripplingcdn.com/ats/embeds/job-board.v1.js">'
)


@pytest.mark.parametrize(
    "attribute",
    ['data-job-board-id="acme"', "data-job-board-id='acme'", "data-job-board-id=acme",
     'data-job-board-id="&quot;acme&quot;"', 'data-job-board-id="&amp;quot;acme&amp;quot;"'],
)  # fmt: skip
def test_an_embedded_board_is_told_by_its_page(attribute):
    text = EMBED.format(attribute)
    assert sniff(WebPage("https://acme.example/careers", text.encode(), text, "text/html")) == BOARD


@pytest.mark.parametrize("text", ['<input data-job-board-id="linkedin">', EMBED.format(""), ""])
def test_a_page_without_the_embed_tells_no_board(text):
    assert sniff(WebPage("https://acme.example/careers", text.encode(), text, "text/html")) is None


@pytest.mark.parametrize(
    ("url", "board"),
    [
        ("https://ats.rippling.com/1x/jobs", "1x"),
        ("https://ats.rippling.com/Acme_Career/jobs/", "Acme_Career"),
        ("https://ats.rippling.com/hi-fi/jobs", "hi-fi"),
        ("https://ats.rippling.com/en-US/hi-fi/jobs", "hi-fi"),
        ("https://ats.rippling.com/jobs/jobs", "jobs"),
        ("https://ats.rippling.com/embed/acme", "acme"),
        ("https://ats.rippling.com/acme/", "acme"),
        ("https://ats.us1.rippling.com/api/v2/board/acme/jobs/u1", "acme"),
        ("api.rippling.com/platform/api/ats/v2/board/acme/jobs?page=3", "acme"),
    ],
)
def test_a_board_is_recognised_however_it_is_written(url, board):
    assert EXTRACTOR.recognise(url) == {"board": board}


@pytest.mark.parametrize(
    "url",
    [
        "https://www.rippling.com/careers",
        "https://app.rippling.com/acme/jobs",
        "https://rippling.com/acme/jobs",
        "https://ats.rippling.com/",
        "https://ats.rippling.com/en-GB",
        "https://ats.rippling.com/embed/jobs",
        "https://ats.rippling.com/api/v2/board",
        "https://ats.rippling.com/_next/static/chunk.js",
        "https://api.rippling.com/platform/api/employees",
        "https://static-assets.ripplingcdn.com/ats/embeds/job-board.v1.js",
        "https://ats.rippling.com.evil.example/acme/jobs",
    ],
)
def test_ripplings_other_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
