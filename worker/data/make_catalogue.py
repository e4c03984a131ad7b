"""Make worker/data/catalogue.tsv.xz from a CSV with name, ats, url, open_jobs and checked.

`python worker/data/make_catalogue.py FILE.csv`: rows whose address names no board of their ATS are left out and said.
"""

import csv
import lzma
import re
import sys
from pathlib import Path

from worker.extractors import recognise

TARGET = Path(__file__).with_name("catalogue.tsv.xz")
NO_BOARD = re.compile(r"rippling\.com/(?:[a-z]{2}-(?:[a-z]{2}|\d{3})|jobs)(?:/|$)", re.IGNORECASE)
COLUMNS = ("name", "ats", "url", "open_jobs", "checked")


def main() -> None:
    """Write the catalogue."""
    with Path(sys.argv[1]).open(newline="") as given:
        rows = sorted(csv.DictReader(given), key=lambda row: (row["name"].casefold(), row["url"]))
    good = [row for row in rows if [ats for ats, _ in recognise(row["url"])] == [row["ats"]] and not _is_mistaken(row)]
    lines = ["\t".join(" ".join(row[name].split()) for name in COLUMNS) + "\n" for row in good]
    TARGET.write_bytes(lzma.compress("".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
    for row in rows:
        if row not in good:
            sys.stderr.write(f"left out: {row['ats']} {row['url']}\n")
    sys.stdout.write(f"{len(good):,} boards in {TARGET.stat().st_size:,} bytes\n")


def _is_mistaken(row: dict[str, str]) -> bool:
    """Whether the harvest took the language of Rippling's pages (`/en-GB/acme/jobs`) for a board."""
    return row["ats"] == "rippling" and bool(NO_BOARD.search(row["url"]))


if __name__ == "__main__":
    main()
