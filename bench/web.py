"""`make bench-web`: what the page's screens cost with a million postings, 5,000 companies and 50 people.

Prints the milliseconds of each screen on a real server and its size as sent (the page's own files are sent once, and
said apart), and, where Chromium is installed, when the first paint was, and how far things moved while live updates
came in.
"""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import text
from starlette.testclient import TestClient

from api.app import create_app
from api.web.assets import assets
from bench.asking import HERE, Questions, ask
from bench.serving import served
from bench.world import options, world
from worker.resources import database

LIMIT_MS = 150
UPDATES = 10
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
_WATCH_SHIFTS = """() => {
    window.moved = 0;
    new PerformanceObserver(list => { for (const shift of list.getEntries()) window.moved += shift.value; })
        .observe({type: "layout-shift", buffered: true});
}"""

_MATCH = text("""
INSERT INTO matches (user_id, posting_id, why, found_at)
SELECT 1, max(posting_id) + 1, '[]', now() FROM matches WHERE user_id = 1
""")
_RUN = text("INSERT INTO scans (trigger) VALUES ('command') RETURNING id")
_QUEUED = text("""
INSERT INTO scan_runs (scan_id, board_id, queue, created_at) SELECT :scan, id, 'scans', now()
FROM boards ORDER BY id LIMIT :boards
""")
_FINISHED = text("""
UPDATE scan_runs SET state = 'finished', outcome = 'unchanged', started_at = now(), finished_at = now(),
    finished_tx = own_tx(), found = 150, requests = 1, milliseconds = 80
WHERE id IN (SELECT id FROM scan_runs WHERE scan_id = :scan AND state = 'queued' ORDER BY id LIMIT 5)
""")


def screens(postings: int, companies: int) -> Questions:
    """Return the addresses of the screens."""
    return {
        "inbox": lambda _: "/inbox",
        "inbox, reading": lambda n: f"/inbox?match={1 + n}",
        "inbox, text": lambda _: "/inbox?text=python",
        "posting": lambda n: f"/postings/{1 + n * 7919 % postings}",
        "companies": lambda _: "/companies",
        "companies, by name": lambda n: f"/companies?name=Company%20{n % 10}",
        "companies, far on": lambda _: "/companies?start=2000",
        "company": lambda n: f"/companies/{1 + n * 37 % companies}",
        "filters": lambda _: "/filters",
        "filter": lambda _: "/filters/1",
        "alerts": lambda _: "/alerts",
        "runs": lambda _: "/runs",
        "run": lambda n: f"/runs/{1 + n % 100}",
        "insights": lambda _: "/insights",
        "insights of a company": lambda n: f"/insights?company={1 + n * 37 % companies}",
        "insights of a vendor": lambda _: "/insights?ats=lever",
        "settings": lambda _: "/settings",
        "settings, exports": lambda _: "/settings/exports",
        "health": lambda _: "/health",
        "first run": lambda _: "/start",
    }


@contextmanager
def browser(address: str) -> Iterator[Any]:
    """Run Chromium; yield None where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        yield None
        return
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
        chromium.close()


def paint(page: Page, path: str) -> float:
    """Return the milliseconds from asking for a page to its first paint."""
    page.goto(path)
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    return float(page.evaluate(_PAINT))


def moved(page: Page, path: str, change: Any, sign: str) -> float:
    """Return the layout shift (its score: 0 is none) while `change` is called and what is at `sign` follows it."""
    page.goto(path)
    page.evaluate(_WATCH_SHIFTS)
    page.wait_for_timeout(1_000)  # the stream begins with a look at what is there
    for _ in range(UPDATES):
        before = page.locator(sign).inner_html()
        change()
        page.wait_for_function(
            "([sign, before]) => document.querySelector(sign).innerHTML !== before", arg=[sign, before], timeout=30_000
        )
    return float(page.evaluate("() => window.moved"))


def seen(address: str) -> None:
    """Print what a person at a browser sees of it."""
    with browser(address) as context:
        if context is None:
            print("\nChromium is not installed: first paint and layout shift were not measured.")
            return
        page = context.new_page()
        paint(page, "/inbox")  # starts the browser, and fetches the page's own files
        print("\nfirst paint: " + ", ".join(f"{path} {paint(page, path):.0f} ms"
              for path in ("/inbox", "/companies", "/runs/1", "/insights")))  # fmt: skip
        shift = moved(page, "/inbox", match, "#matches")
        print(f"layout shift while {UPDATES} matches came into the inbox: {shift:.4f}")
        scan = begin()
        shift = moved(page, f"/runs/{scan}", lambda: finish(scan), "#progress")
        print(f"layout shift while {UPDATES * 5} boards of a scan were read: {shift:.4f}")


def match() -> None:
    """Give the local person one match more."""
    with database() as db:
        db.execute(_MATCH)
        db.commit()


def begin() -> int:
    """Begin a scan of 100 boards that no worker reads; return its id."""
    with database() as db:
        scan = int(db.execute(_RUN).scalar_one())
        db.execute(_QUEUED, {"scan": scan, "boards": UPDATES * 10})
        db.commit()
    return scan


def finish(scan: int) -> None:
    """End five of its runs."""
    with database() as db:
        db.execute(_FINISHED, {"scan": scan})
        db.commit()


def main() -> None:
    """Fill a database, ask for every screen, and print what it took."""
    wanted = options(__doc__).parse_args()
    with world(wanted), served() as address, TestClient(create_app(), **HERE) as client:
        started = time.perf_counter()
        ask(address, client, screens(wanted.postings, wanted.companies), times=wanted.requests, limit=LIMIT_MS)
        files = sum(len(one.packed) for one in assets().values()) / 1000
        print(f"the page's own files, once: {files:.0f} kB; asked in {time.perf_counter() - started:.0f} s")
        seen(address)


if __name__ == "__main__":
    sys.exit(main())
