"""What has gone wrong with Comeet for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.comeet import EXTRACTOR, pages, parse, sniff
from worker.posting import Page, WebPage

BOARD = {"label": "acme", "uid": "A1.00B", "token": ""}
HOSTED = "https://www.comeet.com/jobs/acme/A1.00B"
API = "https://www.comeet.co/careers-api/2.0/company/A1.00B/positions"


def row(**fields):
    return {"uid": "C2.10D", "name": "Baker", "url_comeet_hosted_page": f"{HOSTED}/baker/C2.10D", **fields}


def hosted(*rows):
    return f"<script>COMPANY_DATA = {{}};\nCOMPANY_POSITIONS_DATA = {json.dumps([*rows])};\nPOSITION_DATA = 1;</script>"


def posting(**fields):
    [found] = parse(Page(hosted(row(**fields))), BOARD)
    return found


def company_page(script):
    text = f"<html><body><div class='comeet-outer'></div><script>{script}</script></body></html>"
    return WebPage("https://www.contoso.example/careers", text.encode(), text, "text/html")


def test_one_page_gives_the_board():
    http = FakeHttp({HOSTED: hosted(row())})
    [page] = pages(http, BOARD)
    [found] = parse(page, BOARD)
    assert (found.external_id, found.title, len(http.calls)) == ("C2.10D", "Baker", 1)


def test_a_wrong_label_redirects_to_the_vendor_and_redirects_are_not_followed():
    http = FakeHttp({HOSTED: hosted()})
    [*pages(http, BOARD)]
    assert [redirects for *_, redirects in http.calls] == [False]
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_with_a_token_the_careers_api_gives_the_same_rows():
    board = {"label": "company", "uid": "A1.00B", "token": "5E7236A0BCE5"}
    details = [{"name": "Requirements", "value": "<p>ovens</p>"}]
    http = FakeHttp({API: [row(details=details)]})
    [found] = [posting for page in pages(http, board) for posting in parse(page, board)]
    assert http.calls[0][2] == {"token": "5E7236A0BCE5", "details": "true"}
    assert found.description_html == "<h3>Requirements</h3><p>ovens</p>"


def test_an_empty_board_is_empty():
    assert [*parse(Page(hosted()), BOARD)] == []
    assert [*parse(Page([]), BOARD)] == []


@pytest.mark.parametrize(
    "answer",
    ["<html>sign in</html>", "COMPANY_POSITIONS_DATA = undefined;", "COMPANY_POSITIONS_DATA = [{broken", {}, None],
)
def test_a_page_without_its_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="COMPANY_POSITIONS_DATA"):
        [*parse(Page(answer), BOARD)]


def test_positions_shown_only_inside_are_left_out():
    assert [*parse(Page([row(is_internal=True)]), BOARD)] == []


def test_the_last_edit_is_no_date_of_publication():
    assert posting(time_updated="2026-06-22T18:23:19Z").posted_at is None


def test_the_old_flag_for_remote_work_does_not_contradict_the_workplace():
    assert posting(workplace_type="Hybrid", location={"is_remote": True}).workplace == "Hybrid"
    assert posting(location={"is_remote": True}).workplace is None


def test_the_hosted_page_is_the_address_as_the_companys_own_may_be_one_for_all():
    assert posting(url_active_page="https://contoso.example/careers").url == f"{HOSTED}/baker/C2.10D"
    own = posting(url_active_page="https://contoso.example/careers/7", url_comeet_hosted_page=None)
    assert own.url == "https://contoso.example/careers/7"


WIDGET = 'COMEET.init({"token": "5E7236A0BCE5", "company-uid": "E5.007", "company-name": "Contoso", "css": true});'


def test_the_widget_on_a_companys_page_tells_the_board():
    assert sniff(company_page(WIDGET)) == {"label": "company", "uid": "E5.007", "token": "5E7236A0BCE5"}
    assert sniff(company_page(WIDGET.replace('"', "'"))) == sniff(company_page(WIDGET))


@pytest.mark.parametrize(
    "script",
    [
        "",
        'COMEET.init({"token": "5E7236A0BCE5"});',
        'COMEET.init({"company-uid": "E5.007"});',
        'Other.init({"token": "5E7236A0BCE5", "company-uid": "E5.007"});',
    ],
)
def test_a_page_without_the_whole_widget_tells_none(script):
    assert sniff(company_page(script)) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.comeet.com/",
        "https://www.comeet.com/jobs/acme",
        "https://www.comeet.com/blog/jobs/acme",
        "https://developers.comeet.com/reference",
        "https://app.comeet.co/jobs/acme/A1.00B",
        "https://www.comeet.co/careers-api/2.0/company/A1.00B/positions",
    ],
)
def test_comeets_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
