"""What has gone wrong with HRM Direct's feeds for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.hrmdirect import EXTRACTOR, company, detail, pages, parse, parse_detail
from worker.normalise import merge
from worker.posting import Page, Posting, Skipped

BOARD = {"board": "acme"}
SITE = "https://acme.hrmdirect.com/employment"


def job(number="1", title="Baker", **fields):
    said = {"title": title, "referencenumber": number, **fields}
    return "<job>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in said.items()) + "</job>"


def feed(*jobs):
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<source><publisher>HRM Direct</publisher>'
    return f"{head}{''.join(jobs)}</source>"


def posting(**fields):
    [found] = parse(Page(feed(job(**fields))), BOARD)
    return found


def listed():
    return Posting(external_id="1", title="Baker", url=f"{SITE}/job-opening.php?req=1")


def lines(**said):
    rows = (f'<tr><td class="viewFieldName"><b>{name}:</b></td><td>{value}</td></tr>' for name, value in said.items())
    return f'<table class="viewFields">{"".join(rows)}</table><div class="jobDesc">Bake.</div>'


def test_one_request_gives_the_whole_board():
    http = FakeHttp({f"{SITE}/xml.php": feed(job("1"), job("2"))})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated, len(http.calls)) == (None, None, 1)
    assert [one.external_id for one in parse(page, BOARD)] == ["1", "2"]


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_feed_without_jobs_is_an_empty_board():
    assert [*parse(Page(feed()), BOARD)] == []


@pytest.mark.parametrize("changed", ["<html><h1>Careers</h1></html>", "<source><job></source>", "", {}, None])
def test_an_answer_that_is_no_feed_is_an_unexpected_payload_and_no_empty_board(changed):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(changed), BOARD)]


def test_a_feed_with_a_dtd_is_not_read():
    with pytest.raises(UnexpectedPayload, match="DTD"):
        [*parse(Page('<!DOCTYPE source [<!ENTITY x "y">]>' + feed(job())), BOARD)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"you\x92ll bake", "you\u2019ll bake"),
        (b"9 \xc2\x96 5", "9 \u2013 5"),
        ("Crêpes \u2013 sweet".encode(), "Crêpes \u2013 sweet"),
        ("Crêpes ".encode() + b"\x96 sweet", "Crêpes \u2013 sweet"),
        (b"\x81", "\ufffd"),
    ],
)
def test_bytes_of_two_encodings_are_told_apart_one_by_one(content, expected):
    xml = b"<source><job><title>" + content + b"</title><referencenumber>1</referencenumber></job></source>"
    [page] = pages(FakeHttp({f"{SITE}/xml.php": xml}), BOARD)
    [found] = parse(page, BOARD)
    assert found.title == expected
    assert detail(FakeHttp({listed().url.partition("?")[0]: content}), BOARD, listed()) == expected


def test_a_row_that_cannot_be_read_costs_only_itself():
    found = [*parse(Page(feed(job("1"), job("2", ""), "<job><title>Chef</title></job>", job("3"))), BOARD)]
    assert [one.external_id for one in found if isinstance(one, Posting)] == ["1", "3"]
    skipped = [(one.external_id, one.title) for one in found if isinstance(one, Skipped)]
    assert skipped == [("2", None), (None, "Chef")]


def test_a_posting_of_several_places_has_a_row_for_each():
    rows = parse(Page(feed(job(city="Denver", state="CO"), job(city="", state="CA"))), BOARD)
    [only] = merge([row for row in rows if isinstance(row, Posting)])
    assert only.locations == ["Denver, CO", "CA"]


def test_what_the_feed_does_not_say_stays_unknown():
    assert posting() == listed()


def test_the_feeds_text_ends_after_1000_characters_and_is_not_read():
    found = posting(description="Meet us, we are", descriptionrich="<p>Meet us, we are")
    assert (found.description_html, found.description_text) == (None, None)


@pytest.mark.parametrize("said", ["Mon, 08 Jun 2026 04:00:00 +0100", "Mon, 08 Jun 2026 05:00:00 +0100"])
def test_a_date_is_a_day_whatever_its_hour_and_zone(said):
    assert posting(date=said).posted_at.isoformat() == "2026-06-08T00:00:00+00:00"


@pytest.mark.parametrize("said", ["", "06/08/2026", "Mon, 99 Jun 2026 04:00:00 +0100"])
def test_a_date_that_cannot_be_read_is_none(said):
    assert posting(date=said).posted_at is None


def test_an_office_may_be_called_remote():
    assert (posting(office="Remote").workplace, posting(office="Denver").workplace) == ("Remote", None)
    assert posting(office="Denver").extras == {"office": "Denver"}


def test_the_requisitions_number_is_the_employers_own():
    assert (posting(customreqid="A-7").requisition_id, posting(customreqid="1").requisition_id) == ("A-7", None)


def test_the_pages_lines_are_read_where_their_labels_are_known():
    found = parse_detail(
        listed(), lines(Salary="$20 per hour", Department="Kitchen", **{"Employment Type ": "Full Time"})
    )
    assert (found.salary, found.extras) == (None, {"salary": "$20 per hour"})
    assert (found.employment_type, found.department) == ("Full Time", None)
    assert found.description_html == '<div class="jobDesc">Bake.</div>'


def test_a_closed_postings_page_has_status_200_and_that_is_no_text():
    with pytest.raises(UnexpectedPayload, match="no description"):
        parse_detail(listed(), "<p>Oops! The position you're looking for does not exist.</p>")


def test_the_companys_name_is_on_every_row():
    assert company(Page(feed(job(), job(company="Acme Bakeries")))) == "Acme Bakeries"
    assert company(Page(feed())) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.hrmdirect.com/employment",
        "https://apply.hrmdirect.com/resumedirect/ApplyOnline/Apply.aspx?req_id=1",
        "https://www.clearcompany.com/careers",
        "https://careers-api.clearcompany.com/careers",
        "https://acme.clearcompany.com/login",
    ],
)
def test_the_vendors_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
