"""A catalogue of 17,889 boards: each address is recognised, offline, as the right board of the right vendor."""

import csv
import re
import time
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from babel import localedata

from worker.extractors import recognise

CATALOGUE = Path(__file__).parents[2] / "shared" / "catalogue.csv"
NO_BOARDS = {
    "https://job-boards.greenhouse.io/embed",  # the beginning of an address of an embedded list
    "https://job-boards.greenhouse.io/1pyra)mid_health&care",
    "https://apply.workable.com/j",  # the beginning of a posting's short address
}
"""Rows that name no board at all."""
ON_THE_WAY = {"oneclick-ui": 2, "external-referrals": 2, "my-applications": 1}
"""Which part of a SmartRecruiters address is the company, where it is not the first."""
SECONDS = 20


def board_of(ats: str, url: str) -> dict[str, str]:
    """What a row's address says, read here by other means than the extractors' patterns."""
    parts = urlsplit(url)
    path = parts.path.strip("/").split("/")
    if ats == "workday":
        tenant, pod, domain = parts.netloc.split(".", 2)
        # Such a row has lost what followed: it names whose boards there are, but none of them.
        is_cut = path[0] == "wday" or is_language(path[0])
        return {"tenant": tenant, "pod": pod, "site": "" if is_cut else path[0], "domain": domain}
    board = quote(unquote(path[ON_THE_WAY.get(path[0], 0)]))
    return {"board": board, "region": ""} if ats == "lever" else {"board": board}


def is_language(word: str) -> bool:
    return bool(re.fullmatch(r"[a-z]{2}(-[a-z]{2})?", word)) and localedata.exists(word[:2])


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the catalogue is not beside this checkout")
def test_every_catalogued_address_is_recognised_as_its_board(capsys):
    rows = list(csv.DictReader(CATALOGUE.read_text().splitlines()))
    started = time.process_time()
    found = {row["url"]: recognise(row["url"]) for row in rows}
    seconds = time.process_time() - started
    right = sum(found[row["url"]] == [(row["ats"], board_of(row["ats"], row["url"]))] for row in rows)
    wrong = [row for row in rows if found[row["url"]] != [(row["ats"], board_of(row["ats"], row["url"]))]]
    with capsys.disabled():
        print(f"\n{right:,} of {len(rows):,} catalogued addresses recognised in {seconds:.1f} s of one core")
        for row in wrong:
            print(f"  not a board: {row['ats']} {row['url']}")
    assert {row["url"] for row in wrong} <= NO_BOARDS, wrong
    assert seconds < SECONDS
