"""What has gone wrong with Umantis's pages for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.umantis import EXTRACTOR, MAX_PAGES, pages, parse, sniff
from worker.posting import Page, Skipped, WebPage

BOARD = {"host": "recruitingapp-2698.umantis.com"}
LIST = "https://recruitingapp-2698.umantis.com/Jobs/All"


def table(ids, navigation=""):
    rows = "".join(
        f'<tr><td><a class="HSTableLinkSubTitle" href="/Vacancies/{one}/Description/1">Job {one}</a></td></tr>'
        for one in ids
    )
    return f'<table class="tableaslist_x">{rows}</table>{navigation}'


def navigation(**state):
    return f"<table-navigation initial-data-string='{json.dumps({'TableNr': '1152481', **state})}'></table-navigation>"


class Site:
    """So many vacancies, ten a page; beyond the end the last page comes again."""

    def __init__(self, number, *, counts=True, without=()):
        self.ids = list(range(1, number + 1))
        self.counts, self.without = counts, without

    def __call__(self, url, query):
        last = max(1, -(-len(self.ids) // 10))
        page = min(int(query.get("tc1152481", "p1")[1:]), last)
        ids = self.ids[10 * (page - 1) : 10 * page]
        total = {"TableTotalLines": len(self.ids), "TableTo": 10 * (page - 1) + len(ids)} if self.counts else {}
        return table([one for one in ids if one not in self.without], navigation(**total))


def read(answer):
    http = FakeHttp({LIST: answer})
    found = [*pages(http, BOARD)]
    assert not [page for page in found[:-1] if page.truncated]
    return ({posting.external_id for page in found for posting in parse(page, BOARD)}, found[-1].truncated,
            [query.get("tc1152481") for _, _, query, _, _ in http.calls])  # fmt: skip


def test_the_table_tells_how_its_pages_are_turned_and_where_they_end():
    ids, truncated, asked = read(Site(23))
    assert (len(ids), truncated, asked) == (23, None, [None, "p2", "p3"])


def test_a_table_that_does_not_count_ends_where_a_page_comes_again():
    ids, truncated, asked = read(Site(20, counts=False))
    assert (len(ids), truncated, asked) == (20, None, [None, "p2", "p3"])


def test_a_single_page_that_counts_costs_one_request_and_so_does_one_without_navigation():
    assert read(Site(7)) == ({str(n) for n in range(1, 8)}, None, [None])
    assert read(table([1, 2]))[1:] == (None, [None])


def test_the_table_is_also_known_by_the_links_that_turn_it():
    ids, _, asked = read(lambda url, query: table([2] if query else [1], '<a href="/Jobs/All?tc1152481=p2">2</a>'))
    assert (ids, asked) == ({"1", "2"}, [None, "p2", "p3"])


def test_rows_that_are_counted_and_missing_keep_the_board_incomplete():
    assert "advertises 23" in read(Site(23, without=[5]))[1]


def test_a_table_without_end_is_left_after_a_bounded_number_of_pages():
    _, truncated, asked = read(lambda url, query: table([query.get("tc1152481", "p1")[1:]], navigation()))
    assert (bool(truncated), len(asked)) == (True, MAX_PAGES)


def test_an_empty_board_is_empty():
    assert read(table([], navigation(TableTotalLines=0, TableTo=0))) == (set(), None, [None])


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("text", ["", "<html><body>Wartung</body></html>", "{}"])
def test_a_page_of_another_kind_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload):
        read(text)


def test_a_vacancy_in_two_languages_is_one_posting_twice():
    links = "".join(
        f'<a class="HSTableLinkSubTitle" href="/Vacancies/7/Description/{language}">Job</a>' for language in (1, 2)
    )
    found = [*parse(Page(links), BOARD)]
    assert [one.external_id for one in found] == ["7", "7"]


def test_what_a_row_says_beside_its_title_stays_unnamed_as_the_columns_are_the_employers():
    row = ('<tr><td><span><a class="HSTableLinkSubTitle" href="/Vacancies/7/Description/1">Job</a></span>'
           "<span>&nbsp;|&nbsp;Laufen</span><span>| </span></td></tr>")  # fmt: skip
    [found] = parse(Page(f"<table>{row}</table>"), BOARD)
    assert (found.locations, found.extras) == ([], {"listed": ["Laufen"]})


def test_a_row_without_a_title_is_skipped_by_its_number():
    [found] = parse(Page('<a class="HSTableLinkSubTitle" href="/Vacancies/7/Description/1"> </a>'), BOARD)
    assert (isinstance(found, Skipped), found.external_id) == (True, "7")


def page(url, text):
    return WebPage(url, text.encode(), text, "text/html")


MADE = '<script>var globalUmantisParams = {};</script><a href="%s">Job</a>'


@pytest.mark.parametrize(
    "link", ["/Vacancies/7/Description/1", "https://career.acme.example/Vacancies/7/Description/2", "/Jobs/2?lang=eng"]
)
def test_a_site_made_by_umantis_with_vacancies_of_its_own_is_a_board(link):
    assert sniff(page("https://career.acme.example/Jobs/2", MADE % link)) == {"host": "career.acme.example"}


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://acme.example", MADE % "https://recruitingapp-1.umantis.com/Vacancies/7/Description/1"),
        ("https://acme.example", '<a href="/Vacancies/7/Description/1">Job</a>'),
        ("https://recruitingapp-1.umantis.com/Jobs/All", MADE % "/Vacancies/7/Description/1"),
    ],
)
def test_a_page_that_only_resembles_one_is_none(url, text):
    assert sniff(page(url, text)) is None


@pytest.mark.parametrize("url", ["https://www.umantis.com/x", "https://help.umantis.com", "https://umantis.com",
                                 "https://recruitingapp-1.umantis.com.evil.example/Jobs/All"])  # fmt: skip
def test_other_hosts_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
