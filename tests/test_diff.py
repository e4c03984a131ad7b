"""What a board said last time against what it says now."""

import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.diff import CONTENT_FIELDS, Known, changes, compare, content_hash, is_mass_closure, plain, row_hash
from worker.posting import Place, Posting, Salary, Skipped

HALF = 16
"""Bytes of a row hash that are over what a reader notices; as many are over the rest."""

POSTING = Posting(
    external_id="127817",
    title="Engineer",
    url="https://boards.greenhouse.io/acme/jobs/127817",
    apply_url="https://boards.greenhouse.io/acme/jobs/127817#app",
    locations=["Berlin", "Zürich"],
    workplace="hybrid",
    country_codes=["DE", "CH"],
    department="Engineering",
    team="Platform",
    employment_type="FULL_TIME",
    salary=Salary(Decimal(50_000), Decimal("60000.50"), "EUR", "YEAR"),
    posted_at=datetime(2026, 9, 1, tzinfo=UTC),
    closes_at=datetime(2026, 12, 1, tzinfo=UTC),
    seniority="mid",
    language="en",
    requisition_id="R-1",
    description_html="<p>Build.</p>",
    description_text="Build.",
    extras={"b": {"y": 1, "x": [2]}, "a": "1"},
)
OTHER = {
    "external_id": "127818",
    "title": "Senior Engineer",
    "url": "https://example.com/",
    "apply_url": None,
    "locations": ["Zürich", "Berlin"],
    "workplace": "remote",
    "country_codes": ["DE"],
    "places": [Place("Cologne", None, None)],
    "department": None,
    "team": "",
    "employment_type": "PART_TIME",
    "salary": Salary(Decimal(50_000), Decimal("60000.51"), "EUR", "YEAR"),
    "posted_at": datetime(2026, 9, 2, tzinfo=UTC),
    "closes_at": None,
    "seniority": "senior",
    "language": "de",
    "requisition_id": "R-2",
    "description_html": "<p>Build!</p>",
    "description_text": "Build!",
    "extras": {"a": "1"},
}


def other(name: str) -> Posting:
    return replace(POSTING, **{name: OTHER[name]})


def test_every_field_of_a_posting_is_tried_below():
    assert {one.name for one in fields(Posting)} == set(OTHER)


@pytest.mark.parametrize("name", OTHER)
def test_every_field_is_part_of_the_row_hash(name):
    assert row_hash(other(name)) != row_hash(POSTING)


@pytest.mark.parametrize("name", OTHER)
def test_the_first_half_of_a_row_hash_tells_what_a_reader_would_notice(name):
    noticed = name in CONTENT_FIELDS or name == "description_html"
    assert (row_hash(other(name))[:HALF] != row_hash(POSTING)[:HALF]) == noticed
    assert (row_hash(other(name))[HALF:] != row_hash(POSTING)[HALF:]) != noticed


@pytest.mark.parametrize("name", OTHER)
def test_the_content_hash_changes_with_what_a_reader_would_notice_and_nothing_else(name):
    assert (content_hash(other(name)) != content_hash(POSTING)) == (name in CONTENT_FIELDS)


@pytest.mark.parametrize("part", ["min", "max", "currency", "period"])
def test_every_part_of_a_salary_is_noticed(part):
    assert content_hash(replace(POSTING, salary=replace(POSTING.salary, **{part: None}))) != content_hash(POSTING)


def test_values_do_not_run_into_their_neighbours():
    one = replace(POSTING, department="a", team=None)
    other_ = replace(POSTING, department=None, team="a")
    assert content_hash(one) != content_hash(other_)
    assert content_hash(replace(POSTING, locations=["a, b"])) != content_hash(replace(POSTING, locations=["a", "b"]))


def test_a_row_hash_does_not_depend_on_the_order_of_a_dictionary():
    turned = replace(POSTING, extras={"a": "1", "b": {"x": [2], "y": 1}})
    assert list(turned.extras) != list(POSTING.extras)
    assert row_hash(turned) == row_hash(POSTING)


