"""The screens of companies in every state, in both themes and at both widths."""

import pytest

from tests.web.conftest import SIZES, THEMES, check_accessible
from tests.web.watched import watch


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_companies_in_every_state_are_accessible_and_fit_their_width(visitor, seeded, db, pictures, theme, size):
    watched = watch(db, seeded)
    page = visitor.open("/companies", size=SIZES[size], theme=theme)
    for name in ("list", "proseware", "fabrikam", "tailspin", "adatum"):
        if name != "list":
            page.goto(f"/companies/{watched.companies[name]}")
        pictures(page, f"watched-{name}-{size}-{theme}")
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
        assert page.locator("h1").count() == 1, name
