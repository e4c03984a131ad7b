"""Matches: a filter that is changed after a look at what it would do, and what a person does with what they found."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.boards import Company
from tests.web.walks import steps
from tests.web.walks.steps import Mouse, button, heading, link, matches, notice, screen


@pytest.fixture
def watched(net) -> list[Company]:
    """Two companies that somebody watches."""
    return [net.world.of("greenhouse")[0], net.world.of("lever")[0]]


def test_a_filter_is_previewed_while_it_is_changed_and_the_matches_follow_once_it_is_kept(
    installed, visitor, net, db, watched
):
    page = visitor.open("/")
    hands = Mouse(page)
    before = steps.begin(hands, net, watched, "engineer")
    after = steps.titles_with(net, "manager", watched)
    whole = sum(len(net.world.open_ids(company)) for company in watched)
    assert len(before) != len(after)

    hands.press(screen(page, "Filters"))
    hands.press(link(page, "All companies"))
    expect(heading(page, "All companies")).to_be_visible()
    preview = page.get_by_role("region", name="What the filter lets in")
    expect(preview).to_contain_text(f"Matches {len(before)} of {whole}")
    with steps.without_reload(page):
        hands.write("Words of the title", "manager")
        expect(preview).to_contain_text(f"Matches {len(after)} of {whole}")
    assert fitting(db) == before, "to look changes nothing"

    hands.press(button(page, "Keep"))
    expect(heading(page, "Filters")).to_be_visible()
    expect(page.get_by_text("manager", exact=True)).to_be_visible()
    hands.press(screen(page, "Inbox"))
    expect(matches(page)).to_have_count(len(after))
    for title in after:
        expect(steps.match(page, title).first).to_be_visible()
    assert fitting(db) == after


def test_what_is_marked_as_applied_or_hidden_leaves_the_inbox_and_comes_back_when_that_is_undone(
    installed, visitor, net, db, watched
):
    page = visitor.open("/")
    hands = Mouse(page)
    titles = steps.begin(hands, net, watched, "engineer")
    first, second = distinct(titles)[:2]

    with steps.without_reload(page):
        hands.press(steps.match(page, first).get_by_role("button", name=f"Applied to {first}"))
        expect(notice(page)).to_contain_text("1 match marked as applied to.")
        expect(matches(page)).to_have_count(len(titles) - 1)
        assert states(db)[first] == "applied"

        hands.press(steps.match(page, second).get_by_role("button", name=f"Hide {second}"))
        expect(notice(page)).to_contain_text("1 match hidden.")
        expect(matches(page)).to_have_count(len(titles) - 2)
        assert states(db)[second] == "hidden"

    hands.press(button(page, "Undo"))
    expect(notice(page)).to_contain_text("Undone: 1 match is as before.")
    expect(steps.match(page, second)).to_be_visible()
    expect(steps.match(page, first)).to_have_count(0)
    assert states(db)[second] == "new"

    hands.press(tab(page, "Applied"))
    expect(matches(page)).to_have_count(1)
    expect(steps.match(page, first).get_by_text("Applied", exact=True)).to_be_visible()
    hands.press(tab(page, "Hidden"))
    expect(page.get_by_text("Nothing hidden")).to_be_visible()
    assert states(db) == {title: "applied" if title == first else "new" for title in titles}


def tab(page: Page, name: str):
    return page.get_by_role("navigation", name="Matches by state").get_by_role("link", name=re.compile(f"^{name}"))


def distinct(titles: list[str]) -> list[str]:
    """Return those titles that no other one holds, so that each names one match."""
    return [title for title in titles if sum(title in other for other in titles) == 1]


def fitting(db) -> list[str]:
    db.rollback()
    return sorted(db.scalars(text("SELECT title FROM matches JOIN postings ON postings.id = posting_id WHERE fits")))


def states(db) -> dict[str, str]:
    db.rollback()
    rows = db.execute(text("SELECT title, state FROM matches JOIN postings ON postings.id = posting_id"))
    return {row.title: row.state for row in rows}