PRINT_HASHES = """
from tests.test_diff import POSTING
from worker.diff import content_hash, row_hash
from dataclasses import replace
odd = replace(POSTING, title="lone \\ud800 surrogate", extras={"large": 2**70})
print(*(hash(one).hex() for one in (POSTING, odd) for hash in (row_hash, content_hash)))
"""


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_hashes_are_the_same_in_every_process(seed):
    odd = replace(POSTING, title="lone \ud800 surrogate", extras={"large": 2**70})
    here = [one.hex() for posting in (POSTING, odd) for one in (row_hash(posting), content_hash(posting))]
    there = subprocess.run(
        [sys.executable, "-c", PRINT_HASHES],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert there.stdout.split() == here


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec=None)), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(st.characters(codec=None)), st.dictionaries(st.text(), json_like, max_size=3))
def test_whatever_a_board_says_can_be_hashed(title, extras):
    posting = replace(POSTING, title=title, extras=extras)
    assert len(row_hash(posting)) == 2 * HALF
    assert row_hash(posting) == row_hash(replace(posting, extras=dict(extras)))
    assert len(content_hash(posting)) == HALF


def test_extras_nested_as_deep_as_json_is_read_can_be_hashed():
    deep: object = 1
    for _ in range(400):
        deep = [deep]
    assert row_hash(replace(POSTING, extras={"a": deep})) != row_hash(POSTING)


def stored(posting: Posting) -> dict[str, object]:
    return {name: getattr(posting, name) for name in (*CONTENT_FIELDS, "places")}


@pytest.mark.parametrize("name", CONTENT_FIELDS)
def test_a_change_is_told_by_field_with_both_values_in_json(name):
    told = changes(stored(POSTING), other(name))
    assert list(told) == [name]
    assert orjson.loads(orjson.dumps(told)) == told
    assert told[name] == [plain(getattr(POSTING, name)), plain(OTHER[name])]


def test_what_did_not_change_is_not_told():
    assert changes(stored(POSTING), POSTING) == {}
    for name in set(OTHER) - set(CONTENT_FIELDS):
        assert changes(stored(POSTING), other(name)) == {}


def test_what_details_fill_in_is_no_change_but_what_they_alter_is():
    before = stored(replace(POSTING, description_text=None, department=None))
    assert changes(before, other("title"), completed=True) == {"title": ["Engineer", "Senior Engineer"]}
    assert set(changes(before, other("title"))) == {"title", "description_text", "department"}


def test_pay_read_out_of_the_description_is_no_news_but_the_board_s_own_is():
    read = replace(POSTING, salary=replace(POSTING.salary, source="text"))
    reread = replace(POSTING, salary=Salary(None, Decimal(90_000), "EUR", "YEAR", "text"))
    none = replace(POSTING, salary=None)
    assert content_hash(read) == content_hash(reread) == content_hash(none) != content_hash(POSTING)
    assert changes(stored(read), reread) == changes(stored(read), none) == changes(stored(none), read) == {}
    assert changes(stored(read), POSTING) == {"salary": [None, plain(POSTING.salary)]}


def test_countries_that_follow_from_the_locations_are_no_news_but_others_are():
    unplaced = replace(POSTING, country_codes=["DE"])
    placed = replace(POSTING, places=[Place("Berlin", "Berlin", "DE"), Place("Zürich", "Zürich", "CH")])
    assert changes(stored(unplaced), placed) == changes(stored(placed), unplaced) == {}
    assert content_hash(placed) == content_hash(replace(placed, country_codes=["DE"]))
    remote = replace(POSTING, locations=["Remote"], country_codes=["US"])
    assert changes(stored(remote), replace(remote, country_codes=["CA"])) == {"country_codes": [["US"], ["CA"]]}


def test_equal_content_hashes_and_no_changes_go_together():
    for name in OTHER:
        assert (content_hash(other(name)) == content_hash(POSTING)) == (changes(stored(POSTING), other(name)) == {})


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (Decimal(50_000), 50_000),
        (Decimal("50000.00"), 50_000),
        (Decimal("0.5"), 0.5),
        (Salary(None, Decimal(5), "EUR", None), {"min": None, "max": 5, "currency": "EUR", "period": None}),
        (datetime(2026, 9, 1, tzinfo=UTC), "2026-09-01T00:00:00+00:00"),
        (datetime(2026, 9, 1, tzinfo=timezone(timedelta(hours=2))), "2026-09-01T00:00:00+02:00"),
        (["Berlin"], ["Berlin"]),
        (None, None),
    ],
)
def test_values_are_told_as_json_has_them(value, json):
    assert plain(value) == json


