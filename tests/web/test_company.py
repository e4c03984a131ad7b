"""One company: what is open there, how its scans went, what the person wishes of it, and scanning it now."""

import csv
import io
from datetime import UTC, datetime

import pytest
from lxml import html
from sqlalchemy import text

from tests.api.building import finish, postings, runs
from tests.web.seed import apply
from tests.web.test_companies import follow, notice, stored
from tests.web.watched import run, watch
from worker.criteria import Criteria, LeastPay
from worker.store import inbox, overview, scans, wishes
from worker.store.inbox import Wanted


@pytest.fixture
def watched(db, seeded):
    return watch(db, seeded)


@pytest.fixture
def proseware(watched) -> str:
    return f"/companies/{watched.companies['proseware']}"


def said(answer, place: str = "//main") -> str:
    assert answer.status_code == 200, answer.text
    (found,) = html.fromstring(answer.text).xpath(place)
    return " ".join(" ".join(found.itertext()).split())


def form_of(answer, action: str) -> dict:
    (form,) = html.fromstring(answer.text).xpath(f"//form[contains(@action, '{action}')]")
    fields: dict = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value.removeprefix("\n"))  # as browsers do at the start of a textarea
    return fields


# -- shown ----------------------------------------------------------------------------------------------------


def test_a_company_says_how_it_is_watched_and_what_is_open(browsing, proseware):
    page = browsing.get(proseware)
    state = said(page, "//*[@id='state']")
    for one in ("Proseware", "Watched well", "Open postings 96", "9 minutes ago"):
        assert one in state
    assert said(page, "//*[@id='postings']//a[@aria-current]") == "Open 96"


def test_a_company_that_fails_says_cause_remedy_and_what_was_seen_last(browsing, watched):
    state = said(browsing.get(f"/companies/{watched.companies['fabrikam']}"), "//*[@id='state']")
    assert "Failing" in state
    assert "Last good reading 42, 5 hours ago" in state
    assert "The host did not answer usefully" in state
    assert "503 Service Unavailable" in state
    assert "Open postings 0" not in state


def test_a_company_that_has_not_been_read_says_so_and_draws_nothing(browsing, watched):
    page = browsing.get(f"/companies/{watched.companies['adatum']}")
    assert "not read yet" in said(page, "//*[@id='state']")
    assert "It has not been read yet" in said(page, "//*[@id='postings']")
    assert not html.fromstring(page.text).xpath("//figure")


def test_the_chart_has_its_table_and_its_csv(browsing, proseware):
    page = browsing.get(proseware)
    (_, number) = html.fromstring(page.text).xpath("(//figure)[1]//tbody/tr[last()]/*/text()")
    assert int(number) == 96
    rows = list(csv.reader(io.StringIO(browsing.get(f"{proseware}/days.csv").text)))
    assert rows[0] == ["day", "open", "opened", "closed"]
    assert rows[-1][:2] == [datetime.now(UTC).date().isoformat(), "96"]
    assert len(rows) == 731


def test_postings_are_searched_and_come_in_parts(browsing, proseware):
    page = html.fromstring(browsing.get(proseware).text)
    (more,) = page.xpath("//*[@id='postings']//a[@rel='next']/@href")
    titles = page.xpath("//*[@id='postings']//a[@data-open]/text()")
    titles += html.fromstring(browsing.get(more).text).xpath("//*[@id='postings']//a[@data-open]/text()")
    assert len(titles) == len(set(titles)) == 20
    assert "Clerk number 12" in said(browsing.get(f"{proseware}?text=number+12"), "//*[@id='postings']")
    assert "closed" in said(browsing.get(f"{proseware}?postings=closed"), "//*[@id='postings']//li[@data-item][1]")
    assert "No posting has these words" in said(browsing.get(f"{proseware}?text=zookeeper"))


def test_my_matches_are_marked_among_the_postings(browsing, watched):
    found = said(browsing.get(f"/companies/{watched.companies['acme']}?text=senior"), "//*[@id='postings']")
    assert "My match" in found


def test_each_scan_says_what_it_found_and_what_it_cost(browsing, proseware, watched):
    rows = html.fromstring(browsing.get(proseware).text).xpath("//*[@id='history']//tbody/tr")
    cells = [" ".join(cell.text_content().split()) for cell in rows[0].xpath("./td")]
    assert cells == ["1 hour ago", "Unchanged", "96", "nothing new", "2 304", "33.8 kB", "412 ms"]
    failing = said(browsing.get(f"/companies/{watched.companies['fabrikam']}"), "//*[@id='history']//tbody/tr[1]")
    assert "Failed" in failing
    assert " 0 " not in failing


def test_scans_go_on_where_the_page_ends(browsing, proseware, watched, db):
    for _ in range(10):
        run(db, watched.boards["proseware"], datetime.now(UTC), "unchanged", found=96)
    db.commit()
    page = html.fromstring(browsing.get(proseware).text)
    (older,) = page.xpath("//*[@id='history']//a[@rel='next']/@href")
    assert len(page.xpath("//*[@id='history']//tbody/tr")) == 15
    assert len(html.fromstring(browsing.get(older).text).xpath("//*[@id='history']//tbody/tr")) == 7


