"""From an empty database to the first alert received, by mouse and by keyboard alone."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from tests.e2e.installation import wait_for
from tests.receiving import Receiver
from tests.web.walks import steps
from tests.web.walks.steps import Keyboard, Mouse, button, heading, link, matches, notice, screen


@pytest.mark.parametrize("hands", [Mouse, Keyboard])
def test_the_first_steps_lead_from_an_empty_database_to_exactly_one_alert(installed, visitor, net, db, hands):
    one, other = watched = [net.world.of("greenhouse")[0], net.world.of("lever")[0]]
    page = visitor.open("/")
    hands = hands(page)
    with Receiver() as receiver:
        steps.add_companies(hands, watched)
        steps.see_what_is_open(page, net, watched)
        fitting = count_and_keep_filter(hands, net, watched)
        choose_alert(hands, receiver)
        hands.press(link(page, "Go to the inbox"))
        expect(matches(page)).to_have_count(fitting)
        assert len(receiver.received) == 1, "what was open before is not told"

        net.world.open(one, title="Fermentation Engineer")
        net.world.open(other, title="Baker")
        steps.scan_all(hands)
        expect(page.get_by_text("2 of 2 boards read")).to_be_visible()
        wait_for(lambda: len(receiver.received) == 2, "the alert")
        alert = receiver.received[1].json
        assert "Fermentation Engineer" in alert["title"] + alert["message"]
        assert "Baker" not in alert["title"] + alert["message"]
        assert alert["topic"] == "jobs"
        hands.press(screen(page, "Inbox"))
        expect(matches(page)).to_have_count(fitting + 1)
        expect(steps.match(page, "Fermentation Engineer").get_by_text("New", exact=True)).to_be_visible()
        wait_for(lambda: deliveries(db) == [("test", "sent"), ("matches", "sent")], "both messages to be noted as sent")
        assert told(db) == ["Fermentation Engineer"]
    assert len(receiver.received) == 2


def count_and_keep_filter(hands, net, watched) -> int:
    """See how many postings a filter lets in while it is written, and keep it."""
    page = hands.page
    expected = steps.titles_with(net, "engineer", watched)
    hands.press(link(page, "Go on to the filter"))
    expect(heading(page, "What are you looking for?")).to_be_visible()
    hands.write("Words of the title", "engineer")
    count = page.get_by_role("region", name="What the filter lets in")
    expect(count.get_by_text(re.compile(rf"^{len(expected)} postings?$"))).to_be_visible()
    expect(count.get_by_role("heading", name="Would match")).to_be_visible()
    hands.press(button(page, "Keep and go on"))
    return len(expected)


def choose_alert(hands, receiver) -> None:
    """Let matches be sent to a server of ntfy's kind, and see the test arrive there."""
    page = hands.page
    expect(heading(page, "Where do you want to hear of matches?")).to_be_visible()
    hands.press(link(page, "ntfy"))
    hands.write("Topic", "jobs")
    hands.write("Server (optional)", f"http://127.0.0.1:{receiver.port}")
    hands.press(button(page, "Save and send a test"))
    expect(notice(page)).to_contain_text("The test was sent: look whether it has arrived.")
    expect(page.get_by_text("Test sent")).to_be_visible()
    assert len(receiver.received) == 1


def deliveries(db) -> list[tuple[str, str]]:
    db.rollback()
    return [tuple(row) for row in db.execute(text("SELECT kind, state FROM deliveries ORDER BY id"))]


def told(db) -> list[str]:
    db.rollback()
    return list(db.scalars(text("""SELECT title FROM alerts JOIN matches ON matches.id = match_id
        JOIN postings ON postings.id = posting_id""")))  # fmt: skip
