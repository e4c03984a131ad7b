"""What has gone wrong with HERP's pages for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.herp import EXTRACTOR, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Skipped

BOARD = {"board": "acme"}
SITE = "https://herp.careers/v1/acme"
LISTED = Posting(external_id="aB3-x", title="職人", url=f"{SITE}/aB3-x", department="製造")


def listing(*cards):
    return f'<html><div class="requisition-list">{"".join(cards)}</div></html>'


def card(identity="aB3-x", title="職人", inner=""):
    link = f'<a class="requisition-list-card__header-anchor" href="/v1/acme/{identity}"><h2>{title}</h2></a>'
    return f'<div class="requisition-list-card">{link}{inner}</div>'


def test_one_request_gives_the_list():
    http = FakeHttp({SITE: listing(card())})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, len(http.calls)) == (None, None, 1)


def test_an_unknown_board_is_not_found_and_an_empty_list_is_an_empty_board():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]
    assert [*parse(Page(listing()), BOARD)] == []


@pytest.mark.parametrize(
    "text", ["", "<html><body>メンテナンス</body></html>", '<div class="requisition-list-card"></div>']
)
def test_a_page_without_the_list_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(text), BOARD)]


def test_a_card_of_another_company_is_no_posting():
    other = '<div class="requisition-list-card"><a href="/v1/acme2/zz"><h2>A</h2></a></div>'
    assert [one.external_id for one in parse(Page(listing(card(), other)), BOARD)] == ["aB3-x"]


def test_a_group_that_comes_twice_is_one():
    tag = '<span class="career-page-group-name-tag__text">製造</span>'
    [found] = parse(Page(listing(card(inner=tag + tag))), BOARD)
    assert found.department == "製造"


def test_a_card_without_title_is_skipped_by_its_id_and_costs_only_itself():
    found = [*parse(Page(listing(card("x1", ""), card("x2"))), BOARD)]
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, "x1"), (False, "x2")]


def test_the_postings_page_adds_what_the_list_left_out():
    job = {"@type": "JobPosting", "title": "職人", "description": "<p>パン</p>", "datePosted": "2026-08-20"}
    page = f'<script type="application/ld+json">{json.dumps(job)}</script>'
    assert detail(FakeHttp({f"{SITE}/aB3-x": page}), BOARD, LISTED) == page
    found = parse_detail(LISTED, page)
    assert (found.department, found.description_html) == ("製造", "<p>パン</p>")
    assert found.posted_at.isoformat() == "2026-08-20T00:00:00+00:00"


def test_a_page_without_a_job_posting_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload):
        parse_detail(LISTED, "<html></html>")


@pytest.mark.parametrize(
    "url",
    [
        "https://herp.careers",
        "https://herp.careers/v1",
        "https://herp.careers/v1/assets/app.css",
        "https://herp.co.jp/v1/acme",
        "https://herp.careers.evil.example/v1/acme",
    ],
)
def test_herps_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
