"""Recorded answers of real boards, field by field against what people read in them.

For each recording `conformance/<folder>/<name>.json` says what it holds. The facts were taken from the recordings
without Rolecall's code. A field that is not named says nothing, so whatever is read there is made up and as wrong as
what is missed. What is compared is what a scan would store: parsed, merged, detailed and normalised.

- `ats` and `board`: the address at which the board is found, or its key where no address tells.
- `postings`: by external id, on careers pages by address. Dates are UTC. Of a description the words
  (`\\w+`) are counted, the first and the last six named, the items of its lists counted, and all words digested.
- `list`: the recording whose rows this one, the page of one posting, completes.
- `leads`: on a careers page without schema.org, the addresses on it that lead to postings.
- `page`: such an address, whose page this recording is; it holds no posting.

`not_asked.json` names the recordings that answer questions Rolecall does not ask, `explained.json` the differences that
are known, and why they are there.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import NothingListed, UnexpectedPayload
from worker.extractor import Extractor
from worker.extractors import extractor
from worker.extractors.careers_page import board_key
from worker.leads import is_lead
from worker.normalise import normalise
from worker.posting import BoardKey, Page, Posting
from worker.reading import read

HERE = Path(__file__).parent / "conformance"
PAYLOADS = Path(__file__).parents[2] / "shared" / "payloads"
RIGHT_LEAST = 0.995
PLAIN_FIELDS = (
    "title", "url", "apply_url", "locations", "workplace", "department", "team", "employment_type", "language",
    "requisition_id",
)  # fmt: skip
SALARY_FIELDS = ("min", "max", "currency", "period", "source")
WORDS_NAMED = 6

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the recordings are not beside this checkout")


@dataclass(frozen=True)
class Expectation:
    """What a recording holds, as `conformance/` says it."""

    path: str
    ats: str
    board: str | dict[str, str]
    postings: Mapping[str, Mapping[str, Any]]
    leads: tuple[str, ...] = ()
    list: str | None = None
    page: str | None = None

    @property
    def vendor(self) -> Extractor:
        return extractor(self.ats)

    @property
    def key(self) -> BoardKey:
        if isinstance(self.board, dict):
            return self.board
        key = board_key(self.board) if self.ats == "careers_page" else self.vendor.recognise(self.board)
        assert key, f"{self.board} is not recognised as an address of {self.ats}"
        return key

    def id_of(self, posting: Posting) -> str:
        """What tells this board's postings apart in its recording: their ids, or their addresses where it has none."""
        return posting.url if self.ats == "careers_page" else posting.external_id


class Difference(NamedTuple):
    """A value that is not what the recording says; `field` is empty where a whole posting is missed or made up."""

    posting: str
    field: str
    expected: object
    found: object


@dataclass
class Outcome:
    """How many values of a recording there are in all, and those that were read otherwise."""

    values: int = 0
    wrong: list[Difference] = field(default_factory=list)

    def add(self, posting: str, name: str, expected: object, found: object) -> None:
        if expected in (None, []) and found in (None, []):
            return
        self.values += 1
        if expected != found:
            self.wrong.append(Difference(posting, name, expected, found))


