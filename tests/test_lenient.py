"""Optional values of a payload: read where they can be, and never the cause of an error."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.lenient import amount, epoch_milliseconds, items, mapping, moment, text, whole_number

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers().map(lambda number: number * 10**400)
    | st.floats()
    | st.decimals()
    | st.text(st.characters(codec=None))
    | st.binary()
    | st.datetimes().map(str)
    | st.sampled_from(
        ["1e999999999", "9" * 10_000, "-0", "\uff11\uff12", "1_000", "0001-01-01T00:00:00+14:00", "24:00", "T"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(anything)
def test_nothing_at_all_breaks_a_reader(value):
    assert text(value) is None or (isinstance(text(value), str) and text(value).strip() == text(value) != "")
    assert isinstance(items(value), list)
    assert isinstance(mapping(value), dict)
    for found in (moment(value), epoch_milliseconds(value)):
        assert found is None or found.utcoffset() == timedelta(0)
    found = amount(value)
    assert found is None or 0 < found < Decimal(10) ** 15


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Engineer", "Engineer"),
        ("  Engineer\n", "Engineer"),
        ("", None),
        (" \t", None),
        ("\u3000", None),
        (0, "0"),
        (127817, "127817"),
        (1.5, "1.5"),
        (True, None),
        (False, None),
        (float("nan"), None),
        (float("inf"), None),
        pytest.param(10**5000, None, id="5000 digits"),
        (None, None),
        (["a"], None),
        ({"a": 1}, None),
        (b"bytes", None),
    ],
)
def test_text_is_a_string_or_a_number(value, read):
    assert text(value) == read


def test_containers_are_what_they_are_or_empty():
    assert items([1]) == [1]
    assert mapping({"a": 1}) == {"a": 1}
    for value in (None, "ab", 3, ("a",)):
        assert items(value) == []
        assert mapping(value) == {}
    assert items({"a": 1}) == []
    assert mapping([1]) == {}


NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-09-01T12:00:00Z",
        "2026-09-01T12:00:00.000Z",
        "2026-09-01T12:00:00+00:00",
        "2026-09-01T14:00:00+02:00",
        "2026-09-01T14:00:00+0200",
        "2026-09-01T07:00:00-0500",
        "2026-09-01 12:00:00 UTC",
        "2026-09-01 14:00:00 +0200",
        "2026-09-01 07:00:00 -0500",
        "2026-09-01 07:00:00 -05:00",
        "2026-09-01T12:00:00",
        " 2026-09-01T12:00 ",
        "20260901T120000Z",
    ],
)
def test_a_moment_is_read_in_every_way_vendors_write_it(value):
    assert moment(value) == NOON


def test_a_date_is_its_midnight():
    assert moment("2026-09-01") == datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "Posted 30+ Days Ago",
        "2026-13-01",
        "2026-02-30",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-09-01T12:00:00+99:00",
        1756728000,
        None,
        ["2026-09-01"],
        "\uff12\uff10\uff12\uff16-09-01",
    ],
)
def test_what_is_no_moment_is_none(value):
    assert moment(value) is None


@given(
    st.datetimes().filter(lambda when: 1 < when.year < 9999),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_every_moment_that_was_written_with_its_zone_is_read_as_the_same(when, zone):
    aware = when.replace(tzinfo=zone)
    assert moment(aware.isoformat()) == moment(f"{when} {aware:%z}") == aware


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1_788_264_000_123, datetime(2026, 9, 1, 12, 0, 0, 123_000, tzinfo=UTC)),
        (253_402_300_799_999, datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
        (253_402_300_800_000, None),
        (10**400, None),
        (-1, None),
        (-(10**400), None),
        (True, None),
        ("1788264000123", None),
        (1.5, None),
        (None, None),
    ],
)
def test_milliseconds_are_counted_from_1970(value, read):
    assert epoch_milliseconds(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (50_000, 50_000),
        (50_000.5, Decimal("50000.5")),
        ("50000", 50_000),
        (" 50000.50 ", Decimal("50000.50")),
        ("+50000", 50_000),
        (0.1, Decimal("0.1")),
        (1e14, 10**14),
        (0, None),
        (-1, None),
        ("-1", None),
        ("50,000", None),
        ("$50000", None),
        ("50 000", None),
        ("50_000", None),
        ("\uff15\uff10\uff10\uff10\uff10", None),
        ("1e999999999", None),
        ("9" * 100_000, None),
        (1e300, None),
        (10**400, None),
        ("NaN", None),
        ("sNaN", None),
        ("Infinity", None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        ("", None),
        (".", None),
        (None, None),
        ([5], None),
    ],
)
def test_a_sum_of_money_is_finite_positive_and_believable(value, read):
    assert amount(value) == read


@given(st.decimals("0.01", "999999999", places=2))
def test_a_sum_is_read_exactly_from_json_text(sum_of_money):
    assert amount(str(sum_of_money)) == sum_of_money
    assert amount(json.loads(str(sum_of_money))) == sum_of_money


@pytest.mark.parametrize(
    ("value", "read"),
    [(0, 0), (250, 250), (-1, -1), (True, None), (False, None), ("250", None), (2.0, None), (None, None), ([], None)],
)
def test_whole_numbers(value, read):
    assert whole_number(value) == read
    assert type(whole_number(value)) is type(read)
