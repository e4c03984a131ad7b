"""docs/traps.md says of every trap which test stands against it, and those tests are there."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from worker.extractors import extractors

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "traps.md"
FEWEST = 120
HEAD = "| What goes wrong | The test |\n|---|---|\n"
SKIPS = re.compile(r"\bmark\.skip(?:if)?\b")
HEADING = re.compile(r"^### (?P<name>.+?)(?: \(`(?P<ats>\w+)`\))?$", re.MULTILINE)
CELL = re.compile(r"`(?P<path>tests/[\w/]+\.py)::(?P<test>test_\w+)`(?:, |$)")


@dataclass(frozen=True)
class Table:
    """One table of the document: of a vendor, or of all (`ats` is None). A line is (what goes wrong, its tests)."""

    name: str
    ats: str | None
    lines: list[tuple[str, list[tuple[str, str]]]]


def tables(document: str) -> Iterator[Table]:
    headings = [*HEADING.finditer(document)]
    ends = [*(heading.start() for heading in headings[1:]), len(document)]
    for heading, end in zip(headings, ends, strict=True):
        _, _, body = document[heading.end() : end].partition(HEAD)
        lines = [line.strip("| ").split(" | ") for line in body.splitlines() if line.startswith("|")]
        yield Table(heading["name"], heading["ats"], [(line[0], _tests(" | ".join(line[1:]))) for line in lines])


def _tests(cell: str) -> list[tuple[str, str]]:
    """Read the tests of a cell; none if anything else stands in it."""
    found = [(one["path"], one["test"]) for one in CELL.finditer(cell)]
    return found if "".join(one[0] for one in CELL.finditer(cell)) == cell else []


@cache
def functions_of(path: str) -> dict[str, bool]:
    """Return the functions of a test file, and whether each, as a test, runs everywhere."""
    if not (ROOT / path).exists():
        return {}
    tree = ast.parse((ROOT / path).read_text())
    marks = {
        target.id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    whole = not SKIPS.search(marks.get("pytestmark", ""))
    return {
        node.name: whole
        and not any(SKIPS.search(marks.get(said, said)) for said in map(ast.unparse, node.decorator_list))
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def faults(document: str) -> list[str]:
    """Return what is wrong with a list of traps, in sentences."""
    found = list(tables(document))
    names = {ats: one.about.name if one.about else "" for ats, one in extractors().items()}
    told = [table for table in found if table.ats]
    said = Counter(table.ats for table in told)
    return [
        *(f"{ats} has {said[ats]} tables" for ats in sorted(names) if said[ats] != 1),
        *(f"{one.ats} is called {one.name} here" for one in told if one.name != names.get(one.ats or "")),
        *(fault for table in found for fault in _faults_of(table)),
    ]


def _faults_of(table: Table) -> Iterator[str]:
    if not table.lines:
        yield f"{table.name} has no lines"
    for text, tests in table.lines:
        if not text.endswith("."):
            yield f"{text!r} is no sentence"
        if not tests:
            yield f"{text!r} names no test"
        yield from (f"{text!r}: {fault}" for path, test in tests if (fault := _fault_of(path, test, table.ats)))
    named = Counter(one for _, tests in table.lines for one in tests)
    yield from (f"{table.name} names {test} more than once" for (_, test), times in named.items() if times > 1)
    texts = Counter(text for text, _ in table.lines)
    yield from (f"{table.name} says {text!r} more than once" for text, times in texts.items() if times > 1)


def _fault_of(path: str, test: str, ats: str | None) -> str | None:
    there = functions_of(path)
    of_vendor = re.fullmatch(r"tests/extractors/test_(\w+)_traps\.py", path)
    if test not in there:
        return f"{path} has no {test}"
    if not there[test]:
        return f"{test} is skipped where something is missing"
    if of_vendor and of_vendor[1] != ats:
        return f"{test} is of another vendor"
    return None


def test_every_trap_names_the_tests_against_it_and_every_vendor_has_some():
    assert faults(DOCUMENT.read_text()) == []


def test_there_are_enough_lines():
    assert sum(len(table.lines) for table in tables(DOCUMENT.read_text())) >= FEWEST


def test_the_document_says_how_many_there_are_at_least():
    assert f"no fewer than {FEWEST} lines" in DOCUMENT.read_text()


GREENHOUSE = "tests/extractors/test_greenhouse_traps.py::test_a_total_is_passed_on"


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("| A. | `tests/test_traps.py::test_nobody_wrote` |", "tests/test_traps.py has no test_nobody_wrote"),
        ("| A. | `tests/test_nothing.py::test_a` |", "tests/test_nothing.py has no test_a"),
        ("| A. | `tests/test_traps.py::test_there_are_enough_lines` and more |", "'A.' names no test"),
        ("| A. |  |", "'A.' names no test"),
        ("| A | `tests/test_traps.py::test_there_are_enough_lines` |", "'A' is no sentence"),
        ("", "Lever has no lines"),
        (f"| A. | `{GREENHOUSE}` |", "test_a_total_is_passed_on is of another vendor"),
        (
            "| A. | `tests/test_traps.py::test_there_are_enough_lines` |\n" * 2,
            "Lever names test_there_are_enough_lines more than once",
        ),
        (
            "| A. | `tests/test_conformance.py::test_nearly_all_values_are_right_and_what_is_explained_is_still_so` |",
            "test_nearly_all_values_are_right_and_what_is_explained_is_still_so is skipped where something is",
        ),
        (
            "| A. | `tests/extractors/test_careers_page_traps.py::test_recorded_pages_of_postings_are_read` |",
            "test_recorded_pages_of_postings_are_read is skipped where something is",
        ),
    ],
)
def test_a_fault_of_the_list_is_found(lines, fault):
    document = f"### Lever (`lever`)\n\n{HEAD}{lines}\n"
    assert any(fault in one for one in faults(document)), faults(document)[-3:]


def test_a_vendor_without_a_table_or_under_another_name_is_found():
    lines = f"{HEAD}| A. | `tests/test_traps.py::test_there_are_enough_lines` |\n"
    found = faults(f"### Leverage (`lever`)\n\n{lines}\n### X (`nobody`)\n\n{lines}")
    assert "lever is called Leverage here" in found
    assert "nobody is called X here" in found
    assert "greenhouse has 0 tables" in found
    assert "lever has 0 tables" not in found
