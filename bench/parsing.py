"""What reading costs: CPU milliseconds per posting and vendor, from the decoded answer to the normalised posting.

The answers are the tests' own cases, with the HTML of each posting replaced by a description of 5 kB: the mean of the
boards recorded in October 2025 has 5.4 kB. HTML to text, sanitising and all of `normalise` are part of the cost.
"""

import html
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from statistics import fmean, median
from typing import Any

from worker.errors import BoardError
from worker.extractor import Extractor
from worker.extractors import extractors
from worker.normalise import merge, normalise
from worker.posting import Page, Posting

CASES = Path(__file__).parents[1] / "tests" / "extractors"
DESCRIPTION_BYTES = 5_000
SHORTEST_HTML = 20
SECONDS = 0.1
"""How long each vendor is measured in a round."""

ROUNDS = 5
"""How often; the median counts. A round goes through all vendors: what else the machine does hits one of five."""

_PARAGRAPHS = """
<h2>About the role</h2>
<p>You will join the <strong>platform</strong> team and own the services that every other team builds upon.</p>
<p>We ship small changes, many times a day, and look after what we ship.</p>
<p>The team works from Lisbon &amp; Berlin and meets twice a year; most of us come to the office on two days a week.</p>
<h3>What you will do</h3>
<ul><li>Design interfaces that last.</li><li>Measure before you tune, and afterwards.</li>
<li>Answer for a service, by day and, one week in eight, by night.</li></ul>
<h3>What you bring</h3>
<ul><li>Five years or more with distributed systems</li><li>Fluent English; German helps</li>
<li>You write so that others understand it the first time</li></ul>
<p>We look after our 1,200 colleagues: 30 days of leave, a 401(k) with a match of 4 %, a yearly budget for learning.</p>
<p><a href="https://careers.example/faq">Read how we hire</a> or write to us.<br>We answer each letter in a week.</p>
""".strip().splitlines()
_PAY = "<p>The pay for this role is €80,000 to €95,000 a year, depending on experience.</p>"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one vendor's postings cost: CPU milliseconds each, over `postings` of `kind` answers."""

    ats: str
    kind: str
    postings: int
    milliseconds: float


def costs() -> list[Cost]:
    """Measure every vendor that has a case, the dearest first."""
    rounds = [[cost for ats, one in extractors().items() if (cost := _cost(ats, one))] for _ in range(ROUNDS)]
    by_vendor = zip(*rounds, strict=True)
    found = [replace(one[0], milliseconds=median(cost.milliseconds for cost in one)) for one in by_vendor]
    return sorted(found, key=lambda cost: -cost.milliseconds)


def report(found: list[Cost]) -> str:
    """Write the costs as a table."""
    lines = [f"{'parsed and normalised':<24}{'answers':>10}{'CPU ms/posting':>16}"]
    lines += [f"{cost.ats:<24}{cost.kind:>10}{cost.milliseconds:>16.2f}" for cost in found]
    return "\n".join(lines) + "\n"


def _cost(ats: str, one: Extractor) -> Cost | None:
    cases = [path for path in sorted((CASES / ats).glob("*.*")) if _is_case(path)]
    work = [(_lengthened(path), *_board_and_details(path)) for path in cases]
    postings = sum(_read(one, *item) for item in work)
    if not postings:
        return None
    read, started = 0, time.process_time()
    while (spent := time.process_time() - started) < SECONDS:
        read += sum(_read(one, *item) for item in work)
    kinds = "+".join(sorted({path.suffix.removeprefix(".") for path in cases}))
    return Cost(ats, kinds, postings, spent * 1000 / read)


def _is_case(path: Path) -> bool:
    return path.suffix in {".json", ".xml", ".html"} and not path.stem.endswith((".expected", ".detail", ".page"))


def _read(one: Extractor, document: Any, board: dict[str, str], details: dict[str, Any]) -> int:
    """Read a board as a scan does; return how many postings came out."""
    read = 0
    for row in merge([row for row in one.parse(Page(document), board) if isinstance(row, Posting)]):
        with suppress(ValueError, BoardError):
            detailed: Posting | None = row
            if one.parse_detail and row.external_id in details:
                detailed = one.parse_detail(row, details[row.external_id])
            if detailed is not None:
                normalise(detailed)
                read += 1
    return read


def _board_and_details(case: Path) -> tuple[dict[str, str], dict[str, Any]]:
    board = json.loads(case.with_name(f"{case.stem}.expected.json").read_text())["board"]
    details = case.with_name(f"{case.stem}.detail.json")
    found = json.loads(details.read_text()) if details.exists() else {}
    return board, {name: _described(detail) for name, detail in found.items()}


def _lengthened(case: Path) -> Any:
    return _rows_described(json.loads(case.read_text())) if case.suffix == ".json" else case.read_text()


def _rows_described(value: Any) -> Any:
    """Return a decoded answer whose rows, the items of its outermost lists, have descriptions of the usual length."""
    match value:
        case dict():
            return {name: _rows_described(item) for name, item in value.items()}
        case list():
            return [_described(row) for row in value]
    return value


def _described(row: Any) -> Any:
    """Return a row whose pieces of HTML are, together, as long as a description is."""
    pieces = sum(_is_html(text) for text in _texts(row))
    return _replaced(row, DESCRIPTION_BYTES // pieces) if pieces else row


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(item)


def _is_html(text: str) -> bool:
    return len(text) > SHORTEST_HTML and "<html" not in text.lower() and ("</" in text or "&lt;/" in text)


def _replaced(value: Any, size: int) -> Any:
    match value:
        case dict():
            return {name: _replaced(item, size) for name, item in value.items()}
        case list():
            return [_replaced(item, size) for item in value]
        case str() if _is_html(value):
            return html.escape(_description(size)) if "&lt;/" in value else _description(size)
    return value


def _description(size: int) -> str:
    paragraphs = islice(cycle(_PARAGRAPHS), round((size - len(_PAY)) / fmean(map(len, _PARAGRAPHS))))
    return "\n".join([*paragraphs, _PAY])
