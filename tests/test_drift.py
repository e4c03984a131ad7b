"""When a vendor's day is far from the month before it."""

from datetime import date, timedelta

import pytest

from worker.drift import SKIPPED, UNEXPECTED, Day, Drift, judge

TODAY = date(2026, 11, 22)


def day(back: int = 0, *, postings: int = 100, department: int = 90, **troubles) -> Day:
    counts = {"rows": 1000, "skipped": 0, "runs": 50, "unexpected": 0, **troubles}
    return Day("acme", TODAY - timedelta(days=back), postings, {"department": department, "salary": 5}, **counts)


MONTH = [day(back) for back in range(10, 0, -1)]


def test_a_day_like_the_month_before_is_no_drift():
    assert list(judge(day(), MONTH)) == []


def test_a_field_that_falls_below_half_of_its_level_is_drift():
    assert list(judge(day(department=44), MONTH)) == [Drift("acme", "department", TODAY, 0.9, 0.44)]
    assert list(judge(day(department=46), MONTH)) == []


def test_a_field_that_vanishes_from_the_count_is_drift():
    gone = Day("acme", TODAY, 100, {}, 1000, 0, 50, 0)
    assert [(one.what, one.share) for one in judge(gone, MONTH)] == [("department", 0.0)]


@pytest.mark.parametrize("today", [day(postings=29, department=0), day(postings=0, department=0)])
def test_a_few_postings_tell_nothing(today):
    assert list(judge(today, MONTH)) == []


def test_a_month_of_two_days_tells_nothing():
    assert list(judge(day(department=0), MONTH[-2:])) == []


def test_a_field_that_hardly_any_posting_says_may_be_missing():
    rare = Day("acme", TODAY, 100, {"department": 90, "salary": 0}, 1000, 0, 50, 0)
    assert list(judge(rare, MONTH)) == []


@pytest.mark.parametrize(
    ("what", "troubles", "share"),
    [(SKIPPED, {"skipped": 30}, 0.03), (UNEXPECTED, {"unexpected": 5}, 0.1)],
)
def test_a_rise_of_skipped_rows_or_of_unexpected_answers_is_drift(what, troubles, share):
    assert list(judge(day(**troubles), MONTH)) == [Drift("acme", what, TODAY, 0.0, share)]


def test_a_trouble_that_was_as_large_before_is_no_drift():
    troubled = [day(back, skipped=30, unexpected=5) for back in range(10, 0, -1)]
    assert list(judge(day(skipped=40, unexpected=6), troubled)) == []
    assert [one.what for one in judge(day(skipped=60, unexpected=10), troubled)] == [SKIPPED, UNEXPECTED]


@pytest.mark.parametrize("troubles", [{"skipped": 2, "rows": 4}, {"unexpected": 2, "runs": 2}, {"skipped": 10}])
def test_a_trouble_or_two_are_an_employers_own(troubles):
    assert list(judge(day(**troubles), MONTH)) == []