ids = st.sampled_from([f"id-{number}" for number in range(12)])
digests = st.sampled_from([b"a" * 32, b"a" * 16 + b"b" * 16, b"b" * 32])
titles = st.sampled_from(["Engineer", "Designer", "engineer", "Chef"])


@st.composite
def known_postings(draw) -> dict[str, Known]:
    return {
        one: Known(number, draw(titles), draw(digests), b"c" * 16, draw(st.booleans()), draw(st.booleans()))
        for number, one in enumerate(draw(st.sets(ids)))
    }


skipped_rows = st.lists(
    st.builds(Skipped, st.just("reason"), external_id=st.none() | ids, title=st.none() | titles), max_size=4
)


@given(known_postings(), st.dictionaries(ids, digests), skipped_rows, st.booleans())
def test_every_posting_has_exactly_one_place(known, found, skipped, reread):
    told = compare(known, found, skipped, reread=reread)
    places = [told.opened, told.reopened, told.touched, told.stale, told.missing]
    every = [one for place in places for one in place]
    assert len(every) == len(set(every))
    same = {
        one
        for one, digest in found.items()
        if one in known
        and not known[one].closed
        and known[one].row_hash == digest
        and not known[one].detail_pending
        and not reread
    }
    assert set(told.opened) == found.keys() - known.keys()
    assert set(told.reopened) == {one for one in found.keys() & known.keys() if known[one].closed}
    assert set(told.opened) | set(told.reopened) | set(told.touched) | set(told.stale) | same == found.keys()
    assert set(told.missing) <= {one for one in known if not known[one].closed} - found.keys()
    protected = {one for one in known if not known[one].closed} - found.keys() - set(told.missing)
    if not skipped:
        assert not protected


@given(known_postings(), st.dictionaries(ids, digests), skipped_rows)
def test_a_row_that_could_not_be_read_protects_what_it_stands_for_and_nothing_else(known, found, skipped):
    missing = set(compare(known, found, skipped).missing)
    unprotected = set(compare(known, found, []).missing)
    by_id = {row.external_id for row in skipped}
    by_title = {row.title.casefold() for row in skipped if row.title and row.external_id is None}
    for one in unprotected:
        stands_for = one in by_id or known[one].title.casefold() in by_title
        assert (one not in missing) == stands_for
    assert missing <= unprotected


def open_posting(title: str = "Engineer", *, digest: bytes = b"a" * 32, detail_pending: bool = False) -> Known:
    return Known(1, title, digest, b"c" * 16, closed=False, detail_pending=detail_pending)


def test_a_skipped_row_with_an_id_does_not_protect_others_of_its_title():
    known = {"1": open_posting(), "2": open_posting()}
    assert compare(known, {}, [Skipped("x", external_id="1", title="Engineer")]).missing == ["2"]


def test_a_skipped_row_with_only_a_title_protects_all_of_that_title():
    known = {"1": open_posting(), "2": open_posting("ENGINEER"), "3": open_posting("Chef")}
    assert compare(known, {}, [Skipped("x", title=" engineer ")]).missing == ["3"]


def test_a_skipped_row_without_id_and_title_protects_nothing_by_itself():
    assert compare({"1": open_posting("")}, {}, [Skipped("x")]).missing == ["1"]


def test_an_untouched_posting_whose_details_are_still_to_come_is_not_forgotten():
    told = compare({"1": open_posting(detail_pending=True)}, {"1": b"a" * 32}, [])
    assert (told.touched, told.stale) == ([], ["1"])


@pytest.mark.parametrize(
    ("open_before", "closing", "suspicious"),
    [
        (0, 0, False),
        (1, 0, False),
        (1, 1, True),
        (2, 1, False),
        (3, 2, False),
        (9, 8, False),
        (9, 9, True),
        (10, 5, False),
        (10, 6, True),
        (11, 5, False),
        (11, 6, True),
        (100, 0, False),
        (100, 50, False),
        (100, 51, True),
        (100, 100, True),
    ],
)
def test_a_mass_closure_is_more_than_half_of_ten_or_all(open_before, closing, suspicious):
    assert is_mass_closure(open_before, closing) is suspicious


def test_a_skipped_row_protects_by_its_title_however_the_board_writes_it():
    known = {"1": Known(1, "Research & Development Engineer", b"", b"", closed=False, detail_pending=False)}
    skipped = [Skipped("no id", title=" Research &amp; Development  ENGINEER")]
    assert compare(known, {}, skipped).missing == []
