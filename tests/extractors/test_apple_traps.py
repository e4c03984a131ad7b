"""What has gone wrong with jobs.apple.com for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardRefused, UnexpectedPayload
from worker.extractors.apple import EXTRACTOR, MAX_PAGES, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Skipped

BOARD = {"board": "apple"}
SEARCH = "https://jobs.apple.com/api/v1/search"


def row(identity, **fields):
    return {"id": identity, "positionId": identity.partition("-")[0], "postingTitle": "Engineer", **fields}


class Site:
    """The site's list; `moved` roles are at the front from the second request on, as if edited meanwhile."""

    def __init__(self, number, moved=()):
        self.ids = [f"{n}-1" for n in range(number)]
        self.moved, self.asked = list(moved), 0

    def __call__(self, url, body):
        self.asked += 1
        ids = self.ids
        if self.asked > 1:
            ids = self.moved + [one for one in self.ids if one not in self.moved]
        first = 20 * (body["page"] - 1)
        rows = [row(one) for one in ids[first : first + 20]]
        return {"res": {"searchResults": rows, "totalRecords": len(ids) if rows else 0}}


def read(answer):
    http = FakeHttp({SEARCH: answer})
    found = [*pages(http, BOARD)]
    assert not [page for page in found[:-1] if page.truncated]
    ids = {posting.external_id for page in found for posting in parse(page, BOARD)}
    total = next((page.total for page in found if page.total is not None), None)
    return ids, total, found[-1].truncated, [body["page"] for _, _, body, _, _ in http.calls]


def test_the_list_ends_at_a_short_page():
    ids, total, truncated, asked = read(Site(45))
    assert (len(ids), total, truncated, asked) == (45, 45, None, [1, 2, 3])


def test_the_total_of_a_page_past_the_end_is_none():
    ids, total, truncated, asked = read(Site(40))
    assert (len(ids), total, truncated, asked) == (40, 40, None, [1, 2, 3])


def test_an_empty_board_is_empty():
    assert read(Site(0)) == (set(), 0, None, [1])


def test_a_role_that_moved_to_the_front_meanwhile_is_sought_there():
    ids, total, truncated, asked = read(Site(45, moved=["44-1"]))
    assert (len(ids), total, truncated) == (45, 45, None)
    assert asked == [1, 2, 3, 1]


def test_what_stays_missing_keeps_the_board_incomplete():
    def short(url, body):
        rows = [row(f"{body['page']}-{n}") for n in range(20 if body["page"] == 1 else 3)]
        return {"res": {"searchResults": rows, "totalRecords": 30}}

    ids, total, _, asked = read(short)
    assert len(ids) < total == 30
    assert asked == [1, 2, 1, 2, 3]


def test_a_site_that_repeats_a_page_ends_and_is_truncated():
    rows = [row(f"{n}-1") for n in range(20)]
    ids, _, truncated, asked = read({"res": {"searchResults": rows, "totalRecords": 500}})
    assert (len(ids), bool(truncated), asked) == (20, True, [1, 2])


def test_a_site_without_end_is_left_after_a_bounded_number_of_pages():
    _, _, truncated, asked = read(
        lambda url, body: {
            "res": {"searchResults": [row(f"{body['page']}x{n}") for n in range(20)], "totalRecords": 10**6}
        }
    )
    assert (bool(truncated), len(asked)) == (True, MAX_PAGES)


@pytest.mark.parametrize("answer", [{}, {"res": None}, {"res": {"totalRecords": 3}}, [], "x"])
def test_an_answer_without_results_is_an_unexpected_payload_and_no_empty_board(answer):
    with pytest.raises(UnexpectedPayload, match="searchResults"):
        read(answer)


def test_a_refusal_passes_through():
    with pytest.raises(BoardRefused):
        read(BoardRefused("403"))


def posting(**fields):
    [found] = parse(Page({"res": {"searchResults": [row("200681917-3715", **fields)]}}), BOARD)
    return found


def test_one_position_in_two_places_is_two_postings_with_one_number():
    rows = [row("200-1"), row("200-2")]
    found = [*parse(Page({"res": {"searchResults": rows}}), BOARD)]
    assert [(one.external_id, one.requisition_id) for one in found] == [("200-1", "200"), ("200-2", "200")]


def test_an_evergreen_role_has_an_address_and_a_record_without_its_prefix():
    [found] = parse(Page({"res": {"searchResults": [row("PIPE-114", transformedPostingTitle="us-specialist")]}}), BOARD)
    assert (found.external_id, found.url) == ("PIPE-114", "https://jobs.apple.com/en-us/details/114/us-specialist")
    http = FakeHttp({"https://jobs.apple.com/api/v1/jobDetails/114": {"res": {}}})
    assert detail(http, BOARD, found) == {"res": {}}


def test_a_flag_that_is_false_by_default_says_nothing():
    assert (posting(homeOffice=False).workplace, posting(homeOffice=True).workplace) == (None, "remote")


def test_what_a_team_says_of_itself_is_not_the_roles_text():
    found = posting(jobSummary="The best comes together.")
    assert found.description_html is None
    assert parse_detail(found, {"res": {"jobSummary": "The best comes together."}}).description_html is None


def test_plain_text_is_escaped_and_text_with_tags_is_not():
    listed = Posting(external_id="1", title="A", url="https://a.example/1")
    said = parse_detail(listed, {"res": {"description": "C & C\n<5 years", "minimumQualifications": "<b>Go</b>"}})
    assert "C &amp; C<br>&lt;5 years" in said.description_html
    assert "<b>Go</b>" in said.description_html


def test_a_row_without_identity_or_title_is_skipped():
    rows = [{"postingTitle": "A"}, row("1-1", postingTitle=None), row("2-1")]
    found = [*parse(Page({"res": {"searchResults": rows}}), BOARD)]
    assert [isinstance(one, Skipped) for one in found] == [True, True, False]


@pytest.mark.parametrize(
    "url", ["https://www.apple.com/careers", "https://apple.com", "https://jobs.apple.com.evil.example"]
)
def test_apples_other_sites_are_no_board(url):
    assert EXTRACTOR.recognise(url) is None
