"""Scans that are watched: a large one to its end, and one that waits for a worker."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests import scanning
from tests.web.walks import steps
from tests.web.walks.steps import Mouse

BOARDS = 50

REMEMBER = r"""() => {
    const seen = window.seen = { read: [], tops: [] };
    const look = () => {
        const read = Number(document.querySelector("main").innerText.match(/(\d+) of 50/)[1]);
        if (seen.read.at(-1) !== read) seen.read.push(read);
        if (read < 50) seen.tops.push(document.querySelector("#boards table").getBoundingClientRect().top + scrollY);
    };
    look();
    new MutationObserver(look).observe(document.querySelector("main"), { childList: true, subtree: true });
}"""
"""Remembers each number of boards that the page says are read, and where the table of boards stands meanwhile."""


@pytest.mark.parametrize(("companies", "latency"), [(BOARDS, 0.05)])
def test_a_scan_of_50_boards_moves_on_by_itself_to_its_end_and_nothing_shifts(installed, visitor, net, db):
    for company in net.world.companies:
        scanning.watch(db, company)
    db.execute(text("UPDATE boards SET next_scan_at = now() + interval '1 day'"))  # the schedule leaves them alone
    db.commit()
    page = visitor.open("/companies")
    steps.scan_all(Mouse(page))
    with steps.without_reload(page), steps.without_shift(page):
        page.evaluate(REMEMBER)
        expect(page.get_by_text(f"{BOARDS} of {BOARDS} boards read")).to_be_visible()
        expect(page.get_by_text("Ended", exact=True)).to_be_visible()
    seen = page.evaluate("window.seen")
    assert seen["read"] == sorted(seen["read"])
    assert len(seen["read"]) > 2, "it was seen on its way"
    assert len(set(seen["tops"])) == 1, "what is in the place of something older stands where that stood"
    check_numbers(page, db)
    for company in net.world.companies:
        expect(steps.row(page, company.name)).to_contain_text(re.compile(rf"\b{len(net.world.open_ids(company))}\b"))


def check_numbers(page: Page, db) -> None:
    """See that the page says of the scan what the database does."""
    db.rollback()
    totals = db.execute(text("""SELECT count(*) AS runs, count(*) FILTER (WHERE state = 'finished') AS finished,
        count(*) FILTER (WHERE outcome = 'changed') AS changed, sum(opened) AS opened, sum(requests) AS requests
        FROM scan_runs WHERE scan_id = (SELECT max(id) FROM scans)""")).one()  # fmt: skip
    assert (totals.runs, totals.finished) == (BOARDS, BOARDS)
    for term, number in (("Changed", totals.changed), ("Opened", totals.opened), ("Requests", totals.requests)):
        fact = page.get_by_role("term").filter(has_text=re.compile(f"^{term}$"))
        expect(fact.locator("xpath=following-sibling::dd")).to_have_text(f"{number:,}")


def test_a_scan_waits_for_a_worker_and_goes_on_by_itself_once_one_is_back(installed, visitor, net, db):
    watched = [net.world.of("greenhouse")[0], net.world.of("lever")[0]]
    page = visitor.open("/")
    steps.add_companies(Mouse(page), watched)
    steps.see_what_is_open(page, net, watched)
    expect(page.get_by_text("No worker is running")).to_have_count(0)

    installed.worker.stop()
    steps.scan_all(Mouse(page))
    warning = page.get_by_text("No worker is running, so no board is being read.")
    expect(warning).to_be_visible()
    expect(page.get_by_text("0 of 2 boards read")).to_be_visible()
    expect(steps.row(page, watched[0].name)).to_contain_text("Waiting")
    assert states(db) == ["queued", "queued"]
    place = page.get_by_role("heading", level=1).bounding_box()

    with steps.without_reload(page), steps.without_shift(page):
        installed.worker.start()
        expect(page.get_by_text("2 of 2 boards read")).to_be_visible()
        expect(warning).to_be_hidden()
        expect(page.get_by_text("boards are being read again")).to_be_visible()
    assert page.get_by_role("heading", level=1).bounding_box() == place
    assert states(db) == ["finished", "finished"]


def states(db) -> list[str]:
    db.rollback()
    return list(db.scalars(text("SELECT state FROM scan_runs WHERE scan_id = (SELECT max(id) FROM scans)")))