def test_a_company_that_is_not_there_is_a_page_that_says_so(browsing, db):
    assert browsing.get("/companies/999999").status_code == 404


# -- scanned --------------------------------------------------------------------------------------------------


def test_scanning_now_leads_to_its_log(browsing, watched, proseware, db):
    answer = browsing.post(f"{proseware}/scan")
    scan = db.execute(text("SELECT max(scan_id) FROM scan_runs WHERE state <> 'finished'")).scalar_one()
    assert answer.headers["location"] == f"{proseware}?scan={scan}#log"
    page = browsing.get(f"{proseware}?scan={scan}")
    log = said(page, "//*[@id='log']")
    assert "Asked for" in log
    assert "Waits for a worker ; none is running" in log
    assert html.fromstring(page.text).xpath("//*[@id='log']/@data-live") == [f"/api/v1/scans/{scan}/events"]


def test_a_scan_that_has_ended_says_what_came_of_it_and_is_not_followed(browsing, watched, proseware, db):
    started = scans.create(db, trigger="api", queue="interactive", boards=[watched.boards["proseware"]])
    db.commit()
    (number,) = runs(db, started)
    finish(db, number, "changed")
    db.execute(text("UPDATE scan_runs SET opened = 3, found = 99, requests = 2 WHERE id = :id"), {"id": number})
    db.commit()
    page = browsing.get(f"{proseware}?scan={started}")
    assert "99 postings there, 3 opened" in said(page, "//*[@id='log']")
    assert not html.fromstring(page.text).xpath("//*[@id='log']/@data-live")


def test_a_scan_of_another_company_is_not_shown_here(browsing, watched, proseware, db):
    other = scans.create(db, trigger="api", queue="interactive", boards=[watched.boards["litware"]])
    db.commit()
    assert "Asked for" not in browsing.get(f"{proseware}?scan={other}").text


def test_a_paused_company_cannot_be_scanned_and_says_why(browsing, watched):
    answer = browsing.post(f"/companies/{watched.companies['woodgrove']}/scan")
    assert "resume the boards that are paused" in notice(follow(browsing, answer))


# -- wished ---------------------------------------------------------------------------------------------------


def test_what_is_inherited_is_shown_as_such(browsing, watched, db):
    group = wishes.add_group(
        db, watched.user, name="Dream", criteria=Criteria(places=("Berlin",), pay=LeastPay(70_000, "EUR"))
    )
    wishes.put_in_group(db, watched.user, group, [watched.companies["litware"]])
    db.commit()
    wished = said(browsing.get(f"/companies/{watched.companies['litware']}"), "//*[@class='wished']")
    assert "Title engineer* from your group Everywhere" in wished
    assert "Places Berlin from your group Dream" in wished
    assert "Pay at least 70,000 EUR a year from your group Dream" in wished


def test_a_wish_of_its_own_takes_the_place_of_what_is_inherited_and_matches_follow(browsing, watched, seeded, db):
    acme = f"/companies/{watched.companies['acme']}"
    fields = form_of(browsing.get(acme), "/wish") | {"title_filters": "manager\n-intern", "watch": "yes"}
    assert notice(follow(browsing, browsing.post(f"{acme}/wish", data=fields))) == "Kept. Your matches follow."
    page = browsing.get(acme)
    assert "manager -intern said here" in said(page, "//*[@class='wished']")
    assert form_of(page, "/wish")["title_filters"] == ["manager\n-intern"]
    db.rollback()
    fitting = inbox.page(db, seeded.user, Wanted(states=inbox.STATES, company=watched.companies["acme"]), most=9)
    assert {row["posting_id"] for row in fitting if row["fits"]} == {seeded.postings["Engineering Manager"]}


def test_every_field_of_a_wish_comes_back_as_it_was_sent(browsing, watched, db):
    acme = f"/companies/{watched.companies['acme']}"
    sent = {
        "watch": "yes", "title_filters": "python", "places": "Berlin\nPortugal", "workplaces": ["remote", "hybrid"],
        "pay": "70000", "currency": "EUR", "period": "MONTH", "languages": "en, de", "max_age_days": "30",
        "text_filters": "kubernetes", "strict": "yes",
    }  # fmt: skip
    assert browsing.post(f"{acme}/wish", data=sent).status_code == 303
    kept = form_of(browsing.get(acme), "/wish")
    kept["workplaces"] = sorted(kept["workplaces"], reverse=True)
    assert kept == {name: value if isinstance(value, list) else [value] for name, value in sent.items()}


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"title_filters": "(python"}, "wish", "Line 1"),
        ({"places": "Nowherestadt"}, "wish", "Nowherestadt"),
        ({"pay": "much"}, "pay", "Write a number."),
        ({"max_age_days": "-1"}, "max_age_days", "greater than or equal to 0"),
    ],
)
def test_a_wish_that_cannot_be_used_is_shown_again_with_what_is_wrong(browsing, watched, db, sent, field, said):
    acme = f"/companies/{watched.companies['acme']}"
    answer = browsing.post(f"{acme}/wish", data={"watch": "yes", **sent})
    assert answer.status_code == 422
    page = html.fromstring(answer.text)
    assert said in " ".join(page.xpath("//*[contains(@class, 'error')]")[0].text_content().split())
    name, value = next(iter(sent.items()))
    assert value in (page.xpath(f"string(//*[@id='{name}'])").strip(), *page.xpath(f"//*[@id='{name}']/@value"))
    assert page.xpath("//details[@data-part='wish']/@open"), f"{field} would be hidden"
    assert not wishes.setting(db, watched.user, watched.companies["acme"])["version"]


