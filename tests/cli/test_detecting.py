"""`rolecall detect`, and adding what it finds."""

import json

import pytest
from sqlalchemy import text

from tests import scanning
from tests.boards import Internet
from worker import robots

HOME = "https://www.proseware.example"


@pytest.fixture
def net(db, redis):
    robots.MEMORY.clear()
    with Internet(seed=5, companies=11) as net, scanning.inside(net):
        yield net


def watched(db):
    found = db.execute(text("SELECT name, ats, key FROM companies JOIN boards ON companies.id = company_id")).all()
    db.commit()
    return [tuple(row) for row in found]


def embed(net, *companies):
    net.page(f"{HOME}/jobs", "".join(f'<iframe src="{one.address}"></iframe>' for one in companies))


def test_a_detection_is_told_with_certainty_evidence_number_and_titles(rolecall, net, db):
    company = net.world.of("greenhouse")[0]
    embed(net, company)
    ran = rolecall("detect", f"{HOME}/jobs")
    assert ran.code == 0
    first, evidence, postings, remedy, tried = ran.out.splitlines()
    assert first == f"1. {company.name}  {company.address}  (greenhouse, certain)"
    assert evidence.strip().startswith(f"{HOME}/jobs embeds it")
    assert postings.strip().startswith(f"{len(net.world.open_ids(company))} open postings: ")
    assert postings.count(";") == 4
    assert remedy.strip() == f"rolecall add {company.address}"
    assert tried == f"Tried: {HOME}/jobs: a board in it."
    assert ran.err.startswith("3 requests, ")
    assert watched(db) == []


def test_programs_get_all_of_it_as_json(rolecall, net):
    one, other = net.world.of("greenhouse")[0], net.world.of("lever")[0]
    embed(net, one, other)
    found = json.loads(rolecall("detect", f"{HOME}/jobs", "--json").stdout)
    assert found["chosen"] is None
    assert {(each["ats"], each["board"], each["certainty"]) for each in found["candidates"]} == {
        ("greenhouse", one.slug, "certain"), ("lever", other.slug, "certain")
    }  # fmt: skip
    assert all(len(each["titles"]) == 5 and each["error"] is None for each in found["candidates"])
    assert (found["what"], found["requests"]) == (f"{HOME}/jobs", 4)


def test_where_nothing_is_found_the_tries_are_named_and_the_exit_code_is_1(rolecall, net):
    ran = rolecall("detect", "nobody-here.example")
    assert ran.code == 1
    assert ran.err.startswith("Error: No board was found for 'nobody-here.example'. Paste the address of ")
    assert "Tried: https://nobody-here.example/: there is no such page." in ran.out
    ran = rolecall("detect", "nobody-here.example", "--json")
    assert ran.code == 1
    assert json.loads(ran.stdout)["candidates"] == []


@pytest.mark.parametrize("wanted", ["ftp://acme.example", "http://127.0.0.1/jobs", "!"])
def test_what_cannot_be_looked_for_is_refused(rolecall, net, wanted):
    ran = rolecall("detect", wanted)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: ")


def test_a_page_a_domain_and_a_name_are_added_by_what_is_found(rolecall, net, db):
    one, other, third = (net.world.of(ats)[0] for ats in ("greenhouse", "lever", "ashby"))
    embed(net, one)
    net.page(f"https://{other.slug}.example/", f'<a href="{other.address}">Jobs</a>')
    ran = rolecall("add", f"{HOME}/jobs", f"{other.slug}.example", third.name)
    assert ran.code == 0, ran.err
    assert watched(db) == [
        (one.name, "greenhouse", one.slug),
        (other.slug.title(), "lever", other.slug),
        (third.name, "ashby", third.slug),
    ]


def test_a_site_on_the_companys_own_domain_is_added_and_scanned_there(rolecall, net, db):
    company = net.world.of("recruitee")[0]
    asset = '<img src="https://careers.recruiteecdn.com/1.png">'
    net.page("https://careers.proseware.example/", asset)
    board = net.server.origin.world.view(company)
    offers = company.vendor.routes[0][3]
    net.page("https://careers.proseware.example/api/offers/", lambda request: offers(board, request, ""))
    assert rolecall("add", "https://careers.proseware.example/", "--name", "Proseware").code == 0
    assert watched(db) == [("Proseware", "recruitee", "careers.proseware.example")]
    (run,) = scanning.scan(db)
    assert (run["outcome"], run["found"]) == ("changed", len(board.roles))


def test_of_several_boards_none_is_added_and_each_is_shown_with_how_to_add_it(rolecall, net, db):
    one, other = net.world.of("greenhouse")[0], net.world.of("lever")[0]
    embed(net, one, other)
    ran = rolecall("add", f"{HOME}/jobs")
    assert (ran.code, watched(db)) == (1, [])
    assert "may mean one of several boards" in ran.err
    for company in (one, other):
        assert f"rolecall add {company.address}" in ran.out
    assert ran.out.startswith("1. ")
    assert "\n2. " in ran.out


def test_of_several_wishes_each_is_carried_out_or_named(rolecall, net, db):
    company = net.world.of("greenhouse")[0]
    ran = rolecall("add", "nobody-here.example", company.address)
    assert ran.code == 1
    assert ran.err.startswith("Error: No board was found for 'nobody-here.example'. Paste the address of ")
    assert ran.out.startswith("Tried: https://nobody-here.example/: there is no such page.\n")
    assert [row[2] for row in watched(db)] == [company.slug]
