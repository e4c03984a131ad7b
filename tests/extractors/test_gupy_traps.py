"""What has gone wrong with Gupy's pages for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.gupy import EXTRACTOR, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Skipped

BOARD = {"board": "acme"}
LISTED = Posting(external_id="7", title="Padeiro", url="https://acme.gupy.io/jobs/7", workplace="remote")


def next_page(**props):
    data = json.dumps({"props": {"pageProps": props}})
    return f'<html><script id="__NEXT_DATA__" type="application/json" crossorigin="anonymous">{data}</script></html>'


def read(*rows):
    return [*parse(Page(next_page(jobs=[*rows])), BOARD)]


def test_one_request_gives_the_list_and_a_redirect_is_no_board():
    http = FakeHttp({"https://acme.gupy.io/": next_page(jobs=[])})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, [call[4] for call in http.calls]) == (None, None, [False])


def test_an_unknown_board_is_not_found_and_an_empty_one_is_empty():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]
    assert read() == []


@pytest.mark.parametrize(
    "text", ["<html>challenge</html>", next_page(careerPage={}), next_page(jobs=None), next_page(jobs={}),
             '<script id="__NEXT_DATA__">{broken</script>', '<script id="__NEXT_DATA__">[]</script>'],
)  # fmt: skip
def test_a_page_without_the_list_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload, match="jobs"):
        [*parse(Page(text), BOARD)]


def test_a_row_without_place_or_kind_says_nothing_of_them():
    [found] = read({"id": 7, "title": "Padeiro"})
    assert (found.locations, found.workplace, found.country_codes, found.employment_type) == ([], None, [], None)


def test_no_country_is_no_brazil():
    [found] = read({"id": 7, "title": "Padeiro", "workplace": {"address": {"city": "Lisboa"}}})
    assert (found.locations, found.country_codes) == (["Lisboa"], [])


def test_a_bad_row_is_skipped_and_costs_only_itself():
    found = read({"id": 7, "title": ""}, {"title": "Sem número"}, {"id": 8, "title": "Cozinheiro"})
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, "7"), (True, None), (False, "8")]


def test_the_detail_is_asked_at_the_postings_page():
    http = FakeHttp({"https://acme.gupy.io/jobs/7": next_page(job={})})
    assert detail(http, BOARD, LISTED) == next_page(job={})


def test_the_detail_fills_what_the_list_left_out_and_keeps_what_it_said():
    found = parse_detail(LISTED, next_page(job={"workplaceType": "hybrid", "city": "Recife", "country": "Brasil"}))
    assert (found.workplace, found.locations, found.country_codes) == ("remote", ["Recife, Brasil"], ["Brasil"])


def test_the_parts_of_a_text_stand_under_the_pages_headings():
    found = parse_detail(LISTED, next_page(job={"description": "<p>a</p>", "prerequisites": "<p>b</p>"}))
    assert found.description_html == "<p>a</p>\n<h3>Requisitos e qualificações</h3><p>b</p>"


def test_a_page_without_its_job_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="job"):
        parse_detail(LISTED, next_page(jobs=[]))


def test_the_companys_name_is_that_of_its_career_page():
    assert EXTRACTOR.company(Page(next_page(careerPage={"name": "Acme S.A.", "publicationName": "Acme"}))) == "Acme"
    assert EXTRACTOR.company(Page(next_page(careerPage={"name": "Acme S.A."}))) == "Acme S.A."
    assert EXTRACTOR.company(Page("<html>")) is None


@pytest.mark.parametrize("name", ["www", "portal", "api", "login", "employability-portal"])
def test_gupys_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.gupy.io/job-search") is None
