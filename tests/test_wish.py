"""What a person wishes of a posting, and the reasons in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.criteria import Criteria, Layer, LeastPay, as_json, from_json
from worker.errors import FilterSyntaxError, InvalidInput
from worker.posting import Place, Salary
from worker.wish import ANYTHING, CHECKED, Facts, wish_for, wish_of

SEEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
BERLIN = Place("Berlin", "Berlin", "DE")
ENGINEER = Facts(
    title="Senior Python Engineer",
    places=[BERLIN],
    country_codes=["DE"],
    workplace="hybrid",
    salary=Salary(Decimal(70_000), Decimal(90_000), "EUR", "YEAR"),
    language="en",
    posted_at=SEEN - timedelta(days=3),
    first_seen_at=SEEN,
    description="We run Kubernetes. No clearance needed.",
)
SILENT = ENGINEER._replace(
    places=[], country_codes=[], workplace=None, salary=None, language=None, posted_at=None, description=None
)


def judged(facts=ENGINEER, **criteria):
    passed, reasons = wish_for(Criteria(**criteria)).judge(facts)
    return passed, [one.detail for one in reasons]


@pytest.mark.parametrize(
    ("criteria", "passed", "detail"),
    [
        ({"title_filters": "python engineer"}, True, 'let in by "python engineer"'),
        ({"title_filters": "-senior"}, False, 'kept out by "-senior"'),
        ({"title_filters": "baker"}, False, "no line matches"),
        ({"workplaces": ("hybrid", "remote")}, True, "hybrid"),
        ({"workplaces": ("remote",)}, False, "hybrid is not remote"),
        ({"places": ("Germany",)}, True, "Berlin, DE is in Germany"),
        ({"places": ("EU",)}, True, "Berlin, DE is in EU"),
        ({"places": ("DACH", "Paris")}, True, "Berlin, DE is in DACH"),
        ({"places": ("Berlin",)}, True, "Berlin, DE is in Berlin"),
        ({"places": ("London", "Portugal")}, False, "Berlin, DE is not in any of London, Portugal"),
        ({"languages": ("en", "de")}, True, "written in en"),
        ({"languages": ("de",)}, False, "written in en, which is not de"),
        ({"pay": LeastPay(Decimal(80_000), "EUR")}, True, "up to 90,000 EUR a year is at least 80,000 EUR a year"),
        (
            {"pay": LeastPay(Decimal(8_000), "EUR", "MONTH")},
            False,
            "up to 90,000 EUR a year is under 8,000 EUR a month",
        ),
        ({"max_age_days": 3}, True, "3 days old when it was first seen"),
        ({"max_age_days": 2}, False, "3 days old when it was first seen, and not at most 2 days"),
        ({"text_filters": "kubernetes"}, True, 'description: let in by "kubernetes"'),
        ({"text_filters": "-clearance"}, False, 'description: kept out by "-clearance"'),
    ],
)
def test_each_criterion_says_why(criteria, passed, detail):
    assert judged(**criteria) == (passed, [detail])


@pytest.mark.parametrize(
    ("criteria", "detail"),
    [
        ({"workplaces": ("remote",)}, "the board does not say where the work is done"),
        ({"places": ("Berlin",)}, "the board names no place"),
        ({"languages": ("de",)}, "its language is unknown"),
        ({"pay": LeastPay(Decimal(1), "EUR")}, "the board does not say what it pays"),
        ({"max_age_days": 1}, "the board does not say since when"),
        ({"text_filters": "kubernetes"}, "the board gives no description"),
    ],
)
def test_what_a_board_does_not_say_keeps_nothing_out_unless_one_is_strict(criteria, detail):
    assert judged(SILENT, **criteria) == (True, [detail])
    assert judged(SILENT, **criteria, strict=True) == (False, [detail])


def test_pay_in_another_currency_decides_nothing():
    passed, (reason,) = wish_for(Criteria(pay=LeastPay(Decimal(500_000), "USD"))).judge(ENGINEER)
    assert (passed, reason.decided) == (True, False)
    assert reason.detail == "up to 90,000 EUR a year cannot be compared with 500,000 USD a year"


@pytest.mark.parametrize(("period", "amount", "passed"), [("HOUR", 43, True), ("HOUR", 44, False), ("DAY", 346, True)])
def test_pay_of_other_periods_is_reckoned_into_a_year(period, amount, passed):
    assert judged(pay=LeastPay(Decimal(amount), "EUR", period))[0] is passed


def test_a_country_may_be_the_city_and_is_enough_for_remote_work():
    germany = ENGINEER._replace(places=[Place(None, None, "DE")])
    assert judged(germany, places=("Berlin",)) == (True, ["DE may be in Berlin"])
    assert judged(germany, places=("Berlin",), strict=True)[0] is False
    assert judged(germany._replace(workplace="remote"), places=("Berlin",), strict=True)[0] is True
    assert judged(germany, places=("Paris",)) == (False, ["DE is not in Paris"])


def test_any_of_several_places_is_enough():
    both = ENGINEER._replace(places=[Place("Paris", "Île-de-France", "FR"), BERLIN])
    assert judged(both, places=("Berlin",)) == (True, ["Berlin, DE is in Berlin"])
    assert judged(both, places=("Spain",)) == (False, ["Paris, FR and others is not in Spain"])


def test_nothing_wished_lets_everything_in():
    assert ANYTHING.judge(ENGINEER) == (True, [])
    assert ANYTHING.judge(SILENT) == (True, [])


def test_the_first_layer_that_says_something_has_its_say_criterion_by_criterion():
    wish = wish_of(
        [
            Layer("company", Criteria(title_filters="python"), enabled=None),
            Layer("group Europe", Criteria(title_filters="java", places=("EU",), workplaces=()), enabled=True),
            Layer("group Everything", Criteria(workplaces=("remote",), max_age_days=9), enabled=False),
        ]
    )
    assert wish.enabled is True
    assert wish.sources == {"title": "company", "place": "group Europe", "age": "group Everything"}
    assert wish.criteria.workplaces == (), "an empty value means any, and hides what comes after it"
    passed, reasons = wish.judge(ENGINEER)
    assert passed
    assert [(one.criterion, one.source) for one in reasons] == [
        ("title", "company"),
        ("place", "group Europe"),
        ("age", "group Everything"),
    ]


def test_without_a_layer_nothing_is_watched():
    assert wish_of([]).enabled is False
    assert wish_of([Layer("company", Criteria(), enabled=None)]).enabled is False


def test_all_reasons_are_told_to_whoever_asks():
    wish = wish_for(Criteria(title_filters="baker", places=("Paris",), languages=("en",)))
    found = [(one.criterion, one.passed) for one in wish.reasons(ENGINEER)]
    assert found == [("title", False), ("place", False), ("language", True)]


@pytest.mark.parametrize(
    ("criteria", "error", "says"),
    [
        (Criteria(title_filters="a (b"), FilterSyntaxError, "column 3"),
        (Criteria(text_filters='x\n"y'), FilterSyntaxError, "line 2, column 1"),
        (Criteria(places=("Xyzzyville",)), InvalidInput, "'Xyzzyville' is not known"),
        (Criteria(languages=("en", "english")), InvalidInput, "'english' is not known; write its code"),
        (Criteria(pay=LeastPay(Decimal(5), "XYZ", "YEAR")), InvalidInput, "XYZ is not known; write its code"),
        (Criteria(places=("Remote",)), InvalidInput, "wish for it under workplaces"),
        (Criteria(places=("Berlin",) * 51), InvalidInput, "at most 50 places"),
    ],
)
def test_what_cannot_be_used_is_said(criteria, error, says):
    with pytest.raises(error, match=says):
        wish_for(criteria)


some_criteria = st.builds(
    Criteria,
    title_filters=st.none() | st.sampled_from(["", "python", "-senior", "baker"]),
    places=st.none() | st.lists(st.sampled_from(["EU", "Berlin", "Paris"]), max_size=2).map(tuple),
    workplaces=st.none() | st.lists(st.sampled_from(["remote", "hybrid"]), max_size=2).map(tuple),
    pay=st.none()
    | st.builds(LeastPay, st.decimals(0, 10**6, places=2), st.sampled_from(["EUR", "USD"]), st.just("YEAR")),
    max_age_days=st.none() | st.integers(0, 10),
    languages=st.none() | st.lists(st.sampled_from(["en", "de"]), max_size=2).map(tuple),
    text_filters=st.none() | st.sampled_from(["", "kubernetes", "-clearance"]),
    strict=st.none() | st.booleans(),
)


@given(some_criteria)
def test_what_is_stored_is_what_was_wished(criteria):
    assert from_json(criteria.title_filters, as_json(criteria)) == criteria


@given(some_criteria, some_criteria)
def test_a_verdict_is_that_of_its_reasons(one, other):
    wish = wish_of([Layer("a", one, enabled=True), Layer("b", other)])
    for facts in (ENGINEER, SILENT):
        passed, reasons = wish.judge(facts)
        assert passed == all(reason.passed for reason in wish.reasons(facts))
        assert passed or len(reasons) == 1
        assert set(wish.sources) <= set(CHECKED)


@given(some_criteria, some_criteria)
def test_a_layer_below_fills_only_what_is_left_open(above, below):
    both = wish_of([Layer("a", above, enabled=True), Layer("b", below)]).criteria
    kept = {name: value for name in Criteria.__slots__ if (value := getattr(above, name)) is not None}
    assert both == replace(below, **kept)