def test_a_company_is_put_into_groups_and_taken_out(browsing, watched, db):
    acme = f"/companies/{watched.companies['acme']}"
    first = wishes.add_group(db, watched.user, name="First", criteria=Criteria())
    second = wishes.add_group(db, watched.user, name="Second", criteria=Criteria())
    wishes.put_in_group(db, watched.user, first, [watched.companies["acme"], watched.companies["litware"]])
    db.commit()
    browsing.post(f"{acme}/groups", data={"groups": second, "new_group": "Third"})
    db.rollback()
    members = {one["name"]: one["company_ids"] for one in wishes.groups(db, watched.user) if not one["all_companies"]}
    mine = watched.companies["acme"]
    assert members == {"First": [watched.companies["litware"]], "Second": [mine], "Third": [mine]}
    assert "Groups: Second, Third" in said(browsing.get(acme))


def test_a_company_is_hidden_and_watched_again(browsing, watched, seeded, db):
    acme = f"/companies/{watched.companies['acme']}"
    fields = form_of(browsing.get(acme), "/inbox/hide-company")
    assert "You do not watch it" in said(follow(browsing, browsing.post("/inbox/hide-company", data=fields)))
    browsing.post(f"{acme}/watch")
    assert "You do not watch it" not in said(browsing.get(acme))


# -- changed for everybody --------------------------------------------------------------------------------------


def test_a_company_is_renamed_paused_and_scanned_at_another_pace(browsing, proseware, db):
    assert notice(follow(browsing, browsing.post(f"{proseware}/change", data={"name": " Prose  Ltd "}))) == "Renamed."
    browsing.post(f"{proseware}/change", data={"interval": "21600"})
    assert stored(db)["prose ltd"] == (True, 21_600)
    assert form_of_named(browsing.get(proseware), "interval") == "21600"
    browsing.post(f"{proseware}/change", data={"interval": "usual"})
    browsing.post(f"{proseware}/change", data={"enabled": "no"})
    assert stored(db)["prose ltd"] == (False, None)
    assert "Resume" in browsing.get(proseware).text


def form_of_named(answer, name: str) -> str:
    (value,) = html.fromstring(answer.text).xpath(f"//select[@name='{name}']/option[@selected]/@value")
    return value


def test_a_company_keeps_its_name_if_the_new_one_is_empty(browsing, proseware, db):
    answer = browsing.post(f"{proseware}/change", data={"name": "  "})
    assert answer.status_code == 422
    assert "A company needs a name." in answer.text
    assert "proseware" in stored(db)


# -- in a browser ---------------------------------------------------------------------------------------------


def test_a_scan_is_followed_to_its_end_without_loading_the_page_anew(visitor, watched, proseware, db):
    page = visitor.open(proseware)
    page.get_by_role("button", name="Scan now").click()
    page.get_by_text("Waits for a worker").wait_for()
    page.evaluate("document.querySelector('main').dataset.same = 'yes'")
    scan = overview.unfinished_scan(db, watched.companies["proseware"])
    (number,) = runs(db, scan)
    postings(db, watched.boards["proseware"], "Brand new clerk", run=number)
    finish(db, number, "changed")
    db.execute(text("UPDATE scan_runs SET opened = 1, found = 97 WHERE id = :id"), {"id": number})
    db.execute(text("UPDATE boards SET open_count = 97 WHERE id = :id"), {"id": watched.boards["proseware"]})
    db.commit()
    page.locator("#log", has_text="97 postings there, 1 opened").wait_for()
    page.locator("#state", has_text="97").wait_for()
    assert page.locator("#history tbody tr").first.inner_text().startswith("just now")
    assert page.evaluate("document.querySelector('main').dataset.same") == "yes"


def test_without_scripts_a_company_is_scanned_renamed_and_given_a_wish(visitor, watched, proseware, seeded, db):
    page = visitor.open(proseware, scripts=False)
    page.get_by_role("button", name="Scan now").click()
    assert "Waits for a worker" in page.locator("#log").inner_text()
    page.get_by_text("Wish for something else here alone").click()
    page.get_by_label("Words of the title").fill("clerk")
    page.locator("form[action$='/wish']").get_by_role("button", name="Keep").click()
    assert "Kept. Your matches follow." in page.locator("#notice").inner_text()
    apply(db, seeded)
    page.reload()
    assert "My match" in page.locator("#postings").inner_text()
