"""The page without JavaScript: every step by links and forms alone."""

import re

from playwright.sync_api import expect
from sqlalchemy import text

from tests.e2e.installation import wait_for
from tests.web.conftest import PHONE
from tests.web.walks import steps
from tests.web.walks.steps import Mouse, button, heading, link, matches, notice


def test_without_scripts_companies_are_added_scanned_filtered_and_read(installed, visitor, net, db):
    one, _ = watched = [net.world.of("greenhouse")[0], net.world.of("lever")[0]]
    page = visitor.open("/", size=PHONE, scripts=False)
    hands = Mouse(page)
    steps.add_companies(hands, watched)
    expect(notice(page)).to_contain_text("2 companies added. Being read now.")
    see_it_finish(page, db)
    for company in watched:
        expect(steps.row(page, company.name)).to_contain_text(str(len(net.world.open_ids(company))))

    fitting = steps.titles_with(net, "engineer", watched)
    hands.press(link(page, "Go on to the filter"))
    hands.write("Words of the title", "engineer")
    hands.press(button(page, "Count"))
    expect(page.get_by_role("region", name="What the filter lets in")).to_contain_text(f"{len(fitting)} posting")
    hands.press(button(page, "Keep and go on"))
    hands.press(link(page, "Skip: go to the inbox"))
    expect(matches(page)).to_have_count(len(fitting))

    net.world.open(one, title="Fermentation Engineer")
    page.goto("/companies")
    hands.press(link(page, one.name))
    expect(heading(page, one.name)).to_be_visible()
    hands.press(button(page, "Scan now"))
    see_it_finish(page, db)
    expect(page.get_by_role("region", name="This scan")).to_contain_text("1 opened")

    page.goto("/inbox")
    expect(matches(page)).to_have_count(len(fitting) + 1)
    hands.press(link(page, "Fermentation Engineer"))
    reading = page.get_by_role("article", name="Fermentation Engineer")
    expect(reading.get_by_role("heading", name="Why it is a match")).to_be_visible()
    expect(reading.get_by_role("heading", name="Description")).to_be_visible()
    expect(reading.locator("mark").filter(has_text=re.compile("^engineer$", re.IGNORECASE)).first).to_be_visible()
    hands.press(reading.get_by_role("button", name="Save"))
    expect(notice(page)).to_contain_text("1 match saved.")
    state = "SELECT state FROM matches JOIN postings ON postings.id = posting_id WHERE title = 'Fermentation Engineer'"
    assert db.execute(text(state)).scalar_one() == "saved"


def see_it_finish(page, db) -> None:
    """Look again once everything that was asked for has been read: nothing moves by itself here."""
    wait_for(lambda: unfinished(db) == 0, "the scan to end")
    page.reload()


def unfinished(db) -> int:
    db.rollback()
    return db.execute(text("SELECT count(*) FROM scan_runs WHERE state <> 'finished'")).scalar_one()
