"""What has gone wrong with Gusto's job boards for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.gusto import EXTRACTOR, company, detail, pages, parse, parse_detail, sniff
from worker.posting import Page, Posting, Skipped, WebPage

KEY = "acme-629e09d9-d8bf-4616-94a7-b744e4a77616"
BOARD = {"board": KEY}
SITE = f"https://jobs.gusto.com/boards/{KEY}"
IDS = [f"5bb2a78d-445e-4c93-aab3-b264a4630a9{digit}" for digit in range(10)]
EMPTY = "<h1>Acme</h1><h3>There are no open positions currently</h3>"


def row(posting_id=IDS[0], title="Baker", *lines):
    return f'<li><a class="block" href="/postings/acme-baker-{posting_id}"><h3>{title}</h3>{"".join(lines)}</a></li>'


def said(words):
    return f'<p class="text-gray-500 flex items-center">{words}</p>'


def site(*answers):
    return FakeHttp({SITE: lambda _, query: answers[query["page"] - 1] if query["page"] <= len(answers) else EMPTY})


def read(page):
    return [*parse(Page(page), BOARD)]


def posting(*lines):
    [found] = read(row(IDS[0], "Baker", *lines))
    return found


def test_pages_are_asked_for_until_one_is_empty():
    http = site(row(IDS[0]) + row(IDS[1]), row(IDS[2]))
    found = [*pages(http, BOARD)]
    assert [query for _, _, query, _, _ in http.calls] == [{"page": 1}, {"page": 2}, {"page": 3}]
    assert [one.external_id for page in found for one in parse(page, BOARD)] == IDS[:3]
    assert [page.truncated for page in found] == [None] * 3


def test_an_empty_board_says_so():
    [page] = pages(site(), BOARD)
    assert (read(page.data), page.total, page.truncated) == ([], None, None)


def test_a_page_that_repeats_earlier_ones_ends_the_reading():
    found = [*pages(FakeHttp({SITE: row()}), BOARD)]
    assert [page.truncated for page in found] == [None, "page 2 of the list repeats earlier ones"]


def test_it_ends_after_so_many_pages_whatever_the_site_says():
    def answer(_, query):
        return row(f"5bb2a78d-445e-4c93-aab3-{query['page']:012}")

    *_, last = pages(FakeHttp({SITE: answer}), BOARD)
    assert last.truncated == "not read beyond page 100"


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_closed_board_is_not_found_though_its_status_is_200():
    with pytest.raises(BoardNotFound, match="closed"):
        [*pages(site("<p>This job board is closed.</p><p>Your Privacy Choices</p>"), BOARD)]


@pytest.mark.parametrize("changed", ["<h1>Open Positions</h1>", "<title>Just a moment...</title>", "", {}, None])
def test_a_page_that_shows_neither_is_an_unexpected_payload_and_no_empty_board(changed):
    with pytest.raises(UnexpectedPayload):
        read(changed)


def test_a_row_without_a_title_costs_only_itself():
    found = read(row(IDS[0]) + row(IDS[1], " ") + row(IDS[2]))
    assert [one.external_id for one in found if isinstance(one, Posting)] == [IDS[0], IDS[2]]
    assert [one.external_id for one in found if isinstance(one, Skipped)] == [IDS[1]]


def test_the_id_is_the_end_of_the_address_whatever_the_title_in_it():
    renamed = row().replace("acme-baker", "acme-chief-baker")
    assert read(renamed)[0].external_id == posting().external_id == IDS[0]


def test_links_to_forms_and_to_other_hosts_are_no_rows():
    form = f'<a href="/postings/acme-baker-{IDS[1]}/applicants/new">Apply</a>'
    other = f'<a href="https://evil.example/postings/acme-baker-{IDS[2]}"><h3>Baker</h3></a>'
    assert len(read(row() + form + other)) == 1


def test_what_the_row_does_not_say_stays_unknown():
    expected = Posting(external_id=IDS[0], title="Baker", url=f"https://jobs.gusto.com/postings/acme-baker-{IDS[0]}")
    assert posting() == expected


def test_several_places_are_lines_of_one_paragraph():
    found = posting('<p class="text-gray-500 flex"><svg></svg> Abilene, TX <br> Remote <br></p>')
    assert (found.locations, found.employment_type) == (["Abilene, TX", "Remote"], None)


def test_pay_stands_before_the_employment_and_no_number_is_made_of_it():
    found = posting(said("$15 - $18 per hour\n &middot;\n Part time"))
    assert (found.employment_type, found.salary, found.extras) == ("Part time", None, {"salary": "$15 - $18 per hour"})
    assert (posting(said("Contractor")).employment_type, posting(said("Contractor")).extras) == ("Contractor", {})


def test_an_icon_with_an_unterminated_attribute_swallows_nothing():
    icon = '<svg class="h-5 w-5 inline mr-1 width="16" height="12" viewBox="0 0 16 12"><path d="M0"/></svg>'
    assert posting(said(f"{icon} $15 per hour &middot; Intern")).employment_type == "Intern"


SECTIONS = """<div class="mt-8 text-xl text-gray-800 leading-8"><p>In short.</p></div>
<h3>About Acme</h3><div class="rich-text-container">We bake.</div>
<h3>Description</h3><div class="rich-text-container"><h3>About the role</h3><p>You bake.</p></div>"""


def test_the_section_about_the_company_is_left_out_and_the_jobs_own_headings_are_kept():
    text = parse_detail(posting(), SECTIONS).description_html
    assert "In short." in text
    assert "About the role" in text
    assert "We bake." not in text


def test_the_page_leads_to_the_form_and_nothing_else_is_taken_for_it():
    form = f"{posting().url}/applicants/new"
    assert (
        parse_detail(
            posting(), SECTIONS + f'<a href="{form.removeprefix("https://jobs.gusto.com")}">Apply</a>'
        ).apply_url
        == form
    )
    other = '<a href="https://evil.example/applicants/new">Apply</a><a href="http://[/applicants/new">Apply</a>'
    assert parse_detail(posting(), SECTIONS + other).apply_url is None


def test_a_page_without_a_description_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="no description"):
        parse_detail(posting(), "<h1>404 Error</h1>")


def test_the_postings_page_is_asked_for_at_its_address():
    assert detail(FakeHttp({posting().url: SECTIONS}), BOARD, posting()) == SECTIONS


def test_the_companys_name_is_the_boards_heading():
    header = '<div id="job-board-header"><h1>Acme Bakeries</h1></div><h1>Open Positions</h1>'
    assert company(Page(header + row())) == "Acme Bakeries"
    assert company(Page(row())) is None


def web_page(text, url=f"https://jobs.gusto.com/postings/acme-baker-{IDS[0]}"):
    return WebPage(url, text.encode(), text, "text/html")


def test_a_postings_page_leads_back_to_its_board():
    assert sniff(web_page(f'<a href="/boards/{KEY}">Back</a><a href="{SITE}?x=1">Careers</a>')) == BOARD


@pytest.mark.parametrize(
    "page",
    [
        web_page(f'<a href="/boards/{KEY}">Back</a>', "https://acme.example/postings/1"),
        web_page('<a href="/boards/acme">Back</a>'),
        web_page(f'<a href="https://evil.example/boards/{KEY}">Back</a>'),
        web_page(f'<a href="/boards/{KEY}">A</a><a href="/boards/b{KEY}">B</a>'),
    ],
)
def test_other_pages_lead_to_no_board(page):
    assert sniff(page) is None


@pytest.mark.parametrize(
    "url",
    ["https://jobs.gusto.com/boards/acme", f"https://gusto.com/boards/{KEY}", f"https://jobs.gusto.com/postings/{KEY}"],
)
def test_addresses_that_name_no_board_are_none(url):
    assert EXTRACTOR.recognise(url) is None
