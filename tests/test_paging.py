"""A list that comes in pages: every way in which reading it ends, and what is said of what may be missing."""

import pytest

from worker.errors import BoardUnavailable
from worker.paging import MOVED, Part, paged


class Vendor:
    """Answers page by page, with the parts that it was given, and remembers what it was asked."""

    def __init__(self, *parts):
        self.parts = parts
        self.asked = []

    def __call__(self, number, received):
        self.asked.append((number, received))
        if isinstance(part := self.parts[number - 1], Exception):
            raise part
        return part


def part(identities, **said):
    return Part({"rows": list(identities)}, list(identities), **said)


def read(*parts, most=9, **options):
    """Return the pages that were read, as (rows, total, truncated), and what the vendor was asked."""
    vendor = Vendor(*parts)
    pages = list(paged(vendor, most=most, **options))
    return [("".join(map(str, page.data["rows"])), page.total, page.truncated) for page in pages], vendor.asked


def test_a_list_ends_at_its_total_without_one_request_more():
    pages, asked = read(part("ab", total=5), part("cd", total=5), part("e", total=5))
    assert pages == [("ab", 5, None), ("cd", 5, None), ("e", 5, None)]
    assert asked == [(1, 0), (2, 2), (3, 4)]


def test_a_list_that_gives_more_than_its_total_ends_there_too():
    assert read(part("abc", total=2))[0] == [("abc", 2, None)]


def test_a_list_without_a_total_ends_at_an_empty_page():
    assert read(part("ab"), part("c"), part(""))[0] == [("ab", None, None), ("c", None, None), ("", None, None)]


def test_an_empty_page_ends_a_list_that_advertises_more():
    assert read(part("ab", total=5), part("", total=5))[0] == [("ab", 5, None), ("", 5, None)]


def test_an_empty_board_is_one_page():
    assert read(part("", total=0))[0] == [("", 0, None)]


def test_the_word_of_the_list_that_a_page_is_the_last_ends_it_short_of_the_total():
    assert read(part("ab", total=5, last=True))[0] == [("ab", 5, None)]


def test_the_word_of_the_list_that_more_follows_outweighs_its_total():
    pages, _ = read(part("ab", total=2, last=False), part("c", total=2, last=True))
    assert pages == [("ab", 2, None), ("c", 2, None)]


def test_an_empty_page_ends_a_list_that_says_that_more_follows():
    assert read(part("ab", last=False), part("", last=False))[0] == [("ab", None, None), ("", None, None)]


def test_a_repeated_page_ends_the_list_and_may_hide_postings():
    pages, _ = read(part("ab", total=9), part("cd", total=9), part("ba", total=9))
    assert pages[-1] == ("ba", 9, "page 3 of the list repeats earlier ones")
    assert [truncated for _, _, truncated in pages[:-1]] == [None, None]


def test_a_repeated_page_is_told_even_where_the_total_is_reached():
    assert read(part("ab", total=4), part("ab", total=4))[0][-1][2] == "page 2 of the list repeats earlier ones"


def test_a_page_with_one_new_row_is_no_repetition():
    pages, _ = read(part("ab", total=3), part("bc", total=3))
    assert pages == [("ab", 3, None), ("bc", 3, None)]


@pytest.mark.parametrize("last", [None, True])
def test_a_row_on_two_pages_of_a_list_without_a_total_may_hide_another(last):
    parts = [part("d", last=True)] if last else [part("d"), part("")]
    pages, _ = read(part("ab", last=last and False), part("bc", last=last and False), *parts)
    assert [truncated for _, _, truncated in pages] == [*[None] * (len(pages) - 1), MOVED]
    assert "".join(rows for rows, _, _ in pages) == "abbcd"


def test_rows_without_an_identity_are_not_taken_for_each_other():
    pages, _ = read(part([None, "a"]), part([None, "b"]), part(""))
    assert [truncated for _, _, truncated in pages] == [None] * 3


def test_a_row_that_a_page_lists_twice_is_no_repetition():
    assert read(part("aa", total=3), part("b", total=3))[0] == [("aa", 3, None), ("b", 3, None)]


def test_a_list_without_end_is_read_up_to_the_bound_and_says_so():
    pages, asked = read(part("a"), part("b"), part("c"), most=2)
    assert pages == [("a", None, None), ("b", None, "not read beyond page 2")]
    assert len(asked) == 2


@pytest.mark.parametrize("last", [part("b", total=2), part("b", last=True), part("")])
def test_a_list_that_ends_at_the_bound_is_complete(last):
    assert read(part("a", total=2), last, most=2)[0][-1][2] is None


def test_a_total_that_grows_meanwhile_is_followed():
    pages, _ = read(part("ab", total=3), part("c", total=4), part("d", total=4))
    assert [total for _, total, _ in pages] == [3, 4, 4]


def test_where_the_first_total_holds_later_ones_are_passed_over():
    pages, asked = read(part("ab", total=4), part("cd", total=0), first_total_holds=True)
    assert pages == [("ab", 4, None), ("cd", 4, None)]
    assert len(asked) == 2


def test_the_first_total_may_be_stated_late():
    pages, _ = read(part("ab"), part("cd", total=5), part("e", total=1), first_total_holds=True)
    assert [total for _, total, _ in pages] == [None, 5, 5]


def test_identities_that_cannot_be_hashed_are_told_apart():
    vendor = Vendor(Part("one", [{"a": 1}, None]), Part("two", [{"a": 2}, None]), part(""))
    assert [page.truncated for page in paged(vendor, most=9)] == [None] * 3


def test_a_page_is_asked_for_when_it_is_wanted_and_an_error_reaches_who_asked():
    vendor = Vendor(part("ab", total=4), BoardUnavailable("too slow"))
    pages = paged(vendor, most=9)
    assert vendor.asked == []
    assert next(pages).total == 4
    assert vendor.asked == [(1, 0)]
    with pytest.raises(BoardUnavailable, match="too slow"):
        next(pages)
