"""How often what boards really write is read right, and that nothing is made up.

The strings are from recorded boards; the answers beside them were written by people who read them. A string is read
right when all of its answer was found and nothing else. What was made up counts by value: a city, a lower bound.
"""

import csv
from collections.abc import Iterator
from dataclasses import astuple
from decimal import Decimal
from pathlib import Path

import pytest

from worker import pay, places, seniority, vocabulary

RIGHT_LEAST = 0.98
PRECISION_LEAST = 0.995
HERE = Path(__file__).parent
Values = set[tuple[object, ...]]
Case = tuple[str, Values, Values]
"""What the board wrote, the values of the answer, and those that were read."""


def rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def locations() -> Iterator[Case]:
    for row in rows("locations.tsv"):
        read = places.places([row["location"]], row["countries"].split())
        told = [tuple(None if part == "-" else part for part in one.split("/")) for one in row["places"].split("; ")]
        yield row["location"], parts_of(told if row["places"] else []), parts_of([astuple(place) for place in read])


def parts_of(found: list[tuple[str | None, ...]]) -> Values:
    """Each place as values of its own: what is said of a city is said of that city."""
    return {
        (one[:number], kind, part)
        for one in found
        for number, (kind, part) in enumerate(zip(("city", "region", "country"), one, strict=True))
        if part is not None
    }


def salaries() -> Iterator[Case]:
    names = ("min", "max", "currency", "period")
    for row in rows("pay.tsv"):
        read = pay.from_text(row["text"], row["countries"].split())
        told = {(name, number(row[name])) for name in names if row[name] != "-"}
        yield row["text"], told, {(name, getattr(read, name)) for name in names if read and getattr(read, name)}


def number(text: str) -> object:
    return Decimal(text) if text[0].isdigit() else text


def employment() -> Iterator[Case]:
    for row in rows("employment.tsv"):
        yield row["word"], one_value(row["type"]), one_value(vocabulary.employment_type(row["word"]))


def levels() -> Iterator[Case]:
    for row in rows("seniority.tsv"):
        yield row["title"], one_value(row["seniority"]), one_value(seniority.of_title(row["title"]))


def one_value(word: str | None) -> Values:
    return set() if word in (None, "-") else {(word,)}


TABLES = {"locations": locations, "pay": salaries, "employment": employment, "seniority": levels}


@pytest.mark.parametrize("name", TABLES)
def test_what_boards_write_is_read_right_and_nothing_is_made_up(name: str):
    cases = list(TABLES[name]())
    wrong = [case for case in cases if case[1] != case[2]]
    given = sum(len(read) for _, _, read in cases)
    made_up = sum(len(read - told) for _, told, read in cases)
    for text, told, read in wrong:
        print(f"{text!r}: {sorted(told - read, key=str)} not found, {sorted(read - told, key=str)} made up")
    right, precision = 1 - len(wrong) / len(cases), 1 - made_up / given
    print(f"{name}: {len(cases)} strings, {right:.1%} right, precision {precision:.1%} of {given} values")
    assert right >= RIGHT_LEAST
    assert precision >= PRECISION_LEAST


def test_there_are_more_than_two_hundred_strings_of_each_kind_that_matters_most():
    sizes = {name: len(list(read())) for name, read in TABLES.items()}
    assert sizes["locations"] >= 200
    assert sum(sizes.values()) >= 400
