"""What has gone wrong with Jobylon for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.jobylon import EXTRACTOR, detail, pages, parse, parse_detail, sniff
from worker.posting import Page, Posting, WebPage

BOARD = {"board": "1955", "kind": "companies"}
EMBED = "https://cdn.jobylon.com/jobs/companies/1955/embed/v2/"
LISTED = Posting(external_id="7", title="Bagare", url="https://emp.jobylon.com/jobs/7-bagare/", locations=["Lund"])


def embed(literal):
    return f"<script>JBL.embed_v2 = {{}};\nJBL.embed_v2['jobs'] = {literal};\nJBL.done = true;</script>"


def posting(fields=""):
    [found] = parse(Page(embed(f"[{{ id: '7', url: '/jobs/7-bagare/', title: 'Bagare', {fields} }},]")), BOARD)
    return found


def company_page(script):
    text = f"<html><body><script src='https://cdn.jobylon.com/embedder.js'></script><script>{script}</script></body></html>"
    return WebPage("https://www.contoso.example/jobb", text.encode(), text, "text/html")


def test_one_page_gives_the_board():
    http = FakeHttp({EMBED: embed("[]")})
    [page] = pages(http, BOARD)
    assert [*parse(page, BOARD)] == []
    assert len(http.calls) == 1


def test_a_group_of_companies_has_an_address_of_its_own():
    http = FakeHttp({"https://cdn.jobylon.com/jobs/company-groups/241/embed/v2/": embed("[]")})
    assert len([*pages(http, {"board": "241", "kind": "company-groups"})]) == 1


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize(
    "answer",
    [
        "<html></html>",
        embed("null"),
        embed("[{ id: '7', "),
        embed("[{ id: 7 7 }]"),
        embed("[{ id: 'a }]"),
        embed("[{ id: '7' ' }]"),
        {},
    ],
)
def test_a_page_without_its_list_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="Jobylon"):
        [*parse(Page(answer), BOARD)]


@pytest.mark.parametrize(
    ("literal", "title"),
    [
        (r"'McContoso\u0027s \u2013 A \x26 B'", "McContoso's \u2013 A & B"),
        (r"'it\'s \"ready\" or \\ not'", 'it\'s "ready" or \\ not'),
        ("'say \"so\"'", 'say "so"'),
        (r'"double \"quoted\" it\'s"', 'double "quoted" it\'s'),
        ("'brackets ]; } and {id: 1, keys'", "brackets ]; } and {id: 1, keys"),
        ("'a\tb'", "a\tb"),
    ],
)
def test_texts_of_javascript_are_read_as_javascript_would(literal, title):
    [found] = parse(Page(embed(f"[{{ id: '7', url: '/jobs/7/', title: {literal} }}]")), BOARD)
    assert found.title == title


def test_trailing_commas_bare_and_quoted_keys_are_read():
    assert posting("klass: { 'job-lang-sv': true, }, locations: ['Lund', 'Malm\\u00f6',],").locations == [
        "Lund",
        "Malmö",
    ]
    assert posting("'klass': { \"job-lang-sv\": true }").language == "sv"


def test_none_is_jobylons_word_for_nothing():
    found = posting("workspace: 'None', employment_type: 'None', function: 'None', locations_text: 'None'")
    assert (found.workplace, found.employment_type, found.extras, found.locations) == (None, None, {}, [])


def test_dates_in_the_readers_language_are_not_read():
    found = posting("published_date: '21 april 2026', to_date: '30 april 2026'")
    assert (found.posted_at, found.closes_at) == (None, None)


def test_postings_shown_only_inside_are_left_out():
    literal = "[{ id: '7', url: '/jobs/7/', title: 'Flytt', is_internal: true }]"
    assert [*parse(Page(embed(literal)), BOARD)] == []


JSON_LD = """<script type="application/ld+json">{"@type": "JobPosting", "title": "Bagare", "datePosted": "2026-04-21",
"description": "<p>Baka.</p>", "jobLocation": {"address": {"addressLocality": "Lund, Skåne"}}}</script>"""


def test_the_postings_page_gives_text_and_date_and_leaves_what_the_list_says():
    http = FakeHttp({LISTED.url: JSON_LD})
    found = parse_detail(LISTED, detail(http, BOARD, LISTED))
    assert (found.description_html, found.locations) == ("<p>Baka.</p>", ["Lund"])
    assert found.posted_at.isoformat() == "2026-04-21T00:00:00+00:00"


def test_a_page_without_a_job_posting_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="7"):
        parse_detail(LISTED, "<html>gone</html>")


@pytest.mark.parametrize(
    ("script", "key"),
    [
        ("var jbl_company_id = 2631;", {"board": "2631", "kind": "companies"}),
        ("window.config = {'jbl_company_id': '2631'};", {"board": "2631", "kind": "companies"}),
        ("var jbl_company_group_id = '241';", {"board": "241", "kind": "company-groups"}),
        ("var jbl_page_size = 10;", None),
    ],
)
def test_the_widgets_settings_on_a_companys_page_tell_the_board(script, key):
    assert sniff(company_page(script)) == key


def test_settings_on_a_page_without_jobylon_tell_none():
    text = "<script>var jbl_company_id = 2631;</script>"
    assert sniff(WebPage("https://www.contoso.example/", text.encode(), text, "text/html")) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.jobylon.com/",
        "https://cdn.jobylon.com/embedder.js",
        "https://emp.jobylon.com/jobs/379770-contoso-planner/",
        "https://emp.jobylon.com/companies/",
        "https://static-eu.jobylon.com/companies/1955",
    ],
)
def test_addresses_that_name_no_company_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
