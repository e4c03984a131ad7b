"""What a person does on the page, by hand or by keyboard, and how what they see is found."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.boards import Company, Internet

TABS_MOST = 150
SHIFT_MOST = 0.01
"""A tenth of what counts as good (Cumulative Layout Shift)."""


class Hands(Protocol):
    """How somebody uses the page."""

    page: Page

    def press(self, what: Locator) -> None:
        """Follow a link, press a button, tick a box."""

    def write(self, label: str, text: str) -> None:
        """Fill in a field."""


class Mouse:
    """Clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, what: Locator) -> None:
        what.click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)


class Keyboard:
    """Has no mouse: reaches everything by Tab, and presses Enter or the space bar."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, what: Locator) -> None:
        self._reach(what)
        self.page.keyboard.press("Space" if what.get_attribute("type") == "checkbox" else "Enter")

    def write(self, label: str, text: str) -> None:
        self._reach(self.page.get_by_label(label, exact=True))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def _reach(self, what: Locator) -> None:
        expect(what).to_be_visible()
        for _ in range(TABS_MOST):
            if what.evaluate("one => one === document.activeElement && one.matches(':focus-visible')"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{what} is not reached by Tab")


def link(page: Page, name: str) -> Locator:
    """Return the link that is called so, in whatever else it says."""
    return page.get_by_role("link", name=re.compile(rf"^{re.escape(name)}\b"))


def button(page: Page, name: str) -> Locator:
    """Return the button that is called so."""
    return page.get_by_role("button", name=name, exact=True)


def heading(page: Page, name: str) -> Locator:
    """Return the page's own heading, if it is called so."""
    return page.get_by_role("heading", level=1, name=name, exact=True)


def screen(page: Page, name: str) -> Locator:
    """Return the link of the navigation that leads to a screen."""
    return page.get_by_role("navigation", name="Screens").get_by_role("link", name=name)


def notice(page: Page) -> Locator:
    """Return what the page says of what was just done."""
    return page.locator("#notice")


def row(page: Page, name: str) -> Locator:
    """Return the row of a table whose head is a name."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))


def matches(page: Page) -> Locator:
    """Return the titles in the list of matches."""
    return page.get_by_role("region", name="Matches").get_by_role("heading", level=3)


def match(page: Page, title: str) -> Locator:
    """Return the match whose title that is."""
    found = page.get_by_role("region", name="Matches").get_by_role("listitem")
    return found.filter(has=page.get_by_role("heading", level=3).filter(has_text=title))


@contextmanager
def without_reload(page: Page) -> Iterator[None]:
    """Whatever is seen to change within has changed by itself: the document stays the same."""
    page.evaluate("window.hasStayed = true")
    yield
    assert page.evaluate("window.hasStayed === true"), "the page was loaded anew"


@contextmanager
def without_shift(page: Page) -> Iterator[None]:
    """Nothing that a person looks at within moves from its place by itself (Layout Instability API)."""
    page.evaluate("""() => {
        window.shifts = [];
        const noted = ({ value, sources }) => ({ value, what: sources.map(({ node }) => node?.textContent) });
        new PerformanceObserver((list) => {
            window.shifts.push(...list.getEntries().filter((one) => !one.hadRecentInput).map(noted));
        }).observe({ type: "layout-shift" });
    }""")
    yield
    shifts = page.evaluate("window.shifts")
    assert sum(shift["value"] for shift in shifts) < SHIFT_MOST, shifts


def titles_with(net: Internet, word: str, companies: Sequence[Company]) -> list[str]:
    """Return the titles open in the world that have a word, as somebody who reads the boards would find them."""
    every = [title for company in companies for title in net.world.titles(company).values()]
    return sorted(title for title in every if re.search(rf"\b{word}\b", title, re.IGNORECASE))


# -- the first steps, each from the page that the one before led to --------------------------------------------


def add_companies(hands: Hands, companies: Sequence[Company]) -> None:
    """Paste the addresses of boards into the first page of an installation."""
    page = hands.page
    expect(heading(page, "Which companies do you want to watch?")).to_be_visible()
    hands.write("Addresses", "\n".join(f"{one.name}, {one.address}" for one in companies))
    hands.press(button(page, "Look at them"))
    expect(heading(page, "What was found")).to_be_visible()


def see_what_is_open(page: Page, net: Internet, companies: Sequence[Company]) -> None:
    """See how many postings each company has, once it has been read."""
    with without_reload(page):
        for company in companies:
            expect(row(page, company.name).get_by_role("cell").last).to_have_text(str(len(net.world.open_ids(company))))


def keep_filter(hands: Hands, word: str) -> None:
    """Go from what was found to the filter, and let postings in that have a word in the title."""
    page = hands.page
    hands.press(link(page, "Go on to the filter"))
    expect(heading(page, "What are you looking for?")).to_be_visible()
    hands.write("Words of the title", word)
    hands.press(button(page, "Keep and go on"))
    expect(heading(page, "Where do you want to hear of matches?")).to_be_visible()


def begin(hands: Hands, net: Internet, companies: Sequence[Company], word: str) -> list[str]:
    """Take the first steps without an alert, up to the inbox; return the titles that are to be there."""
    page = hands.page
    add_companies(hands, companies)
    see_what_is_open(page, net, companies)
    keep_filter(hands, word)
    hands.press(link(page, "Skip: go to the inbox"))
    expect(heading(page, "Inbox")).to_be_visible()
    titles = titles_with(net, word, companies)
    expect(matches(page)).to_have_count(len(titles))
    return titles


def scan_all(hands: Hands) -> None:
    """Scan every company now, and go to where that can be watched."""
    page = hands.page
    hands.press(screen(page, "Companies"))
    expect(heading(page, "Companies")).to_be_visible()
    hands.press(page.get_by_role("checkbox", name=re.compile("^All .* that match$")))
    hands.press(button(page, "Scan now"))
    expect(notice(page)).to_contain_text(re.compile(r"Scan \d+ has begun"))
    hands.press(screen(page, "Runs"))
    hands.press(page.get_by_role("row").nth(1).get_by_role("link", name=re.compile(r"^Scan \d+")))
    expect(page.get_by_role("heading", level=1, name=re.compile(r"^Scan \d+"))).to_be_visible()
