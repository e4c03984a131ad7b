"""The first run: addresses, what was found behind them, a filter, an alert with its test; and adding more later."""

import pytest
from lxml import html
from sqlalchemy import text

from tests import scanning
from tests.boards import Internet
from tests.receiving import Receiver
from tests.web.test_companies import follow, notice
from worker import robots
from worker.store import channels, companies, wishes

LEVER = "https://jobs.lever.co/acme"


@pytest.fixture
def net(browsing):
    robots.MEMORY.clear()
    with Internet(seed=5, companies=11) as net, scanning.inside(net):
        yield net


def said(answer, place: str = "//main") -> str:
    (found,) = html.fromstring(answer.text).xpath(place)
    return " ".join(" ".join(found.itertext()).split())


def paste(browsing, addresses: str, path: str = "/start"):
    return browsing.post(path, data={"addresses": addresses})


def read(db) -> None:
    """Let a worker read what waits."""
    db.execute(text("UPDATE scan_runs SET enqueued_at = NULL WHERE state = 'queued'"))
    scanning.work(db)


def watched(db) -> list[str]:
    db.rollback()
    return [row["name"] for row in companies.page(db)]


# -- the front door -------------------------------------------------------------------------------------------


def test_an_empty_installation_begins_with_the_first_steps(browsing, db):
    assert browsing.get("/").headers["location"] == "/start"
    assert "Which companies do you want to watch?" in browsing.get("/start").text


def test_later_the_front_door_is_the_inbox(browsing, seeded):
    assert browsing.get("/").headers["location"] == "/inbox"


@pytest.mark.parametrize("path", ["/start", "/start/found", "/start/filter", "/start/alert"])
def test_each_step_can_be_left_out(browsing, db, path):
    ways = html.fromstring(browsing.get(path).text).xpath("//main//p//a/@href")
    assert {"/start": "/start/filter", "/start/found": "/start/filter", "/start/filter": "/start/alert",
            "/start/alert": "/inbox"}[path] in ways  # fmt: skip


# -- companies ------------------------------------------------------------------------------------------------


def test_what_was_pasted_is_added_and_read(browsing, net, db):
    one, other = net.world.of("greenhouse")[0], net.world.of("lever")[0]
    answer = paste(browsing, f"{one.address}\nThe Other, {other.address}\n")
    assert answer.headers["location"].startswith("/start/found?scan=")
    page = follow(browsing, answer)
    assert notice(page) == "2 companies added. Being read now."
    assert "Waiting to be read" in said(page, "//*[@id='found']")
    read(db)
    rows = html.fromstring(browsing.get(answer.headers["location"]).text).xpath("//*[@id='found']//tbody/tr")
    cells = [[" ".join(cell.text_content().split()) for cell in row] for row in rows]
    assert [row[1:] for row in cells] == [
        ["Greenhouse", f"{len(net.world.open_ids(one)):,}"], ["Lever", f"{len(net.world.open_ids(other)):,}"],
    ]  # fmt: skip
    assert cells[1][0] == "The Other"


def test_a_board_that_could_not_be_read_says_why_and_not_0(browsing, net, db):
    answer = paste(browsing, "https://boards.greenhouse.io/no-such-board-anywhere")
    read(db)
    found = said(browsing.get(answer.headers["location"]), "//*[@id='found']")
    assert "Not read" in found
    assert " 0" not in found


def test_a_careers_page_leads_to_the_board_behind_it(browsing, net, db):
    company = net.world.of("greenhouse")[0]
    net.page("https://www.proseware.example/jobs", f'<iframe src="{company.address}"></iframe>')
    answer = paste(browsing, "https://www.proseware.example/jobs")
    assert notice(follow(browsing, answer)) == "1 company added. Being read now."
    (found,) = companies.page(db)
    assert found["boards"][0]["ats"] == "greenhouse"


def test_where_several_boards_may_be_meant_the_person_chooses(browsing, net, db):
    one, other = net.world.of("greenhouse")[0], net.world.of("lever")[0]
    frames = "".join(f'<iframe src="{company.address}"></iframe>' for company in (one, other))
    net.page("https://www.proseware.example/jobs", frames)
    page = paste(browsing, "https://www.proseware.example/jobs")
    assert page.status_code == 200
    assert "Several boards may be meant" in page.text
    (form,) = html.fromstring(page.text).xpath("//main//form")
    values = form.xpath(".//input[@type='radio']/@value")
    assert values == [f"greenhouse/{one.slug}", f"lever/{other.slug}"]
    assert watched(db) == []
    fields = dict(form.form_values()) | {"board": values[1]}
    answer = browsing.post("/companies/choose", data=fields)
    assert answer.headers["location"].startswith("/start/found?")
    assert "proseware" not in answer.headers["location"]
    assert [row["boards"][0]["ats"] for row in companies.page(db)] == ["lever"]


