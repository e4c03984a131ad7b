"""What has gone wrong with HRMOS's pages for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.hrmos import EXTRACTOR, MAX_PAGES, pages, parse
from worker.posting import Page, Skipped

BOARD = {"board": "acme"}
SITE = "https://hrmos.co/pages/acme/jobs"


def listing(cards, total):
    return f'<p class="pg-count">全 {total} 件中 {len(cards)} 件</p><ul>{"".join(cards)}</ul>'


def card(identity, tags="", title="職人"):
    return (f'<li class="pg-list-cassette"><a href="/pages/acme/jobs/{identity}"><h2>{title}</h2></a>'
            f'<ul class="sg-tags">{tags}</ul></li>')  # fmt: skip


def site(number):
    def answer(url, query):
        first = 100 * (query.get("page", 1) - 1)
        return listing([card(n) for n in range(number)][first : first + 100], f"{number:,}")

    return answer


def read(answer):
    http = FakeHttp({SITE: answer})
    found = [*pages(http, BOARD)]
    assert not [page for page in found[:-1] if page.truncated]
    ids = {posting.external_id for page in found for posting in parse(page, BOARD)}
    return len(ids), found[0].total, found[-1].truncated, [query.get("page") for _, _, query, _, _ in http.calls]


def test_the_list_ends_at_its_count():
    assert read(site(230)) == (230, 230, None, [None, 2, 3])
    assert read(site(100)) == (100, 100, None, [None])
    assert read(site(0)) == (0, 0, None, [None])


def test_a_count_with_a_comma_is_a_number():
    assert read(site(1_200))[:2] == (1_200, 1_200)


def test_a_site_that_repeats_a_page_ends_and_is_truncated():
    number, _, truncated, asked = read(listing([card(n) for n in range(100)], 500))
    assert (number, bool(truncated), asked) == (100, True, [None, 2])


def test_a_site_without_end_is_left_after_a_bounded_number_of_pages():
    _, _, truncated, asked = read(lambda url, query: listing([card(query.get("page", 1))], 999_999))
    assert (bool(truncated), len(asked)) == (True, MAX_PAGES)


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("text", ["", "<html><body>メンテナンス</body></html>", '<p class="pg-count">たくさん</p>'])
def test_a_page_without_its_count_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload):
        read(text)


def posting(tags=""):
    [found] = parse(Page(listing([card("7", tags)], 1)), BOARD)
    return found


def test_tags_are_told_apart_where_they_can_be():
    found = posting(
        '<li>アクメ</li><li class="sg-tag-location">東京都</li><li>正社員</li><li>業務委託/フリーランス</li>'
    )
    assert (found.locations, found.employment_type) == (["東京都"], "正社員, 業務委託/フリーランス")
    assert found.extras == {"tags": ["アクメ"]}


def test_what_is_not_said_stays_none():
    found = posting()
    assert (found.locations, found.employment_type, found.description_html, found.language) == ([], None, None, None)
    assert (found.posted_at, found.extras) == (None, {})


def test_a_card_without_title_or_of_another_site_is_skipped_and_costs_only_itself():
    other = '<li class="pg-list-cassette"><a href="https://evil.example/pages/acme/jobs/1"><h2>A</h2></a></li>'
    found = [*parse(Page(listing([card("1", title=""), other, card("3")], 3)), BOARD)]
    assert [(isinstance(one, Skipped), one.external_id) for one in found] == [(True, "1"), (True, None), (False, "3")]


@pytest.mark.parametrize("url", ["https://hrmos.co", "https://hrmos.co/news", "https://hrmos.co.evil.example/pages/acme",
                                 "https://login.hrmos.co/pages/acme"])  # fmt: skip
def test_hrmoss_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
