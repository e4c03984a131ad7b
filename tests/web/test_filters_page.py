"""The filters: their order, what they let in before they are kept, and who had the last word."""

import pytest
from lxml import html
from sqlalchemy import text

from tests.web.test_inbox import follow, notice
from worker.criteria import Criteria, LeastPay
from worker.store import wishes


def fields(answer) -> dict[str, str]:
    """What the editor's form would send; browsers leave out the line end that a text area begins with."""
    form = html.fromstring(answer.text).get_element_by_id("editor")
    return {name: value.removeprefix("\n") for name, value in form.form_values()}


def heads(answer) -> list[str]:
    return html.fromstring(answer.text).xpath("//h2/a[@data-open]/text()")


def titles(answer, heading: str) -> list[str]:
    return html.fromstring(answer.text).xpath(f"//h2[contains(., '{heading}')]/following-sibling::ul[1]//a/text()")


def group(db, seeded, name: str = "Europe", **columns) -> int:
    made = wishes.add_group(db, seeded.user, name=name, criteria=columns.pop("criteria", Criteria()), **columns)
    db.commit()
    return made


def test_groups_stand_in_the_order_in_which_they_have_their_say(browsing, seeded, db):
    group(db, seeded, "Later", position=2)
    group(db, seeded, "First", position=1, criteria=Criteria(places=("Berlin",), strict=True))
    page = browsing.get("/filters")
    assert heads(page) == ["First", "Later", "Everywhere"]
    said = " ".join(html.fromstring(page.text).xpath("//ol")[0].text_content().split())
    for expected in ("Places", "Berlin", "keep it out", "no company yet, so it does nothing"):
        assert expected in said


def test_without_any_filter_the_page_says_that_nothing_is_a_match(browsing):
    assert "No filter yet" in browsing.get("/filters").text


def test_a_group_moves_by_one_place_and_matches_follow(browsing, seeded, db):
    one, two = group(db, seeded, "One"), group(db, seeded, "Two")
    before = wishes.version(db, seeded.user)[0]
    answer = follow(browsing, browsing.post(f"/filters/{two}/move", data={"to": "earlier"}))
    assert heads(answer)[:2] == ["Two", "One"]
    db.rollback()
    assert wishes.version(db, seeded.user)[0] == before + 1
    answer = follow(browsing, browsing.post(f"/filters/{two}/move", data={"to": "earlier"}))
    assert heads(answer)[:2] == ["Two", "One"]
    assert "already" in notice(answer)
    assert heads(follow(browsing, browsing.post(f"/filters/{one}/move", data={"to": "later"})))[:2] == ["Two", "One"]


def test_a_filter_says_what_it_would_let_in_before_it_is_kept(browsing, seeded, db):
    sent = fields(browsing.get(f"/filters/{seeded.group}")) | {"title_filters": "python"}
    answer = browsing.post("/filters/preview", data=sent)
    assert "Matches 3 of 8" in answer.text
    assert "Baker" in titles(answer, "Kept out")
    assert "Backend Engineer (Python)" in titles(answer, "Let in")
    assert fields(answer)["title_filters"] == "python"
    db.rollback()
    assert wishes.group(db, seeded.user, seeded.group)["title_filters"] == "engineer*"


def test_a_mistake_in_a_filter_is_shown_under_its_place(browsing, seeded):
    sent = fields(browsing.get(f"/filters/{seeded.group}")) | {"title_filters": "python\nengineer (backend"}
    for address in ("/filters/preview", f"/filters/{seeded.group}"):
        answer = browsing.post(address, data=sent)
        assert answer.status_code == 422
        [error] = html.fromstring(answer.text).xpath("//*[@id='title_filters-error']")
        assert "line 2, column" in error.text_content().lower()
        line, mark = error.xpath("code/text()")[0].split("\n")
        assert line == "engineer (backend"
        assert mark.strip() == "^"
        assert mark.index("^") <= len(line)
        assert fields(answer)["title_filters"] == sent["title_filters"]


@pytest.mark.parametrize(
    ("field", "value"), [("places", "Atlantis Under The Sea"), ("max_age_days", "soon"), ("pay", "-1")]
)
def test_what_cannot_be_used_is_said_beside_its_field(browsing, seeded, field, value):
    sent = fields(browsing.get("/filters/new")) | {"name": "New", field: value}
    answer = browsing.post("/filters/new", data=sent)
    assert answer.status_code == 422
    assert html.fromstring(answer.text).xpath(f"//*[@id='{field}-error']")
    assert fields(answer)["name"] == "New"


