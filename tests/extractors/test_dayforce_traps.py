"""What has gone wrong with Dayforce's feed for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.dayforce import EXTRACTOR, pages, parse
from worker.posting import Page, Skipped
from worker.reading import read

BOARD = {"client": "acme", "board": "SALES"}
FEED = "https://www.dayforcehcm.com/api/acme/V1/JobFeeds"


def row(**fields):
    return {"ReferenceNumber": 7, "Title": "Baker", "CultureCode": "en-CA", **fields}


def postings(*rows):
    return [*parse(Page([*rows]), BOARD)]


def test_one_request_gives_the_board_with_its_texts_as_html():
    http = FakeHttp({FEED: [row()]})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated) == (None, None)
    assert http.calls[0][2] == {
        "includeActivePostingOnly": "true", "internalJobBoardCode": "SALES", "htmlDescription": "true"
    }  # fmt: skip


def test_an_empty_board_is_empty_and_an_unknown_client_is_not_found():
    assert postings() == []
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("answer", [{}, {"jobs": []}, "maintenance", None])
def test_what_is_no_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="list"):
        [*parse(Page(answer), BOARD)]


GERMAN = row(Title="Bäckerin", CultureCode="de-DE", City="Bonn")


@pytest.mark.parametrize("rows", [[row(), GERMAN], [GERMAN, row()]])
def test_a_posting_in_two_languages_is_read_in_english_whatever_the_order(rows):
    [found] = postings(*rows)
    assert (found.title, found.language) == ("Baker", "en-CA")


def test_a_posting_in_other_languages_alone_is_read_in_one_of_them():
    spanish = row(Title="Panadera", CultureCode="es-US")
    assert [found.title for found in postings(GERMAN, spanish)] == ["Bäckerin"]
    assert [found.title for found in postings(spanish, GERMAN)] == ["Bäckerin"]


def test_the_rows_of_several_places_become_one_posting_with_all_of_them():
    inventory = read(EXTRACTOR, [Page([row(City="Calgary"), row(City="Edmonton")])], BOARD, None)
    [found] = inventory.postings.values()
    assert found.locations == ["Calgary", "Edmonton"]


def test_a_row_without_a_number_is_skipped_in_any_language():
    found = postings(row(ReferenceNumber=None, CultureCode="fr-CA"), row(ReferenceNumber="", CultureCode="en-CA"))
    assert [type(one) for one in found] == [Skipped, Skipped]


def test_the_last_update_is_no_date_of_publication():
    [found] = postings(row(LastUpdated="2026-06-15T11:05:48.243"))
    assert found.posted_at is None


@pytest.mark.parametrize(("virtual", "workplace"), [(True, "remote"), (False, None), (None, None)])
def test_a_place_that_is_not_virtual_says_nothing_of_the_workplace(virtual, workplace):
    [found] = postings(row(IsVirtualLocation=virtual))
    assert found.workplace == workplace


def test_a_posting_without_an_address_has_that_of_its_board():
    [found] = postings(row(JobDetailsUrl=""))
    assert found.url == "https://jobs.dayforcehcm.com/en-CA/acme/SALES/jobs/7"


def test_a_text_without_markup_keeps_its_paragraphs():
    [found] = postings(row(Description="Bake.\n\nServe."))
    assert (found.description_html, found.description_text) == (None, "Bake.\n\nServe.")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.dayforcehcm.com/mydayforce/login.aspx",
        "https://jobs.dayforcehcm.com/",
        "https://jobs.dayforcehcm.com/en-US/acme",
        "https://jobs.dayforcehcm.com/api/geo/acme/jobposting/search",
        "https://www.dayforce.com/careers/jobs",
    ],
)
def test_dayforces_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
