"""What has gone wrong with Jobvite's sites for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.jobvite import EXTRACTOR, company, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Skipped

BOARD = {"board": "acme"}
SEARCH = "https://jobs.jobvite.com/acme/search"
NEXT = '<a href="/acme/search?p=9" class="jv-pagination-next">Next</a>'


def row(posting_id, title="Baker", place="Rome, Italy"):
    return (
        f'<tr><td class="jv-job-list-name"><a href="/acme/job/{posting_id}">{title}</a></td>'
        f'<td class="jv-job-list-location">{place}</td></tr>'
    )


def search(*ids, counted="", following=""):
    rows = "".join(map(row, ids))
    return (
        f'<html><body class="jv-page-search"><table class="jv-job-list">{rows}</table>'
        f'<div class="jv-pagination-text">{counted}</div>{following}</body></html>'
    )


def site(*answers):
    """A site that answers its pages by their number, and beyond the last one with an empty table."""
    return FakeHttp({SEARCH: lambda _, query: answers[query["p"]] if query["p"] < len(answers) else search()})


def read(page):
    return [*parse(Page(page), BOARD)]


def listed(**fields):
    return Posting(external_id="o1", title="Baker", url="https://jobs.jobvite.com/acme/job/o1", **fields)


def test_pages_count_from_zero_and_end_with_the_last_one():
    http = site(search("o1", "o2", counted="1-2 of 3", following=NEXT), search("o3", counted="3-3 of 3"))
    found = [*pages(http, BOARD)]
    assert [query for _, _, query, _, _ in http.calls] == [{"p": 0}, {"p": 1}]
    assert [one.external_id for page in found for one in parse(page, BOARD)] == ["o1", "o2", "o3"]
    assert [page.truncated for page in found] == [None, None]


def test_more_is_asked_for_while_there_is_a_next_page_though_nothing_is_counted():
    http = site(search("o1", following=NEXT), search("o2"))
    assert len([*pages(http, BOARD)]) == 2


@pytest.mark.parametrize("counted", ["1-1 of 2", "1-1 de 2", "1 \u2013 1 von 2"])
def test_more_is_asked_for_while_rows_are_missing_though_there_is_no_next_page(counted):
    http = site(search("o1", counted=counted), search("o2", counted=counted))
    assert [page.truncated for page in pages(http, BOARD)] == [None, None]


def test_rows_that_never_come_leave_the_list_incomplete():
    found = [*pages(site(search("o1", counted="1-1 of 1,224")), BOARD)]
    assert [page.truncated for page in found] == [None, "1 of 1224 rows were received"]


def test_the_count_is_one_of_rows_and_a_posting_in_two_rows_is_no_shortfall():
    http = site(search("o1", "o2", counted="1-2 of 3", following=NEXT), search("o2", counted="3-3 of 3"))
    found = [*pages(http, BOARD)]
    assert [(page.total, page.truncated) for page in found] == [(None, None)] * 2


def test_a_page_that_is_the_one_before_again_ends_the_reading():
    http = FakeHttp({SEARCH: search("o1", "o2", counted="1-2 of 4", following=NEXT)})
    found = [*pages(http, BOARD)]
    assert [page.truncated for page in found] == [None, "page 2 of the list repeats the one before"]


def test_it_ends_after_so_many_pages_whatever_the_site_says():
    http = FakeHttp({SEARCH: lambda _, query: search(f"o{query['p']}", following=NEXT)})
    *_, last = pages(http, BOARD)
    assert last.truncated == "not read beyond page 200"


def test_a_site_without_postings_is_empty():
    [page] = pages(site('<body class="jv-page-search"><p class="jv-empty">No results found</p></body>'), BOARD)
    assert (read(page.data), page.truncated) == ([], None)


def test_an_unknown_site_is_redirected_and_that_is_not_followed():
    http = site(search("o1"))
    [*pages(http, BOARD)]
    assert http.calls[0][-1] is False
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("changed", ["<html><body>Sign in</body></html>", "", {}, None])
def test_a_page_that_is_not_jobvites_is_an_unexpected_payload_and_no_empty_site(changed):
    with pytest.raises(UnexpectedPayload):
        read(changed)


def test_a_row_without_a_title_costs_only_itself():
    found = read(f'<table class="jv-job-list">{row("o1")}{row("o2", title=" ")}{row("o3")}</table>')
    assert [one.external_id for one in found if isinstance(one, Posting)] == ["o1", "o3"]
    assert [one.external_id for one in found if isinstance(one, Skipped)] == ["o2"]


@pytest.mark.parametrize(
    "template",
    [
        '<table><tr><td class="jv-job-list-name"><a href="/acme/job/o1">Baker</a></td>{place}</tr></table>',
        '<div><div class="tr"><div class="jv-job-list-name"><a href="/acme/job/o1">Baker</a></div>{place}</div></div>',
        '<ul><li class="r"><a href="/acme/job/o1"><div class="jv-job-list-name">Baker</div>{place}</a></li></ul>',
        "<table><tr onclick=\"location.href='/acme/job/o1'\"><td class=jv-job-list-name>Baker</td>{place}</tr></table>",
        '<a href="https://jobs.jobvite.com/careers/acme/job/o1?nl=1"><b class="jv-job-list-name">Baker</b>{place}</a>',
    ],
)
def test_every_template_of_rows_is_read(template):
    [found] = read(template.format(place='<span class="jv-job-list-location">Rome<span>,</span> Italy</span>'))
    assert (found.external_id, found.title) == ("o1", "Baker")
    assert found.url == "https://jobs.jobvite.com/acme/job/o1"


def test_two_postings_in_one_row_are_two():
    page = '<table><tr class="jv-row"><td><a href="/acme/job/o1">A</a><a href="/acme/job/o2">B</a></td></tr></table>'
    assert [(one.external_id, one.title) for one in read(page)] == [("o1", "A"), ("o2", "B")]


def test_links_to_another_companys_postings_or_to_the_form_are_no_rows():
    page = '<p class="jv-x"><a href="/other/job/o1">A</a><a href="https://evil.example/acme/job/o2">B</a>'
    assert read(page + '<a href="/acme/job/o3/apply">Apply</a></p>') == []


def test_a_number_of_places_is_no_place_and_the_postings_page_says_which():
    [found] = read(f'<table class="jv-job-list">{row("o1", place="3 Locations")}</table>')
    assert found.locations == []
    line = "<p class='jv-job-detail-meta'>Bakery<i class='x'></i><span class='jv-inline-separator'></span>Rome, Italy"
    line += "<span class='jv-inline-separator'></span>Milan<span>,</span> Italy</p><p class=jv-job-detail-description>B"
    found = parse_detail(found, line)
    assert (found.department, found.locations) == ("Bakery", ["Rome, Italy", "Milan, Italy"])


def test_a_region_that_ends_with_a_comma_gets_no_second_one():
    place = '{"address": {"addressLocality": "Bangalore ", "addressRegion": "Karnataka,", "addressCountry": "India"}}'
    page = f'<script type="application/ld+json">{{"@type": "JobPosting", "jobLocation": [{place}]}}</script>'
    assert parse_detail(listed(), page).locations == ["Bangalore, Karnataka, India"]


def test_a_line_of_one_part_names_no_category():
    page = '<p class="jv-job-detail-meta">Rome, Italy</p><div class="jv-job-detail-description">Bake.</div>'
    found = parse_detail(listed(), page)
    assert (found.department, found.locations, found.requisition_id) == (None, [], None)


def test_jobvites_own_id_is_not_the_employers_number():
    job = '{"@type": "JobPosting", "title": "Baker", "identifier": {"value": "o1"}, "datePosted": "2026-03-01"}'
    page = f'<script type="application/ld+json">{job}</script>'
    found = parse_detail(listed(), page)
    assert (found.requisition_id, found.posted_at.isoformat()) == (None, "2026-03-01T00:00:00+00:00")


def test_a_posting_that_was_closed_shows_the_list_and_that_is_no_description():
    with pytest.raises(UnexpectedPayload, match="neither a JobPosting nor a description"):
        parse_detail(listed(), search("o2"))


def test_the_postings_page_is_asked_for_as_it_is_framed():
    http = FakeHttp({listed().url: "<html>"})
    assert detail(http, BOARD, listed()) == "<html>"
    [(_, _, query, _, redirects)] = http.calls
    assert (query, redirects) == ({"nl": 1}, False)


def test_the_companys_name_stands_in_the_title():
    assert company(Page("<title>Acme Bakeries Careers</title><p class='jv-x'></p>")) == "Acme Bakeries"
    assert company(Page("<title>Jobs</title><p class='jv-x'></p>")) is None
    assert company(Page("<p class='jv-x'></p>")) is None


@pytest.mark.parametrize(
    "url", ["https://jobs.jobvite.com", "https://www.jobvite.com/acme", "https://jobs.jobvite.com/support/acme"]
)
def test_jobvites_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