def test_keeping_a_filter_says_how_many_match_now_and_matches_follow(browsing, seeded, db):
    sent = fields(browsing.get(f"/filters/{seeded.group}")) | {"title_filters": "baker"}
    answer = follow(browsing, browsing.post(f"/filters/{seeded.group}", data=sent))
    assert notice(answer) == "Kept. 1 of 8 open postings passes it now."
    fitting = "SELECT title FROM matches JOIN postings ON postings.id = posting_id WHERE fits AND state = 'new'"
    assert list(db.execute(text(fitting)).scalars()) == ["Baker"]


def test_who_saves_over_somebody_elses_change_is_shown_both(browsing, seeded, db):
    opened = fields(browsing.get(f"/filters/{seeded.group}"))
    browsing.post(f"/filters/{seeded.group}", data=opened | {"title_filters": "theirs"})
    answer = browsing.post(f"/filters/{seeded.group}", data=opened | {"title_filters": "mine"})
    assert answer.status_code == 412
    assert "Somebody changed this filter" in answer.text
    assert "theirs" in html.fromstring(answer.text).xpath("//section[contains(@class, 'trouble')]")[0].text_content()
    again = fields(answer)
    assert again["title_filters"] == "mine"
    assert browsing.post(f"/filters/{seeded.group}", data=again).status_code == 303
    db.rollback()
    assert wishes.group(db, seeded.user, seeded.group)["title_filters"] == "mine"


def test_an_example_fills_the_form_and_keeps_nothing(browsing, seeded):
    sent = fields(browsing.get("/filters/new")) | {"name": "Mine", "title_filters": "baker"}
    filled = fields(browsing.post("/filters/example", data=sent | {"example": "4"}))
    assert (filled["name"], filled["places"], filled["title_filters"]) == ("Mine", "EU", "")
    assert heads(browsing.get("/filters")) == ["Everywhere"]


def test_a_new_filter_asks_for_its_companies(browsing, seeded, db):
    sent = fields(browsing.get("/filters/new")) | {"name": "Dream", "title_filters": "baker"}
    answer = follow(browsing, browsing.post("/filters/new", data=sent))
    assert "None yet" in answer.text
    [made] = [one for one in wishes.groups(db, seeded.user) if one["name"] == "Dream"]
    contoso = seeded.companies["contoso"]
    address = f"/filters/{made['id']}/companies"
    assert "tick companies first" in notice(follow(browsing, browsing.post(f"{address}/put-in", data={"text": ""})))
    answer = follow(browsing, browsing.post(f"{address}/put-in", data={"companies": contoso}))
    assert "In it (1)" in answer.text
    db.rollback()
    assert wishes.of_person(db, seeded.user).of(contoso).criteria.title_filters == "baker"
    browsing.post(f"{address}/take-out", data={"companies": contoso})
    db.rollback()
    assert wishes.of_person(db, seeded.user).of(contoso).criteria.title_filters == "engineer*"
    assert "No other company has these words" in browsing.get(f"{address}?text=zzz").text


def test_a_name_that_is_taken_is_refused_beside_the_name(browsing, seeded):
    answer = browsing.post("/filters/new", data=fields(browsing.get("/filters/new")) | {"name": "everywhere"})
    assert answer.status_code == 422
    assert html.fromstring(answer.text).xpath("//*[@id='name-error']")


def test_what_a_group_says_is_any_is_not_lost_by_the_form(browsing, seeded, db):
    made = group(db, seeded, criteria=Criteria(places=(), languages=(), pay=LeastPay(0, "EUR")))
    browsing.post(f"/filters/{made}", data=fields(browsing.get(f"/filters/{made}")))
    db.rollback()
    assert wishes.group(db, seeded.user, made)["criteria"] == {
        "places": [], "languages": [], "pay": {"amount": "0", "currency": "EUR", "period": "YEAR"},
    }  # fmt: skip


def test_deleting_a_filter_is_asked_first(browsing, seeded):
    assert "Delete “Everywhere”?" in browsing.get(f"/filters/{seeded.group}/delete").text
    answer = follow(browsing, browsing.post(f"/filters/{seeded.group}/delete"))
    assert "No filter yet" in answer.text


@pytest.mark.parametrize("scripts", [True, False])
def test_the_preview_comes_while_one_types_and_by_a_button(visitor, seeded, scripts):
    page = visitor.open(f"/filters/{seeded.group}", scripts=scripts)
    page.get_by_label("Words of the title").fill("baker")
    if not scripts:
        page.get_by_role("button", name="Preview").click()
    page.get_by_text("Matches 1 of 8").wait_for()
    assert page.get_by_label("Words of the title").input_value() == "baker"
    page.get_by_role("button", name="First job").click()
    page.get_by_text("Matches 0 of 8").wait_for()
    assert "intern*" in page.get_by_label("Words of the title").input_value()
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("0 of 8 open postings pass it now").wait_for()
