"""What has gone wrong with BambooHR's careers sites for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.bamboohr import EXTRACTOR, detail, pages, parse, parse_detail, sniff
from worker.posting import Page, Posting, Skipped, WebPage

BOARD = {"board": "acme"}
SITE = "https://acme.bamboohr.com"
LISTED = Posting(external_id="7", title="Baker", url=f"{SITE}/careers/7", locations=["Rome"])
NOWHERE = {"country": None, "state": None, "province": None, "city": None}


def answer(*rows, **meta):
    return {"meta": meta or {"totalCount": len(rows)}, "result": list(rows)}


def row(**fields):
    return {"id": "7", "jobOpeningName": "Baker", **fields}


def posting(**fields):
    [found] = parse(Page(answer(row(**fields))), BOARD)
    return found


def detailed(**fields):
    return parse_detail(LISTED, {"result": {"jobOpening": {"description": "<p>Bake.</p>", **fields}}})


def test_one_request_lists_the_board_and_tells_its_total():
    http = FakeHttp({f"{SITE}/careers/list": answer(row(), totalCount=3)})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, len(http.calls)) == (3, None, 1)


@pytest.mark.parametrize("meta", [{}, None, {"totalCount": None}, {"totalCount": "3"}, {"totalCount": True}])
def test_a_total_that_is_no_number_is_none(meta):
    [page] = pages(FakeHttp({f"{SITE}/careers/list": {"meta": meta, "result": []}}), BOARD)
    assert page.total is None


def test_a_site_that_was_given_up_is_redirected_and_that_is_not_followed():
    http = FakeHttp({f"{SITE}/careers/list": answer(), f"{SITE}/careers/7/detail": {}})
    [*pages(http, BOARD)]
    detail(http, BOARD, LISTED)
    assert [redirects for *_, redirects in http.calls] == [False, False]


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_an_empty_board_is_empty():
    assert [*parse(Page(answer()), BOARD)] == []


@pytest.mark.parametrize("changed", [{"meta": {}}, {"result": None}, {"result": {}}, [], "<html>", None])
def test_an_answer_without_a_result_is_an_unexpected_payload_and_no_empty_board(changed):
    with pytest.raises(UnexpectedPayload, match="result"):
        [*parse(Page(changed), BOARD)]


def test_a_row_that_cannot_be_read_costs_only_itself():
    rows = [row(), {"id": "8"}, {"jobOpeningName": "No id"}, "junk", None, row(id=9)]
    found = [*parse(Page(answer(*rows)), BOARD)]
    assert [one.external_id for one in found if isinstance(one, Posting)] == ["7", "9"]
    skipped = [(one.external_id, one.title, one.reason) for one in found if isinstance(one, Skipped)]
    assert skipped[:2] == [("8", None, "missing 'jobOpeningName'"), (None, "No id", "missing 'id'")]
    assert len(skipped) == 4


@pytest.mark.parametrize(
    ("kind", "remote", "workplace"),
    [("0", None, "onsite"), ("1", None, "remote"), ("2", True, "hybrid"), (2, None, "hybrid"), (None, True, "remote"),
     (None, False, None), (None, None, None), ("9", None, None)],
)  # fmt: skip
def test_the_location_type_says_where_the_work_is_done_and_the_old_flag_only_where_it_is_missing(
    kind, remote, workplace
):
    assert posting(locationType=kind, isRemote=remote).workplace == workplace


def test_the_place_is_the_one_of_two_that_is_filled_in():
    city = {"city": "Fort Lauderdale", "state": "Florida"}
    entered = {**NOWHERE, "city": "Edmonton", "province": "Alberta", "country": "Canada"}
    assert posting(location=city, atsLocation=NOWHERE).locations == ["Fort Lauderdale, Florida"]
    found = posting(location={"city": None, "state": None}, atsLocation=entered)
    assert (found.locations, found.country_codes) == (["Edmonton, Alberta, Canada"], ["Canada"])
    assert posting(location=city, atsLocation=entered).locations == ["Fort Lauderdale, Florida"]
    assert posting(location=None, atsLocation=None).locations == []


def test_what_the_list_does_not_say_stays_unknown():
    assert posting() == Posting(external_id="7", title="Baker", url=f"{SITE}/careers/7")


def test_the_detail_adds_text_date_and_country():
    home = {"city": "Rome", "state": "Lazio", "postalCode": "00100", "addressCountry": "Italy"}
    found = detailed(location=home, atsLocation=NOWHERE, datePosted="2026-01-17")
    assert (found.locations, found.country_codes) == (["Rome, Lazio, Italy"], ["Italy"])
    assert found.posted_at.isoformat() == "2026-01-17T00:00:00+00:00"
    assert found.description_html == "<p>Bake.</p>"


def test_a_detail_without_a_place_leaves_that_of_the_list():
    found = detailed(location={"city": None, "state": None, "addressCountry": None}, atsLocation=NOWHERE)
    assert (found.locations, found.country_codes, found.posted_at) == (["Rome"], [], None)


def test_pay_is_free_text_and_no_number_is_made_of_it():
    found = detailed(compensation="$28 - $35/DOE and shift", minimumExperience=" ")
    assert found.salary is None
    assert found.extras == {"compensation": "$28 - $35/DOE and shift"}


def test_a_detail_without_an_opening_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="opening 7"):
        parse_detail(LISTED, {"result": {"jobOpening": None}})


def test_an_embedded_board_is_told_by_its_page():
    text = '<div id="BambooHR" data-domain="acme.bamboohr.com" data-version="1.0.0" data-departmentId=""></div>'
    assert sniff(WebPage("https://acme.example/jobs", text.encode(), text, "text/html")) == BOARD


@pytest.mark.parametrize("text", ["", '<div data-domain="acme.example">', "we use acme.bamboohr.com internally"])
def test_a_page_without_the_embed_tells_no_board(text):
    assert sniff(WebPage("https://acme.example/jobs", text.encode(), text, "text/html")) is None


@pytest.mark.parametrize("name", ["www", "app", "api", "help", "documentation", "partners", "resources"])
def test_bamboohrs_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.bamboohr.com/careers") is None
