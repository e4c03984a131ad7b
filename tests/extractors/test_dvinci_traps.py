"""What has gone wrong with d.vinci's job publications for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.dvinci import EXTRACTOR, pages, parse, sniff
from worker.posting import Page, Skipped, WebPage

BOARD = {"board": "acme", "domain": "dvinci-hr.com", "portal": ""}
LIST = "/jobPublication/list.json"


def row(opening=None, **fields):
    url = "https://acme.dvinci-hr.com/de/jobs/7/baker"
    return {"id": 7, "position": "Baker", "jobPublicationURL": url, "jobOpening": opening or {}, **fields}


def posting(opening=None, **fields):
    [found] = parse(Page([row(opening, **fields)]), BOARD)
    return found


@pytest.mark.parametrize(
    ("board", "site"),
    [
        (BOARD, "https://acme.dvinci-hr.com"),
        ({**BOARD, "domain": "dvinci-easy.com"}, "https://acme.dvinci-easy.com"),
        ({**BOARD, "portal": "Labs"}, "https://acme.dvinci-hr.com/portal/Labs"),
        ({**BOARD, "board": "jobs.acme.example"}, "https://jobs.acme.example"),
    ],
)
def test_a_portal_is_asked_at_its_own_address_in_one_request(board, site):
    http = FakeHttp({site + LIST: [row()]})
    [page] = pages(http, board)
    assert (page.data, page.total, len(http.calls)) == ([row()], None, 1)
    assert EXTRACTOR.board_url(board) == f"{site}/"


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("answer", [{}, {"jobs": []}, None, "x"])
def test_an_answer_that_is_no_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="list"):
        [*parse(Page(answer), BOARD)]
    assert [*parse(Page([]), BOARD)] == []


def test_without_a_scheduled_start_the_date_is_the_openings_creation_as_the_vendors_pages_say():
    created = {"createdDate": "2026-09-23T08:00:00.000Z"}
    assert posting(created).posted_at.isoformat() == "2026-09-23T08:00:00+00:00"
    assert posting(created, startDate="2026-10-05").posted_at.isoformat() == "2026-10-05T00:00:00+00:00"


def test_translated_names_yield_to_internal_ones():
    times = [{"name": "Tempo pieno", "internalName": "FULL_TIME"}, "Teilzeit", {"name": "Abend"}]
    assert posting({"workingTimes": times}).employment_type == "FULL_TIME, Teilzeit, Abend"


def test_a_place_without_a_name_goes_by_its_town():
    place = {"address": {"city": "Ulm"}, "country": {"name": "Deutschland", "isoA2": "DE"}}
    assert posting({"locations": [place], "location": "Ulm"}).locations == ["Ulm, Deutschland"]
    assert posting({"locations": [], "location": "Ulm"}).locations == ["Ulm"]


def test_pay_without_amounts_is_no_pay():
    assert posting({"salary": {"currency": "EUR", "value": {"minValue": 0}}}).salary is None
    assert posting({"salary": {"value": {"maxValue": 9}}}).salary.max == 9


def test_a_standing_invitation_is_a_posting_that_says_so():
    assert posting({"type": "UNSOLICITED"}).extras == {"type": "UNSOLICITED"}
    assert posting({"type": "DEFAULT"}).extras == {}


def test_the_same_opening_in_two_languages_is_two_publications():
    found = [*parse(Page([row({"id": 1}, id=7), row({"id": 1}, id=8)]), BOARD)]
    assert [one.external_id for one in found] == ["7", "8"]


def test_a_row_without_an_address_is_skipped_and_costs_only_itself():
    good, bad = parse(Page([row(), {"id": 9, "position": "Cook"}]), BOARD)
    assert (good.title, isinstance(bad, Skipped), bad.external_id, bad.title) == ("Baker", True, "9", "Cook")


def page(url, text):
    return WebPage(url, text.encode(), text, "text/html")


@pytest.mark.parametrize(
    "mark",
    [
        """<html ng-app="dvinci.apps.Dvinci">""",
        """<meta content="1" name='dvinciVersion'>""",
        "<script>var DvinciData = {};</script>",
    ],
)
def test_a_page_made_by_dvinci_is_a_board_of_its_host_and_portal(mark):
    own = {"domain": "dvinci-hr.com", "board": "jobs.acme.example"}
    assert sniff(page("https://jobs.acme.example/de/jobs", mark)) == {**own, "portal": ""}
    assert sniff(page("https://jobs.acme.example/portal/Labs/de/jobs", mark)) == {**own, "portal": "Labs"}


def test_a_page_that_only_speaks_of_dvinci_is_none():
    assert sniff(page("https://acme.example", "<p>dvinciVersion, var Dvinci</p>")) is None
    assert sniff(page("https://acme.dvinci-hr.com/de/jobs", "<script>var DvinciData = {};</script>")) is None


@pytest.mark.parametrize("name", ["www", "static", "api", "support"])
def test_dvincis_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.dvinci-hr.com/x") is None
