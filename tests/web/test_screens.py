"""What holds of every screen, in both themes and at both widths."""

import pytest

from tests.web.conftest import SIZES, THEMES, check_accessible
from tests.web.screens import SCREENS


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_screens_are_accessible_and_fit_their_width(visitor, seeded, pictures, theme, size):
    page = visitor.open("/inbox", size=SIZES[size], theme=theme)
    for name, address in SCREENS.items():
        with visitor.expecting_errors(name == "error"):
            page.goto(address(seeded))
        pictures(page, f"{name}-{size}-{theme}")
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
        assert page.locator("h1").count() == 1, name
