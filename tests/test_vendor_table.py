"""The table of vendors in docs/vendors.md says what the extractors' records and cases say.

`python -m tests.test_vendor_table` writes it.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from worker.extractor import Extractor
from worker.extractors import extractors, recognise

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "vendors.md"
CASES = Path(__file__).parent / "extractors"
START, END = "<!-- vendors -->\n", "<!-- /vendors -->"
# What a column of the table is called, and the fields of a posting it stands for.
FIELDS = {
    "places": ("locations", "country_codes"),
    "workplace": ("workplace",),
    "department": ("department", "team"),
    "employment": ("employment_type",),
    "pay": ("salary",),
    "posted": ("posted_at",),
    "closes": ("closes_at",),
    "language": ("language",),
    "requisition": ("requisition_id",),
    "description": ("description_html", "description_text"),
}
HEAD = (
    "Vendor", "Addresses", "Requests", "Paging", "Conditional", "Reads", "Pay", "A second, at once", "Known limits",
    "robots.txt", "Last held against",
)  # fmt: skip
SHORT = 60
CHECKED = {"recorded": "recorded answers", "documented": "documentation only", "handmade": "answers made by hand"}


def table() -> str:
    """Write the table from the records of all extractors, and from what their cases hold."""
    lines = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    lines += [f"| {' | '.join(_row(ats, one))} |" for ats, one in extractors().items()]
    return "\n".join(lines) + "\n"


def _row(ats: str, one: Extractor) -> list[str]:
    about = one.about
    assert about, f"{ats} says nothing about itself"
    return [
        f"{about.name} (`{ats}`)",
        _addresses(one),
        about.requests,
        about.paging,
        about.conditional,
        ", ".join(name for name, fields in FIELDS.items() if _read(ats) & set(fields)),
        about.pay,
        f"{one.rate:g}, {one.in_flight}",
        about.limits,
        f"[documented API]({about.public_api})" if about.public_api else "heeded",
        CHECKED[about.checked],
    ]


def _addresses(one: Extractor) -> str:
    """The shortest example of each host, written as people write it; the company's own where there is none."""
    hosts: dict[str, str] = {}
    for url in one.examples:
        address = url.partition("://")[2]
        host = address.partition("/")[0]
        if host not in hosts or len(address) < len(hosts[host]):
            hosts[host] = address
    shortest = sorted(hosts.values(), key=len)[:2]
    shown = [f"`{one}`" for one in shortest if one == shortest[0] or len(one) <= SHORT]
    return ", ".join([*shown, *(["the company's own"] if one.sniff else [])])


def _read(ats: str) -> set[str]:
    """The fields that the vendor's cases fill."""
    return {name for posting in _postings(ats) for name, value in posting.items() if value not in (None, [], {})}


def _postings(ats: str) -> Iterator[dict[str, Any]]:
    for path in (CASES / ats).glob("*.expected.json"):
        found = json.loads(path.read_text())
        yield from found["postings"] if isinstance(found, dict) else found


def written() -> str:
    """The table as it stands in the document."""
    _, _, rest = DOCUMENT.read_text().partition(START)
    return rest.partition(END)[0]


def test_the_table_of_vendors_is_that_of_the_extractors():
    assert written() == table(), "write it anew: python -m tests.test_vendor_table"


@pytest.mark.parametrize("ats", extractors())
def test_every_extractor_says_what_a_person_should_know_of_it(ats):
    about = extractors()[ats].about
    assert about, f"{ats} has no About"
    for text in (about.name, about.requests, about.paging, about.conditional, about.pay, about.limits):
        assert text.strip()
        assert "|" not in text
        assert "\n" not in text
    assert about.public_api is None or re.fullmatch(r"https://\S+", about.public_api)


@pytest.mark.parametrize("ats", extractors())
def test_the_addresses_shown_are_recognised(ats):
    for address in re.findall(r"`([^`]+)`", _addresses(extractors()[ats])):
        assert [found for found, _ in recognise(f"https://{address}")] == [ats]


def main() -> None:
    """Write the table into the document."""
    before, _, rest = DOCUMENT.read_text().partition(START)
    DOCUMENT.write_text(f"{before}{START}{table()}{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