def test_a_line_that_names_no_board_is_shown_with_its_reason_and_costs_no_other(browsing, net, db):
    answer = paste(browsing, f"{LEVER}\nhttp://169.254.169.254/latest\n")
    assert watched(db) == ["Acme"]
    found = said(follow(browsing, answer), "//*[@id='found']")
    assert "http://169.254.169.254/latest" in found
    assert "private" in found or "public" in found


def test_what_named_no_board_can_be_looked_for_again(browsing, net):
    page = browsing.post("/companies/look", data={"what": "https://www.nothing.example/", "back": "/start/found"})
    assert page.status_code == 200
    assert "No board found" in page.text
    assert 'href="/start/found"' in page.text


def test_what_is_watched_already_is_said_so(browsing, net, db):
    paste(browsing, LEVER)
    again = paste(browsing, LEVER)
    assert "0 companies added, 1 was watched already" in notice(follow(browsing, again))
    assert watched(db) == ["Acme"]


def test_a_file_is_read_in(browsing, net, db):
    csv = ("list.csv", b"name,url,groups\nAcme,https://jobs.lever.co/acme,Dream\n", "text/csv")
    answer = browsing.post("/companies/add", data={"addresses": ""}, files={"file": csv})
    assert answer.headers["location"].startswith("/companies/added")
    assert watched(db) == ["Acme"]
    assert db.execute(text("SELECT name FROM groups")).scalars().all() == ["Dream"]


@pytest.mark.parametrize("path", ["/start", "/companies/add"])
def test_nothing_pasted_is_said_beside_the_field(browsing, db, path):
    answer = paste(browsing, "  \n ", path)
    assert answer.status_code == 422
    assert "Paste at least one address" in said(answer, "//*[@id='addresses-error']")


def test_results_of_nonsense_addresses_are_an_error_page_and_no_crash(browsing, db):
    assert browsing.get("/start/found?scan=x").status_code == 422
    assert browsing.get("/start/found?company=1&unread=" + "x" * 400).status_code == 422
    assert "Nothing here yet" in browsing.get("/start/found").text


# -- the filter -----------------------------------------------------------------------------------------------


def test_a_filter_is_counted_without_being_kept(browsing, seeded, db):
    page = browsing.post("/start/filter/count", data={"title_filters": "python"})
    counted = said(page, "//*[@id='count']")
    assert "3 postings of 8 open ones would match" in counted
    assert "Baker" in counted
    assert [one["name"] for one in wishes.groups(db, seeded.user)] == ["Everywhere"]
    assert html.fromstring(page.text).xpath("string(//*[@id='title_filters'])").strip() == "python"


def test_a_filter_that_cannot_be_read_says_where(browsing, seeded):
    for path in ("/start/filter/count", "/start/filter"):
        answer = browsing.post(path, data={"title_filters": "(python"})
        assert answer.status_code == 422
        assert "Line 1, column 1" in answer.text


def test_a_filter_is_kept_for_all_companies_and_matches_follow(browsing, seeded, db):
    answer = browsing.post("/start/filter", data={"title_filters": "baker", "workplaces": []})
    assert answer.headers["location"] == "/start/alert"
    db.rollback()
    (group,) = wishes.groups(db, seeded.user)
    assert (group["name"], group["title_filters"], group["all_companies"]) == ("Everywhere", "baker", True)
    assert "Baker" in browsing.get("/inbox").text


def test_without_a_group_of_all_companies_one_is_made(browsing, db):
    browsing.post("/start/filter", data={"title_filters": "clerk", "places": "Berlin\nPortugal"})
    (group,) = db.execute(text("SELECT * FROM groups")).mappings()
    assert (group["name"], group["all_companies"], group["criteria"]) == (
        "All companies", True, {"places": ["Berlin", "Portugal"]},
    )  # fmt: skip
    assert "Berlin" in browsing.get("/start/filter").text


