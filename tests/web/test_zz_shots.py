import pytest
from tests.web.conftest import *  # noqa
from tests.web.conftest import SIZES, THEMES, check_accessible
from tests.web.watched import watch
import os

@pytest.fixture
def site(app, seeded, worker_up, db, settings):
    from api.web import live
    made = watch(db, seeded)
    app.dependency_overrides[live.look_every] = lambda: 0.05
    with serve(app) as url:
        site.made = made
        yield url

PAGES = {
 "companies": "/companies", "companies-none": "/companies?name=zzz", "company": "/companies/{proseware}", "company-failing": "/companies/{fabrikam}",
 "company-unread": "/companies/{adatum}", "company-acme": "/companies/{acme}", "add": "/companies/add",
 "delete": "/companies/delete?ids={proseware}&ids={fabrikam}",
 "start": "/start", "found": "/start/found?company={proseware}&company={fabrikam}&company={adatum}&unread=https%3A%2F%2Fwww.example.org%2Fjobs&unread=Acme",
 "filter": "/start/filter?example=1", "alert": "/start/alert", "alert-form": "/start/alert?service=email",
}
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_shots(visitor, seeded, pictures, theme, size, db):
    ids = {n: i for n, i in db.execute(__import__("sqlalchemy").text("select lower(name), id from companies")).all()}
    page = visitor.open("/inbox", size=SIZES[size], theme=theme)
    problems = []
    for name, address in PAGES.items():
        page.goto(address.format(**ids))
        pictures(page, f"{name}-{size}-{theme}")
        try:
            check_accessible(page)
        except AssertionError as e:
            problems.append((name, str(e)[:1500]))
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"): problems.append((name, "wide"))
        if page.locator("h1").count() != 1: problems.append((name,"h1"))
    for p in problems: print(p[0], p[1])
    assert not problems
