"""Two people of one installation, each with a browser of their own: neither sees what is the other's."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests import alerting
from tests.web.walks import steps
from tests.web.walks.steps import Mouse, button, heading, link, matches, screen

ADA, GRACE = "ada@example.org", "grace@example.org"


@pytest.mark.parametrize("more", [{"ROLECALL_ACCOUNTS": "true"}])
def test_two_people_do_not_see_each_others_things(installed, visitor, net, db):
    watched = [net.world.of("greenhouse")[0], net.world.of("lever")[0]]
    ada = sign_in(visitor, installed.command("login-link", ADA, "--create", "--admin").strip(), ADA)
    hers = steps.begin(Mouse(ada), net, watched, "engineer")
    addresses = addresses_of_things(ada, db)

    grace = sign_in(visitor, invite(ada, GRACE), GRACE)
    hands = Mouse(grace)
    hands.press(screen(grace, "Inbox"))
    expect(grace.get_by_text("No matches yet")).to_be_visible()
    hands.press(screen(grace, "Filters"))
    expect(grace.get_by_text("No filter yet")).to_be_visible()
    hands.press(screen(grace, "Alerts"))
    expect(grace.get_by_text("No alert yet")).to_be_visible()
    hands.press(screen(grace, "Companies"))
    for company in watched:
        expect(steps.row(grace, company.name)).to_be_visible()
    see_nothing_at(grace, visitor, addresses, hers)

    own = make_filter(hands, "manager")
    theirs = steps.titles_with(net, "manager", watched)
    hands.press(screen(grace, "Inbox"))
    expect(matches(grace)).to_have_count(len(theirs))
    hide_all(hands)
    ada.goto("/inbox")
    expect(matches(ada)).to_have_count(len(hers))
    ada.goto("/filters")
    expect(ada.get_by_text(own)).to_have_count(0)
    assert kept(db) == {(ADA, "new"): len(hers), (GRACE, "hidden"): len(theirs)}


def sign_in(visitor, address: str, email: str) -> Page:
    """Open a browser of a person's own, and follow the link that signs them in."""
    page = visitor.open(address)
    button(page, "Sign in").click()
    expect(page.get_by_role("navigation", name="Screens")).to_contain_text(email)
    return page


def invite(page: Page, email: str) -> str:
    """Let somebody in; return the link to hand over."""
    screen(page, "Settings").click()
    link(page, "People").click()
    page.get_by_label("E-mail", exact=True).fill(email)
    button(page, "Make the invitation").click()
    expect(page.get_by_text("Copy it now: it is shown this once.")).to_be_visible()
    return page.get_by_label("Link", exact=True).input_value()


def addresses_of_things(page: Page, db) -> list[str]:
    """Return where a person sees a filter, an alert and a match of theirs."""
    person, match = db.execute(text("SELECT user_id, min(id) FROM matches GROUP BY user_id")).one()
    alerting.channel(db, person, name="Phone of Ada")
    db.commit()
    addresses = []
    for where, name in (("/filters", "All companies"), ("/alerts", "Phone of Ada")):
        page.goto(where)
        addresses.append(page.get_by_role("heading", level=2).get_by_role("link", name=name).get_attribute("href"))
    return [*addresses, f"/inbox?match={match}"]


def see_nothing_at(page: Page, visitor, addresses: list[str], titles: list[str]) -> None:
    """See that the addresses of somebody else's filter, alert and match lead to nothing, nor any to the people."""
    *things, match = addresses
    with visitor.expecting_errors():
        for address in things:
            page.goto(address)
            expect(heading(page, "Not found")).to_be_visible()
        page.goto("/settings/people")
        expect(heading(page, "Not allowed")).to_be_visible()
    page.goto(match)
    expect(page.get_by_text("No matches yet")).to_be_visible()
    for title in titles:
        expect(page.get_by_text(title)).to_have_count(0)


def make_filter(hands: Mouse, word: str) -> str:
    """Make the first filter of a person's, for all companies; return its name."""
    page = hands.page
    hands.press(screen(page, "Filters"))
    hands.press(link(page, "Make the first filter"))
    hands.write("Name", "What Grace wants")
    hands.write("Words of the title", word)
    hands.press(page.get_by_label("For all companies, also those added later"))
    hands.press(button(page, "Keep"))
    expect(link(page, "What Grace wants")).to_be_visible()
    return "What Grace wants"


def hide_all(hands: Mouse) -> None:
    """Hide all that the inbox shows."""
    page = hands.page
    hands.press(page.get_by_role("checkbox", name=re.compile("^All .* that match$")))
    hands.press(page.get_by_role("region", name="Matches").get_by_role("button", name="Hide", exact=True))
    expect(matches(page)).to_have_count(0)


def kept(db) -> dict[tuple[str, str], int]:
    db.rollback()
    rows = db.execute(text("""SELECT email, state, count(*) FROM matches JOIN users ON users.id = user_id
        GROUP BY email, state"""))  # fmt: skip
    return {(row[0], row[1]): row[2] for row in rows}
