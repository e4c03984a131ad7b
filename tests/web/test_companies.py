"""The list of companies: how watching each goes, searched, and what is done with several at once."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import html
from sqlalchemy import text

from tests.api import signing_in
from tests.api.building import company, postings
from tests.api.conftest import accounts  # noqa: F401 - a fixture
from tests.web.watched import BROKEN, run, watch
from worker.store import companies, overview, wishes
from worker.store.overview import Wanted


@pytest.fixture
def watched(db, seeded):
    return watch(db, seeded)


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text).xpath("//tbody//a[@data-open]/text()")


def row(answer, company: int) -> str:
    (found,) = html.fromstring(answer.text).xpath(f"//tr[@data-item='{company}']")
    return " ".join(found.text_content().split())


def follow(browsing, answer):
    assert answer.status_code == 303, answer.text
    return browsing.get(answer.headers["location"])


def notice(answer) -> str:
    found = html.fromstring(answer.text).xpath("//*[@id='notice']//p/text()")
    return found[0] if found else ""


def stored(db) -> dict[str, tuple]:
    db.rollback()
    rows = db.execute(
        text(
            """SELECT lower(name), enabled, interval_seconds FROM companies JOIN boards ON company_id = companies.id"""
        )
    )
    return {found[0]: tuple(found[1:]) for found in rows}


# -- shown ----------------------------------------------------------------------------------------------------


def test_companies_that_need_somebody_come_first_and_say_so_in_words(browsing, watched):
    page = browsing.get("/companies")
    assert names(page) == [
        "Fabrikam", "Tailspin", "Litware", "Acme", "Adatum", "Contoso", "Northwind", "Proseware", "Woodgrove",
    ]  # fmt: skip
    for name, said in (("fabrikam", "Failing"), ("tailspin", "Gone"), ("litware", "Read in part"),
                       ("adatum", "Not read yet"), ("proseware", "Watched well"), ("woodgrove", "Paused")):  # fmt: skip
        assert said in row(page, watched.companies[name])


def test_a_failed_scan_never_says_0_postings_but_what_was_seen_last(browsing, watched):
    page = browsing.get("/companies")
    failing = row(page, watched.companies["fabrikam"])
    assert "last good: 42, 5 hours ago" in failing
    assert "since 4 hours ago" in failing
    assert "last good: 5 hours ago" in row(page, watched.companies["tailspin"])
    assert "not read yet" in row(page, watched.companies["adatum"])


def test_a_company_that_never_could_be_read_does_not_say_0_either(browsing, watched, db):
    db.execute(
        text("UPDATE boards SET last_read_at = NULL, open_count = 0 WHERE id = :id"), {"id": watched.boards["fabrikam"]}
    )
    db.commit()
    assert "never read so far" in row(browsing.get("/companies"), watched.companies["fabrikam"])


def test_what_is_new_leaves_out_what_the_first_reading_found(browsing, watched, db):
    board = watched.boards["proseware"]
    db.execute(text("UPDATE boards SET baseline_at = now() - interval '2 days' WHERE id = :id"), {"id": board})
    db.execute(text("DELETE FROM postings WHERE board_id = :id"), {"id": board})
    postings(db, board, "One", "Two", "Three")
    db.execute(
        text("UPDATE postings SET first_seen_at = now() - interval '3 days' WHERE board_id = :id AND title <> 'One'"),
        {"id": board},
    )
    db.commit()
    (found,) = overview.page(db, watched.user, Wanted(ids=[watched.companies["proseware"]]), start=0, most=1)
    assert found["new"] == 1


def test_my_matches_are_counted_and_lead_to_the_inbox(browsing, watched, db):
    page = html.fromstring(browsing.get("/companies").text)
    (link,) = page.xpath(f"//tr[@data-item='{watched.companies['northwind']}']//td[@data-label='My matches']/a")
    assert link.text == "3"
    assert link.get("href") == f"/inbox?state=any&company={watched.companies['northwind']}"


def test_a_company_that_is_not_watched_says_so_instead_of_0_matches(browsing, watched, db):
    wishes.enable(db, watched.user, watched.companies["adatum"], enabled=False)
    db.commit()
    assert "not watched" in row(browsing.get("/companies"), watched.companies["adatum"])


def test_a_group_says_whether_a_company_is_watched_unless_the_company_does(db, watched):
    group = wishes.add_group(db, watched.user, name="Not now", criteria=wishes.Criteria(), enabled=False)
    wishes.put_in_group(db, watched.user, group, [watched.companies["adatum"], watched.companies["litware"]])
    wishes.enable(db, watched.user, watched.companies["litware"], enabled=True)
    db.commit()
    rows = {one["id"]: one["watched"] for one in overview.page(db, watched.user, Wanted(), start=0, most=50)}
    mine = wishes.of_person(db, watched.user)
    assert rows == {number: mine.of(number).enabled for number in rows}
    assert not rows[watched.companies["adatum"]]
    assert rows[watched.companies["litware"]]


def test_the_days_are_reckoned_back_from_what_is_open(db, watched):
    board = watched.boards["adatum"]
    today = datetime.now(UTC).date()
    postings(db, board, "A", "B", "C")
    moment = datetime.now(UTC).replace(hour=12)
    for title, opened, closed in (("A", 5, None), ("B", 3, None), ("C", 4, 2)):
        db.execute(
            text("UPDATE postings SET first_seen_at = :opened, closed_at = :closed WHERE board_id = :b AND title = :t"),
            {"b": board, "t": title, "opened": moment - timedelta(days=opened),
             "closed": None if closed is None else moment - timedelta(days=closed)},
        )  # fmt: skip
    number = watched.companies["adatum"]
    days = overview.days(db, [number], until=today, most=6)[number]
    assert [(day.open, day.opened, day.closed) for day in days] == [
        (1, 1, 0), (2, 1, 0), (3, 1, 0), (2, 0, 1), (2, 0, 0), (2, 0, 0),
    ]  # fmt: skip
    assert days[-1].on == today


# -- searched -------------------------------------------------------------------------------------------------


def test_a_search_lives_in_the_address(browsing, watched):
    assert names(browsing.get("/companies?name=WOOD&ats=&group=")) == ["Woodgrove"]
    assert names(browsing.get("/companies?state=failing")) == ["Fabrikam"]
    assert names(browsing.get("/companies?ats=lever")) == ["Litware", "Woodgrove"]
    assert names(browsing.get("/companies?name=%25")) == []


def test_a_group_of_mine_narrows_the_list_and_one_of_others_shows_nothing(browsing, watched, db):
    group = wishes.add_group(db, watched.user, name="Dream", criteria=wishes.Criteria())
    wishes.put_in_group(db, watched.user, group, [watched.companies["litware"]])
    db.commit()
    assert names(browsing.get(f"/companies?group={group}")) == ["Litware"]
    other = db.execute(text("INSERT INTO users (email) VALUES ('bea@example.org') RETURNING id")).scalar_one()
    db.execute(text("UPDATE groups SET user_id = :user WHERE id = :id"), {"user": other, "id": group})
    db.commit()
    assert names(browsing.get(f"/companies?group={group}")) == []


def test_each_empty_list_says_why_and_what_to_do(browsing, db):
    assert "No company yet" in browsing.get("/companies").text
    company(db)
    assert "No company fits this search" in browsing.get("/companies?name=zzz").text
    assert "The list ends here" in browsing.get("/companies?start=50").text


def test_a_long_list_comes_in_parts(browsing, db):
    added = companies.add_many(
        db, [companies.NewBoard(f"C{n:03}", "lever", f"c{n}", f"https://l.example/{n}") for n in range(60)]
    )
    db.commit()
    assert len(added) == 60
    first = browsing.get("/companies")
    (more,) = html.fromstring(first.text).xpath("//a[@rel='next']/@href")
    second = browsing.get(more)
    assert names(first) + names(second) == [f"C{n:03}" for n in range(60)]
    assert "31 to 60 of 60" in second.text


# -- done with several ----------------------------------------------------------------------------------------


def ids(watched, *wanted: str) -> list[int]:
    return [watched.companies[name] for name in wanted]


def test_chosen_companies_are_scanned(browsing, watched, db):
    sent = {"do": "scan", "ids": ids(watched, "fabrikam", "litware"), "back": "/companies?name=i"}
    answer = browsing.post("/companies/act", data=sent)
    assert answer.headers["location"] == "/companies?name=i"
    page = follow(browsing, answer)
    assert "has begun: 2 boards" in notice(page)
    [scan] = html.fromstring(page.text).xpath("//*[@id='notice']//a/@href")
    assert "2 boards" in browsing.get(scan).text
    waiting = text("SELECT count(*) FROM scan_runs WHERE scan_id = (SELECT max(id) FROM scans) AND state <> 'finished'")
    assert db.execute(waiting).scalar_one() == 2
    assert "Waiting" in row(browsing.get("/companies"), watched.companies["litware"]) or "Being read" in row(
        browsing.get("/companies"), watched.companies["litware"]
    )


def test_companies_are_paused_and_resumed(browsing, watched, db):
    chosen = ids(watched, "proseware", "litware")
    answer = browsing.post("/companies/act", data={"do": "pause", "ids": chosen})
    assert notice(follow(browsing, answer)) == "2 companies paused."
    assert [stored(db)[name][0] for name in ("proseware", "litware", "fabrikam")] == [False, False, True]
    browsing.post("/companies/act", data={"do": "resume", "ids": chosen})
    assert stored(db)["proseware"][0]


def test_all_that_match_means_the_whole_search_and_nothing_else(browsing, watched, db):
    page = html.fromstring(browsing.get("/companies?ats=lever").text)
    (form,) = page.xpath("//form[@id='bulk']")
    assert "All 2 that match" in form.text_content()
    sent = {name: value for name, value in form.form_values() if value} | {"all": "1", "do": "interval"}
    browsing.post("/companies/act", data=sent | {"interval": "86400"})
    found = stored(db)
    assert {name for name in found if found[name][1] == 86_400} == {"litware", "woodgrove"}
    browsing.post("/companies/act", data=sent | {"interval": "usual"})
    assert {one[1] for one in stored(db).values()} == {None}


def test_companies_are_put_into_a_group_that_is_made_by_its_name(browsing, watched, db):
    sent = {"do": "group", "ids": ids(watched, "litware", "adatum"), "new_group": "Dream"}
    assert (
        notice(follow(browsing, browsing.post("/companies/act", data=sent)))
        == "2 companies put into the group “Dream”."
    )
    browsing.post("/companies/act", data=sent | {"ids": ids(watched, "proseware")})
    (group,) = (one for one in wishes.groups(db, watched.user) if one["name"] == "Dream")
    assert group["company_ids"] == sorted(ids(watched, "litware", "adatum", "proseware"))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"do": "scan"}, "Nothing was chosen"),
        ({"do": "group", "ids": 1}, "Choose a group"),
        ({"do": "interval", "ids": 1, "interval": "5"}, "60"),
        ({"do": "eat", "ids": 1}, "Choose one of what is offered"),
    ],
)
def test_what_cannot_be_done_changes_nothing_and_says_why(browsing, watched, db, sent, said):
    before = stored(db)
    sent = sent | ({"ids": watched.companies["litware"]} if "ids" in sent else {})
    assert said in notice(follow(browsing, browsing.post("/companies/act", data=sent)))
    assert stored(db) == before


def test_deleting_is_asked_about_on_a_page_that_names_what_goes(browsing, watched, db):
    chosen = ids(watched, "proseware", "fabrikam")
    answer = browsing.post("/companies/act", data={"do": "delete", "ids": chosen, "back": "/companies?name=a"})
    page = follow(browsing, answer)
    assert "Delete 2 companies?" in page.text
    assert "proseware" in stored(db), "asking deletes nothing"
    (form,) = html.fromstring(page.text).xpath("//main//form")
    answer = browsing.post("/companies/delete", data=list_of(form))
    assert answer.headers["location"] == "/companies?name=a"
    assert notice(follow(browsing, answer)) == "2 companies deleted, with all postings."
    assert not {"proseware", "fabrikam"} & set(stored(db))
    assert "litware" in stored(db)


def test_what_was_added_since_the_question_is_not_deleted_with_the_rest(browsing, watched, db):
    page = follow(browsing, browsing.post("/companies/act", data={"do": "delete", "all": "1", "which": "ats=lever"}))
    (form,) = html.fromstring(page.text).xpath("//main//form")
    company(db, "wingtip", ats="lever")
    asked = follow(browsing, browsing.post("/companies/delete", data=list_of(form)))
    assert "The list has changed meanwhile" in notice(asked)
    assert "Wingtip" in asked.text
    assert {"wingtip", "litware", "woodgrove"} <= set(stored(db))


def test_very_many_are_not_deleted_at_once(browsing, db):
    companies.add_many(
        db, [companies.NewBoard(f"C{n}", "lever", f"c{n}", f"https://l.example/{n}") for n in range(201)]
    )
    db.commit()
    answer = follow(browsing, browsing.post("/companies/act", data={"do": "delete", "all": "1"}))
    assert answer.status_code == 422
    assert "At most 200 companies" in answer.text
    browsing.post("/companies/delete", data={"all": "1", "count": 201})
    assert len(stored(db)) == 201


def list_of(form) -> dict:
    fields: dict = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields


def test_members_neither_pause_nor_delete_and_are_not_offered_it(accounts, watched, db):  # noqa: F811
    member = signing_in.sign_in(accounts, db, signing_in.person(db), Accept="text/html")
    page = member.get("/companies").text
    assert "Scan now" in page
    offered = set(html.fromstring(page).xpath("//form[@id='bulk']//button/@value"))
    assert offered == {"scan", "group"}
    chosen = {"ids": watched.companies["litware"]}
    before = stored(db)
    for do in ("pause", "interval"):
        assert member.post("/companies/act", data={"do": do, **chosen}).status_code == 403
    assert member.post("/companies/delete", data={"count": 1, **chosen}).status_code == 403
    assert member.post(f"/companies/{chosen['ids']}/change", data={"name": "Mine"}).status_code == 403
    assert stored(db) == before


def test_the_list_is_a_file_that_can_be_read_in_again(browsing, watched):
    for link in html.fromstring(browsing.get("/companies").text).xpath("//a[@download]/@href"):
        assert "litware" in browsing.get(link).text


# -- in a browser ---------------------------------------------------------------------------------------------


def test_a_run_that_ends_is_shown_by_itself_and_keeps_what_was_ticked(visitor, watched, db):
    page = visitor.open("/companies")
    item = page.locator(f"[data-item='{watched.companies['litware']}']")
    item.locator("input").check()
    item.get_by_text("Read in part").wait_for()
    run(db, watched.boards["litware"], datetime.now(UTC), "changed", found=17)
    db.execute(
        text("UPDATE boards SET last_outcome = 'changed', last_run_at = now(), last_read_at = now() WHERE id = :id"),
        {"id": watched.boards["litware"]},
    )
    db.commit()
    page.locator(f"[data-item='{watched.companies['litware']}']", has_text="Watched well").wait_for()
    assert item.locator("input").is_checked()


def test_without_scripts_companies_are_found_and_paused(visitor, watched, db):
    page = visitor.open("/companies", scripts=False)
    page.get_by_label("Part of the name").fill("prose")
    page.get_by_role("button", name="Search").click()
    page.get_by_label("Choose Proseware").check()
    page.get_by_role("button", name="Pause").click()
    assert "1 company paused." in page.locator("#notice").inner_text()
    assert not stored(db)["proseware"][0]


def test_the_cause_of_a_failure_is_said_where_it_is_looked_at(browsing, watched):
    page = browsing.get(f"/companies/{watched.companies['fabrikam']}").text
    for said in ("The host did not answer usefully", BROKEN, "The next scan tries again", "3 scans in a row"):
        assert said in page
