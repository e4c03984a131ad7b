"""What Gem's answers are known to get wrong, one test each."""

from typing import Any

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import UnexpectedPayload
from worker.extractors.gem import EXTRACTOR
from worker.posting import Page, Posting

BOARD = {"board": "acme"}


def post(**values: Any) -> dict[str, Any]:
    return {"id": "am9i", "title": "Engineer", "absolute_url": "https://jobs.gem.com/acme/am9i", **values}


def read(**values: Any) -> Posting:
    [posting] = EXTRACTOR.parse(Page([post(**values)]), BOARD)
    assert isinstance(posting, Posting), posting
    return posting


def test_gem_is_asked_once_with_the_slash_it_requires() -> None:
    address = "https://api.gem.com/job_board/v0/acme/job_posts/"
    http = FakeHttp({address: [post()]})
    assert list(EXTRACTOR.pages(http, BOARD)) == [Page([post()])]
    assert http.calls == [("GET", address, {}, {}, True)]


def test_gems_html_is_not_unescaped() -> None:
    assert read(content="<p>R&amp;D</p>").description_html == "<p>R&amp;D</p>"


def test_the_plain_text_is_used_only_where_there_is_no_html() -> None:
    assert read(content="<p>Hi</p>", content_plain="Hi").description_text is None
    without = read(content="", content_plain="We <3 drafts")
    assert (without.description_html, without.description_text) == (None, "We <3 drafts")


def test_all_offices_are_places_but_deleted_ones() -> None:
    posting = read(
        location={"name": "El Segundo, United States"},
        offices=[
            {"name": "LA", "location": {"name": "El Segundo, United States"}},
            {"name": "Redmond, WA", "location": None},
            {"name": "Austin, TX", "location": {"name": "Austin"}, "deleted_at": "2026-01-01T00:00:00Z"},
        ],
    )
    assert posting.locations == ["El Segundo, United States", "Redmond, WA"]


def test_posted_is_when_it_was_first_published_never_created_or_updated() -> None:
    assert read(created_at="2026-07-18T22:00:00Z", updated_at="2026-07-18T22:00:00Z").posted_at is None
    posting = read(first_published_at="2026-07-19T02:39:49.294Z")
    assert posting.posted_at is not None
    assert posting.posted_at.isoformat() == "2026-07-19T02:39:49.294000+00:00"


def test_the_boards_own_words_are_kept() -> None:
    posting = read(location_type="in_office", employment_type="full_time", requisition_id="R1", internal_job_id="x")
    assert (posting.workplace, posting.employment_type, posting.requisition_id) == ("in_office", "full_time", "R1")
    assert posting.extras == {"internal_job_id": "x"}


@pytest.mark.parametrize("answer", [None, {}, {"jobs": []}, {"message": "Not found"}, "<html>"])
def test_what_is_no_list_is_unexpected_and_never_an_empty_board(answer: object) -> None:
    with pytest.raises(UnexpectedPayload, match="list"):
        EXTRACTOR.parse(Page(answer), BOARD)


def test_a_bad_row_costs_only_itself() -> None:
    found = list(EXTRACTOR.parse(Page([None, "x", {"id": "1"}, post(title=""), post()]), BOARD))
    assert [type(one).__name__ for one in found] == ["Skipped"] * 4 + ["Posting"]


@pytest.mark.parametrize("wrong", [None, 7, True, "odd", [], [None], [7], {}, {"name": 7}, float("nan")])
def test_no_optional_field_can_cost_a_posting(wrong: object) -> None:
    optional = (
        "location location_type offices departments employment_type first_published_at requisition_id content"
        " content_plain internal_job_id"
    )
    assert read(**dict.fromkeys(optional.split(), wrong)).external_id == "am9i"


@pytest.mark.parametrize(
    "url",
    [
        "http://jobs.gem.com/acme/",
        "HTTPS://Jobs.Gem.com/acme?x=1#y",
        "https://jobs.gem.com/acme/am9icG9zdDpleGFtcGxl",
        "https://api.gem.com/job_board/v0/acme/job_posts/",
        "https://api.gem.com/job_board/v0/acme",
    ],
)
def test_an_address_of_a_gem_board_is_recognised(url: str) -> None:
    assert EXTRACTOR.recognise(url) == BOARD


def test_the_case_of_a_gem_board_is_kept_because_it_matters() -> None:
    assert EXTRACTOR.recognise("https://jobs.gem.com/Acme-AI") == {"board": "Acme-AI"}


@pytest.mark.parametrize(
    "url",
    [
        "https://jobs.gem.com.evil.example/acme",
        "https://jobs.gem.com@evil.example/acme",
        "https://notjobs.gem.com/acme",
        "https://jobs.gem.com/",
        "https://jobs.gem.com/api/public/graphql/batch",
        "https://api.gem.com/job_board/v0/reference",
        "https://api.gem.com/job_board/v0/openapi.json",
        "https://www.gem.com/careers",
    ],
)
def test_what_is_no_gem_board_is_not_recognised(url: str) -> None:
    assert EXTRACTOR.recognise(url) is None