def test_examples_fill_the_form_in(browsing, db):
    page = browsing.get("/start/filter")
    first = html.fromstring(page.text).xpath("//a[starts-with(@href, '/start/filter?example=')]/@href")[0]
    assert "python engineer" in html.fromstring(browsing.get(first).text).xpath("string(//*[@id='title_filters'])")
    assert "before you keep it" in said(page, "//*[@id='count']")
    counted = browsing.post("/start/filter/count", data={"title_filters": "python"})
    assert "Nothing to count yet" in said(counted, "//*[@id='count']")


# -- the alert ------------------------------------------------------------------------------------------------


def fill(browsing, **fields: str):
    return browsing.post("/start/alert", data={f"field-{name}": value for name, value in fields.items()}
                         | {"service": fields.get("service", "ntfy")})  # fmt: skip


def test_a_service_is_chosen_and_its_form_says_what_it_needs(browsing, db):
    page = browsing.get("/start/alert")
    assert "/start/alert?service=telegram" in html.fromstring(page.text).xpath("//ul[@class='services']//a/@href")
    form = browsing.get("/start/alert?service=telegram").text
    assert "@BotFather gives it out" in form


def test_a_form_that_is_not_filled_in_says_what_is_missing(browsing, db):
    answer = browsing.post("/start/alert", data={"service": "ntfy", "field-topic": ""})
    assert answer.status_code == 422
    assert "Topic" in said(answer, "//p[@role='alert']")
    assert channels.page(db, 1) == []
    assert browsing.post("/start/alert", data={"service": "pigeon"}).status_code == 422


def test_an_alert_is_made_and_its_test_arrives(browsing, db):
    with Receiver() as receiver:
        sent = {"service": "ntfy", "field-topic": "jobs", "field-server": f"http://127.0.0.1:{receiver.port}"}
        answer = browsing.post("/start/alert", data=sent)
        page = follow(browsing, answer)
        assert notice(page) == "The test was sent: look whether it has arrived."
        assert "Test sent" in said(page)
        (channel,) = channels.page(db, 1)
        assert (channel["name"], channel["last_delivery"]["state"]) == ("ntfy", "sent")
        browsing.post("/start/alert/test", data={"channel": channel["id"]})
        assert len(receiver.received) == 2
    page = follow(browsing, browsing.post("/start/alert/test", data={"channel": channel["id"]}))
    assert "The test did not arrive" in notice(page)
    assert "Not arrived" in said(page)
    browsing.post("/start/alert/remove", data={"channel": channel["id"]})
    db.rollback()
    assert channels.page(db, 1) == []


# -- in a browser ---------------------------------------------------------------------------------------------


def test_the_filter_is_counted_while_it_is_written_and_then_kept(visitor, seeded, db):
    page = visitor.open("/start/filter")
    page.get_by_label("Words of the title").fill("baker")
    page.locator("#count", has_text="1 posting").wait_for()
    assert page.get_by_label("Words of the title").input_value() == "baker"
    page.get_by_role("button", name="Keep and go on").click()
    page.wait_for_url("**/start/alert")
    db.rollback()
    assert wishes.groups(db, seeded.user)[0]["title_filters"] == "baker"


def test_without_scripts_the_steps_lead_from_an_address_to_the_inbox(visitor, seeded, db):
    page = visitor.open("/start", scripts=False)
    page.get_by_label("Addresses").fill(LEVER)
    page.get_by_role("button", name="Look at them").click()
    assert "Waiting to be read" in page.locator("#found").inner_text()
    page.get_by_role("link", name="Go on to the filter").click()
    page.get_by_label("Words of the title").fill("python")
    page.get_by_role("button", name="Count").click()
    assert "3 postings" in page.locator("#count").inner_text()
    page.get_by_role("button", name="Keep and go on").click()
    page.get_by_role("link", name="Skip: go to the inbox").click()
    assert page.get_by_role("heading", name="Inbox", exact=True).is_visible()


def test_what_happens_before_the_page_listens_is_shown_too(visitor, seeded, db):
    def read_meanwhile(route):
        db.execute(text("UPDATE boards SET open_count = 77 WHERE id = :id"), {"id": seeded.boards["acme"]})
        db.commit()
        route.continue_()

    page = visitor.open("/health")
    page.route("**/live/companies", read_meanwhile)
    page.goto(f"/start/found?company={seeded.companies['acme']}")
    page.locator("#found", has_text="77").wait_for()