def named(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


NOT_ASKED: dict[str, dict[str, str]] = named("not_asked.json")
ASKED = sorted(
    str(path.relative_to(PAYLOADS)) for path in PAYLOADS.glob("*/*") if str(path.relative_to(PAYLOADS)) not in NOT_ASKED
)


def expectation(path: str) -> Expectation:
    said = named(str(Path(path).with_suffix(".json")))
    return Expectation(path, **{**said, "leads": tuple(said.get("leads", ()))})


def payload(path: str) -> Any:
    text = (PAYLOADS / path).read_text(encoding="utf-8")
    return json.loads(text) if path.endswith(".json") else text


def rows(one: Expectation, path: str) -> list[Posting]:
    """Return the rows of a list: postings, and leads where it gives only addresses. None may be skipped."""
    try:
        inventory = read(one.vendor, [Page(payload(path))], one.key, None)
    except NothingListed:
        return []
    assert inventory.skipped == []
    return list(inventory.postings.values())


def completed(one: Expectation) -> Posting | None:
    """Return the row that a recorded page of one posting completes, with what the page adds."""
    assert one.list
    assert one.vendor.detail
    assert one.vendor.parse_detail
    wanted = one.page or next(iter(one.postings))
    [row] = [row for row in rows(one, one.list) if wanted in (row.url, one.id_of(row))]
    answer = one.vendor.detail(FakeHttp({row.url: payload(one.path)}), one.key, row)
    return one.vendor.parse_detail(row, answer)


@cache
def outcome(path: str) -> Outcome:
    """Read a recording as a scan does and compare it with what it holds."""
    one, result = expectation(path), Outcome()
    found = rows(one, path) if one.list is None else [found for found in [completed(one)] if found]
    for address in sorted({row.url for row in found if is_lead(row)} | set(one.leads)):
        expected, read_one = (address in addresses for addresses in (one.leads, {row.url for row in found}))
        result.add(address, "lead", expected or None, read_one or None)
    postings = {one.id_of(row): normalise(row) for row in found if not is_lead(row)}
    for name in one.postings.keys() | postings.keys():
        expected_values = dict(said(one.postings.get(name)))
        found_values = dict(said(plain(postings.get(name))))
        for value in dict.fromkeys([*expected_values, *found_values]):
            if not (value == "url" and one.ats == "careers_page"):  # there it is the posting's name
                result.add(name, value, expected_values.get(value), found_values.get(value))
    return result


def said(posting: Mapping[str, Any] | None) -> Iterator[tuple[str, object]]:
    """Yield the values of a posting, in one form for what is expected and what is found."""
    if posting is None:
        return
    yield "", "is there"
    for name in PLAIN_FIELDS:
        yield name, posting.get(name)
    for name in ("posted_at", "closes_at"):
        yield name, datetime.fromisoformat(posting[name]).astimezone(UTC) if posting.get(name) else None
    yield "country_codes", sorted(posting.get("country_codes", []))
    yield "places", sorted((list(place) for place in posting.get("places", [])), key=str)
    for name in SALARY_FIELDS:
        yield f"salary.{name}", (posting.get("salary") or {}).get(name)
    for name in ("words", "first", "last", "items", "digest"):
        yield f"description.{name}", (posting.get("description") or {}).get(name)


def plain(posting: Posting | None) -> dict[str, Any] | None:
    """Return a posting as `conformance/` writes it."""
    if posting is None:
        return None
    pay = posting.salary
    return {
        **{name: getattr(posting, name) for name in (*PLAIN_FIELDS, "country_codes")},
        "posted_at": posting.posted_at and posting.posted_at.isoformat(),
        "closes_at": posting.closes_at and posting.closes_at.isoformat(),
        "places": [(place.city, place.region, place.country) for place in posting.places],
        "salary": pay and {
            "min": pay.min and f"{pay.min.normalize():f}",
            "max": pay.max and f"{pay.max.normalize():f}",
            "currency": pay.currency,
            "period": pay.period,
            "source": pay.source,
        },
        "description": described(posting),
    }  # fmt: skip


def described(posting: Posting) -> dict[str, Any] | None:
    words = re.findall(r"\w+", posting.description_text or "")
    if not words:
        return None
    return {
        "words": len(words),
        "first": " ".join(words[:WORDS_NAMED]),
        "last": " ".join(words[-WORDS_NAMED:]),
        "items": len(re.findall(r"<li\b", posting.description_html or "")),
        "digest": sha256(" ".join(words).encode()).hexdigest()[:12],
    }


@cache
def explained() -> dict[tuple[str, str, str], str]:
    """Return why a value differs, by (recording, posting, field)."""
    return {
        (path, posting, name): entry["reason"]
        for entry in named("explained.json")
        for path, postings in entry["where"].items()
        for posting, names in postings.items()
        for name in names
    }


def test_every_recording_is_read_or_answers_a_question_that_is_not_asked() -> None:
    with (PAYLOADS / "INDEX.tsv").open(encoding="utf-8") as index:
        recorded = {row["path"] for row in csv.DictReader(index, delimiter="\t")}
    expected = {str(path.relative_to(HERE).with_suffix("")) for path in HERE.glob("*/*.json")}
    assert set(ASKED) | set(NOT_ASKED) == recorded
    assert {str(Path(path).with_suffix("")) for path in ASKED} == expected
    assert all(entry["reason"] for entry in NOT_ASKED.values())


@pytest.mark.parametrize("path", sorted(path for path, entry in NOT_ASKED.items() if "ats" in entry))
def test_an_answer_to_a_question_that_is_not_asked_is_no_empty_board(path: str) -> None:
    one = Expectation(path, NOT_ASKED[path]["ats"], NOT_ASKED[path]["board"], {})
    with pytest.raises(UnexpectedPayload):
        read(one.vendor, [Page(payload(path))], one.key, None)


@pytest.mark.parametrize("path", ASKED)
def test_every_value_of_a_recording_is_read_right_but_those_explained(path: str) -> None:
    differences = outcome(path).wrong
    assert [one for one in differences if (path, one.posting, one.field) not in explained()] == []


def test_nearly_all_values_are_right_and_what_is_explained_is_still_so(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = {path: outcome(path) for path in ASKED}
    everything = sum(one.values for one in outcomes.values())
    wrong = {(path, one.posting, one.field) for path, found in outcomes.items() for one in found.wrong}
    share = (everything - len(wrong)) / everything
    with capsys.disabled():
        print(f"\n{everything - len(wrong)} of {everything} values right ({share:.2%})")
    assert share >= RIGHT_LEAST
    assert explained().keys() - wrong == set(), "these are read right now: take them out of explained.json"
