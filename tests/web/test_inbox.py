"""The inbox: what it shows, finds, marks and takes back. First without scripts, then as a browser makes it live."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from lxml import html
from sqlalchemy import text

from api.web import words
from tests.api.building import company
from tests.api.conftest import CLIENT_ID, SECRET
from tests.web.conftest import PHONE
from tests.web.seed import LISBON, apply, offer
from worker.criteria import Criteria
from worker.store import inbox, people, wishes
from worker.store.inbox import Wanted

SENIOR = "Senior Python Engineer"


def seen_titles(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text).xpath("//*[@data-open]/text()")


def states(db, seeded) -> dict[str, str]:
    db.rollback()
    rows = inbox.page(db, seeded.user, Wanted(states=inbox.STATES), most=100)
    titles = {number: title for title, number in seeded.matches.items()}
    return {titles[row["id"]]: row["state"] for row in rows}


def follow(browsing, answer):
    assert answer.status_code == 303, answer.text
    return browsing.get(answer.headers["location"])


def notice(answer) -> str:
    found = html.fromstring(answer.text).xpath("//*[@id='notice']//p/text()")
    return found[0] if found else ""


# -- shown ----------------------------------------------------------------------------------------------------


def test_the_front_door_leads_to_the_inbox(browsing, seeded):
    answer = browsing.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")


def test_matches_stand_under_their_days_with_what_decides_whether_to_read_them(browsing, seeded):
    page = html.fromstring(browsing.get("/inbox").text)
    days = [str(one) for one in page.xpath("//*[@id='matches']//h2/text()")]
    assert days[0] == "Today"
    assert days == sorted(set(days), key=days.index), "a day has one heading"
    (row,) = page.xpath(f"//*[@data-item='{seeded.matches[SENIOR]}']")
    said = " ".join(row.text_content().split())
    for expected in ("New", "Acme", "Berlin, Germany", "Hybrid", "EUR 72,000 to 95,000 a year", "just now",
                     'let in by "engineer*"'):  # fmt: skip
        assert expected in said


def test_kept_and_hidden_matches_have_lists_of_their_own(browsing, seeded):
    assert "Site Reliability Engineer" not in seen_titles(browsing.get("/inbox"))
    assert seen_titles(browsing.get("/inbox?state=saved")) == ["Site Reliability Engineer"]
    assert seen_titles(browsing.get("/inbox?state=applied")) == ["Machine Learning Engineer"]
    assert seen_titles(browsing.get("/inbox?state=hidden")) == ["Engineering Manager"]
    assert len(seen_titles(browsing.get("/inbox?state=any"))) == 7


def test_a_search_lives_in_the_address_and_its_blank_fields_do_not_count(browsing, seeded):
    assert seen_titles(browsing.get("/inbox?text=billing&company=&group=&open=&repeats=")) == [
        "Software Engineer, Billing and Invoicing for Customers in the Public Sector"
    ]
    found = seen_titles(browsing.get("/inbox", params={"company": seeded.companies["acme"], "state": "any"}))
    assert sorted(found) == ["Engineering Manager", "Python Engineer, Data Platform", SENIOR]
    assert seen_titles(browsing.get("/inbox?open=no")) == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/inbox?text=zookeeper", "No match fits this search"),
        ("/inbox?state=saved", "Nothing saved"),
        ("/inbox?state=applied", "No applications yet"),
        ("/inbox?state=hidden", "Nothing hidden"),
        ("/inbox", "No matches yet"),
    ],
)
def test_each_empty_list_says_why_and_what_to_do(browsing, db, address, said):
    assert said in browsing.get(address).text


def test_an_inbox_that_cannot_fill_yet_leads_to_what_is_missing(browsing, db):
    def leads_to():
        return html.fromstring(browsing.get("/inbox").text).xpath("//*[@id='matches']//a/@href")[0]

    assert leads_to() == "/start"
    user = people.local(db)["id"]
    company(db, "acme")
    db.commit()
    assert leads_to() == "/start/filter"
    wishes.add_group(db, user, name="All", criteria=Criteria(title_filters="astronaut"), all_companies=True)
    db.commit()
    assert leads_to() == "/filters"


def test_nothing_new_is_not_the_same_as_no_matches(browsing, seeded, db):
    inbox.mark_all(db, seeded.user, Wanted(states=("new",)), "seen")
    db.commit()
    assert "Nothing new" in browsing.get("/inbox?state=new").text


def test_a_long_list_goes_on_where_it_ended(browsing, seeded, db):
    for number in range(60):
        offer(db, seeded.boards["acme"], f"Engineer {number}")
    apply(db, seeded)
    page = html.fromstring(browsing.get("/inbox").text)
    (older,) = page.xpath("//a[@rel='next']/@href")
    found = page.xpath("//*[@data-open]/text()") + seen_titles(browsing.get(older))
    assert len(found) == len(set(found)) == 64


def test_a_repeat_is_shown_as_one(browsing, seeded, db):
    db.execute(text("UPDATE postings SET role_id = 1 WHERE title = :title"), {"title": SENIOR})
    inbox.mark(db, seeded.user, [seeded.matches[SENIOR]], "applied")
    again = offer(db, seeded.boards["acme"], "Senior Python Engineer (Lisbon)", **LISBON)
    db.execute(text("UPDATE postings SET role_id = 1 WHERE id = :id"), {"id": again})
    apply(db, seeded)
    row = browsing.get("/inbox").text
    assert "Applied before" in row
    assert "The same role" in browsing.get(f"/postings/{again}").text
    assert "(Lisbon)" not in browsing.get("/inbox?repeats=no").text


def test_an_address_that_asks_for_nonsense_says_so_on_a_page(browsing, seeded):
    answer = browsing.get("/inbox?state=best")
    assert answer.status_code == 422
    assert "Choose one of what is offered" in answer.text


def test_opening_a_match_shows_it_and_notes_that_it_was_seen(browsing, seeded, db):
    answer = browsing.get(f"/inbox?match={seeded.matches[SENIOR]}")
    assert "About the role" in answer.text
    assert states(db, seeded)[SENIOR] == "seen"


def test_a_page_from_elsewhere_cannot_mark_a_match_as_seen(browsing, seeded, db):
    browsing.get(f"/inbox?match={seeded.matches[SENIOR]}", headers={"Sec-Fetch-Site": "cross-site"})
    assert states(db, seeded)[SENIOR] == "new"


def test_the_match_that_is_read_stays_in_the_list_of_new_ones(browsing, seeded):
    assert SENIOR in seen_titles(browsing.get(f"/inbox?state=new&match={seeded.matches[SENIOR]}"))
    assert SENIOR not in seen_titles(browsing.get("/inbox?state=new"))


# -- done -----------------------------------------------------------------------------------------------------


def test_a_match_is_saved_hidden_and_given_back(browsing, seeded, db):
    number = seeded.matches[SENIOR]
    sent = {"ids": number, "state": "hidden", "back": "/inbox?text=python"}
    answer = browsing.post("/inbox/mark", data=sent)
    assert answer.headers["location"] == "/inbox?text=python"
    shown = follow(browsing, answer)
    assert notice(shown) == "1 match hidden."
    assert states(db, seeded)[SENIOR] == "hidden"
    (action,) = html.fromstring(shown.text).xpath("//*[@id='notice']//input[@name='action']/@value")
    undone = follow(browsing, browsing.post("/inbox/undo", data={"action": action}))
    assert notice(undone) == "Undone: 1 match is as before."
    assert states(db, seeded)[SENIOR] == "new"
    again = follow(browsing, browsing.post("/inbox/undo", data={"action": action}))
    assert "undone already" in notice(again)


def test_a_notice_is_shown_once(browsing, seeded):
    answer = browsing.post("/inbox/mark", data={"ids": seeded.matches[SENIOR], "state": "saved"})
    assert notice(follow(browsing, answer)) == "1 match saved."
    assert notice(browsing.get("/inbox")) == ""


@pytest.mark.parametrize("forged", ["", "x", "e30", "bm90IHNpZ25lZCBieSB1cyBhdCBhbGwsIGJ1dCBsb25nIGVub3VnaA", "%C3%A9"])
def test_a_notice_that_we_did_not_sign_is_not_shown(browsing, forged):
    browsing.cookies.set("rolecall_notice", forged)
    assert notice(browsing.get("/inbox")) == ""


def test_several_that_are_ticked_are_marked_together(browsing, seeded, db):
    chosen = [seeded.matches[SENIOR], seeded.matches["Backend Engineer (Python)"]]
    shown = follow(browsing, browsing.post("/inbox/mark", data={"ids": chosen, "state": "saved"}))
    assert notice(shown) == "2 matches saved."
    assert [states(db, seeded)[name] for name in (SENIOR, "Backend Engineer (Python)")] == ["saved", "saved"]


def test_all_that_match_means_the_whole_search_and_nothing_that_came_after_the_page(browsing, seeded, db):
    page = html.fromstring(browsing.get("/inbox?text=python").text)
    (form,) = page.xpath("//form[@id='bulk']")
    assert "All 3 that match" in form.text_content()
    fields = dict(form.form_values()) | {"all": "1", "state": "hidden"}
    offer(db, seeded.boards["acme"], "Python Engineer, just in", seen=datetime.now(UTC) + timedelta(seconds=1))
    apply(db, seeded)
    follow(browsing, browsing.post("/inbox/mark", data=fields))
    found = states(db, seeded)
    assert found["Python Engineer, just in"] == "new"
    assert sum(state == "hidden" for state in found.values()) == 4
    assert found["Software Engineer, Billing and Invoicing for Customers in the Public Sector"] == "new"


def test_a_choice_of_nothing_changes_nothing_and_says_so(browsing, seeded, db):
    before = states(db, seeded)
    shown = follow(browsing, browsing.post("/inbox/mark", data={"state": "hidden"}))
    assert "Nothing was chosen" in notice(shown)
    assert states(db, seeded) == before


def test_a_company_that_is_not_watched_any_more_leaves_and_can_come_back(browsing, seeded):
    hidden = follow(browsing, browsing.post("/inbox/hide-company", data={"company": seeded.companies["acme"]}))
    assert SENIOR not in seen_titles(hidden)
    (action,) = html.fromstring(hidden.text).xpath("//*[@id='notice']//input[@name='action']/@value")
    assert SENIOR in seen_titles(follow(browsing, browsing.post("/inbox/undo", data={"action": action})))


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/a\nb", ""])
def test_a_form_leads_back_only_to_pages_of_ours(browsing, seeded, back):
    answer = browsing.post("/inbox/mark", data={"ids": seeded.matches[SENIOR], "state": "saved", "back": back})
    assert answer.headers["location"] == "/inbox"


def test_a_page_from_elsewhere_cannot_mark(browsing, seeded, db):
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    sent = {"ids": seeded.matches[SENIOR], "state": "hidden"}
    assert browsing.post("/inbox/mark", data=sent, headers=headers).status_code == 403
    assert states(db, seeded)[SENIOR] == "new"


def test_matches_of_others_are_neither_seen_nor_marked(browsing, seeded, db):
    theirs = people.get_or_create_google(db, sub="bea", email="bea@example.org", name=None)["id"]
    db.execute(text("UPDATE matches SET user_id = :bea WHERE id = :id"), {"bea": theirs, "id": seeded.matches[SENIOR]})
    db.commit()
    assert SENIOR not in seen_titles(browsing.get("/inbox?state=any"))
    assert "About the role" not in browsing.get(f"/inbox?match={seeded.matches[SENIOR]}").text
    answer = browsing.post("/inbox/mark", data={"ids": seeded.matches[SENIOR], "state": "hidden"})
    assert answer.status_code == 404
    assert "none of these is a match of yours" in answer.text.lower()


def test_whoever_is_not_signed_in_is_led_to_where_that_is_done(browsing, settings):
    settings(GOOGLE_CLIENT_ID=CLIENT_ID, ROLECALL_SECRET_KEY=SECRET)
    answer = browsing.get("/inbox")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?{urlencode({'next': '/inbox'})}")


# -- in a browser ---------------------------------------------------------------------------------------------


def test_without_scripts_everything_can_be_read_and_done(visitor, seeded, db):
    page = visitor.open("/inbox", scripts=False)
    page.get_by_role("link", name=SENIOR).click()
    assert page.get_by_role("heading", name="About the role").is_visible()
    page.get_by_role("article").get_by_role("button", name="Hide", exact=True).click()
    assert "1 match hidden." in page.locator("#notice").inner_text()
    page.get_by_role("button", name="Undo").click()
    assert states(db, seeded)[SENIOR] == "seen"
    page.get_by_label("All 4 that match").check()
    page.locator("#bulk").get_by_role("button", name="Save").click()
    assert states(db, seeded)[SENIOR] == "saved"


def test_the_keyboard_suffices(visitor, seeded, db):
    page = visitor.open("/inbox")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("o")
    page.get_by_role("heading", name="About the role").wait_for()
    assert f"match={seeded.matches[SENIOR]}" in page.url
    page.keyboard.press("s")
    page.get_by_text("1 match saved.").wait_for()
    assert states(db, seeded)[SENIOR] == "saved"
    page.keyboard.press("u")
    page.get_by_text("1 match is as before").wait_for()
    page.keyboard.press("x")
    page.keyboard.press("?")
    assert page.get_by_role("dialog", name="Keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("billing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox?text=billing**")
    assert page.locator("[data-item]").count() == 1


def test_keys_do_nothing_once_they_are_switched_off(visitor, seeded, db):
    page = visitor.open("/inbox")
    page.get_by_role("button", name="Switch single keys off").click()
    page.get_by_role("button", name="Switch single keys on").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("h")
    page.keyboard.press("?")
    assert not page.get_by_role("dialog").is_visible()
    assert set(states(db, seeded).values()) == {"new", "saved", "applied", "hidden"}


def test_a_new_match_appears_by_itself_and_keeps_what_was_chosen(visitor, seeded, db):
    page = visitor.open("/inbox")
    page.locator(f"[data-item='{seeded.matches[SENIOR]}'] input[type=checkbox]").check()
    page.evaluate("document.getElementById('inbox').dataset.same = 'yes'")
    offer(db, seeded.boards["acme"], "Staff Engineer")
    apply(db, seeded)
    page.get_by_role("link", name="Staff Engineer").wait_for()
    page.locator("#new-badge", has_text="5").wait_for()
    assert page.locator(f"[data-item='{seeded.matches[SENIOR]}'] input[type=checkbox]").is_checked()
    assert page.evaluate("document.getElementById('inbox').dataset.same") == "yes", "the page was loaded anew"


def test_on_a_phone_the_list_gives_way_to_what_is_read_and_comes_back(visitor, seeded):
    page = visitor.open("/inbox", size=PHONE)
    page.get_by_role("link", name=SENIOR).click()
    page.get_by_role("heading", name="About the role").wait_for()
    assert not page.locator("#matches").is_visible()
    page.get_by_role("link", name="Back to the list").click()
    page.locator("#matches").wait_for()
    page.go_back()
    page.get_by_role("heading", name="About the role").wait_for()


def test_the_theme_is_there_from_the_first_byte(visitor):
    page = visitor.open("/inbox", theme="light")
    page.get_by_role("button", name="Dark").click()
    page.wait_for_load_state()
    assert 'data-theme="dark"' in page.request.get("/inbox").text()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_the_menu_of_a_phone_opens_without_scripts(visitor):
    page = visitor.open("/inbox", size=PHONE, scripts=False)
    assert not page.get_by_role("link", name="Companies").is_visible()
    page.get_by_role("button", name="Menu").click()
    assert page.get_by_role("link", name="Companies").is_visible()


# -- around it ------------------------------------------------------------------------------------------------


def test_the_badge_counts_what_is_new(browsing, seeded):
    page = html.fromstring(browsing.get("/inbox").text)
    assert page.xpath("string(//*[@id='new-badge'])").strip() == "4 new"


def test_a_banner_says_that_no_worker_is_up_and_what_to_do(browsing, redis, seeded):
    assert "No worker is running" in browsing.get("/inbox").text
    from worker import heartbeat

    redis.zadd(heartbeat.KEY, {"celery@test": redis.time()[0]})
    assert "No worker is running" not in browsing.get("/inbox").text


def test_a_part_of_the_page_can_be_had_alone(browsing, seeded):
    part = browsing.get("/inbox", headers={"Rolecall-Fragment": "matches"}).text
    assert part.strip().startswith('<section id="matches"')
    assert SENIOR in part
    badge = browsing.get("/inbox", headers={"Rolecall-Fragment": "new-badge"}).text
    assert badge.strip().startswith('<span id="new-badge"')
    assert "<html" in browsing.get("/inbox", headers={"Rolecall-Fragment": "nothing"}).text


def test_addresses_that_lead_nowhere_are_pages_for_browsers_and_problems_for_programs(browsing):
    page = browsing.get("/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    for address, accept in (("/nowhere", "*/*"), ("/api/v1/nowhere", "text/html")):
        answer = browsing.get(address, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_days_are_named_as_people_name_them():
    today = datetime(2026, 11, 9, tzinfo=UTC).date()
    assert words.heading(today, today) == "Today"
    assert words.heading(today - timedelta(days=1), today) == "Yesterday"
    assert words.heading(today - timedelta(days=3), today) == "Friday, 6 November"
    assert words.heading(today - timedelta(days=400), today) == "5 October 2025"
