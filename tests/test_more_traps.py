"""What vendors do to those who scan them, as the whole pipeline meets it."""

from dataclasses import replace
from datetime import UTC, datetime
from math import inf

import pytest
from sqlalchemy import text

from tests.boards import Internet
from tests.boards.wire import json_answer
from tests.scanning import inside, let_pass, open_postings, scan_one, watch
from worker.diff import CONTENT_FIELDS, changes, content_hash
from worker.extractors import extractor
from worker.posting import Posting
from worker.store import companies, inventory


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=41, companies=11) as net:
        yield net


@pytest.fixture
def net(shared_net, db, redis):
    shared_net.clear()
    with inside(shared_net):
        yield shared_net
    shared_net.server.origin.pages.clear()
    shared_net.clear()


# -- how fast, and who shares a host ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ats", "a_second", "at_once"),
    [
        ("greenhouse", inf, 6),
        ("lever", 2, 6),
        ("ashby", inf, 6),
        ("smartrecruiters", 10, 8),
        ("workday", 4, inf),
        ("workable", inf, 2),
        ("teamtailor", 62 / 10, inf),
        ("rippling", 100 / 600, inf),
    ],
)
def test_no_vendor_is_asked_faster_than_it_says_or_is_known_to_bear(ats, a_second, at_once):
    one = extractor(ats)
    assert one.rate <= a_second
    assert one.in_flight <= at_once


@pytest.mark.parametrize(
    ("ats", "addresses"),
    [
        ("greenhouse", ["https://boards.greenhouse.io/acme", "https://job-boards.eu.greenhouse.io/other"]),
        ("lever", ["https://jobs.lever.co/acme", "https://jobs.eu.lever.co/other"]),
        ("ashby", ["https://jobs.ashbyhq.com/acme", "https://jobs.ashbyhq.com/other"]),
        ("smartrecruiters", ["https://jobs.smartrecruiters.com/Acme", "https://careers.smartrecruiters.com/Other"]),
        ("workable", ["https://apply.workable.com/acme", "https://other.workable.com"]),
        ("rippling", ["https://ats.rippling.com/acme/jobs", "https://ats.us1.rippling.com/other/jobs"]),
        (
            "workday",
            ["https://acme.wd5.myworkdayjobs.com/Careers", "https://other.wd103.myworkdayjobs.com/Jobs",
             "https://wd1.myworkdaysite.com/recruiting/third/Careers"],
        ),
        ("icims", ["https://careers-acme.icims.com/jobs", "https://uscareers-other.icims.com/jobs"]),
        ("recruitee", ["https://acme.recruitee.com", "https://other.recruitee.com"]),
        ("personio", ["https://acme.jobs.personio.de", "https://other.jobs.personio.com"]),
        ("teamtailor", ["https://acme.teamtailor.com/jobs", "https://other.na.teamtailor.com/jobs"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_all_boards_of_a_vendor_with_one_edge_share_one_pace(ats, addresses):
    one = extractor(ats)
    keys = [one.recognise(address) for address in addresses]
    assert None not in keys
    assert len({one.pace_host(key) for key in keys}) == 1


@pytest.mark.parametrize("ats", ["teamtailor", "recruitee"])
def test_sites_on_companies_own_domains_share_the_pace_of_the_vendor_behind_them(ats):
    one = extractor(ats)
    assert one.pace_host({"board": "careers.acme.example"}) == one.pace_host({"board": "acme"})


# -- what an edge answers in place of the board -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ats", "status", "kind"),
    [
        ("teamtailor", 403, "BoardRefused"),
        ("greenhouse", 529, "BoardUnavailable"),
        ("workday", 303, "BoardUnavailable"),
        ("recruitee", 401, "BoardRefused"),
    ],
)
def test_what_an_edge_answers_in_place_of_the_board_closes_nothing(ats, status, kind, net, db):
    company = net.world.of(ats)[0]
    added = watch(db, company)
    scan_one(db, added.company_id)
    before = open_postings(db, added.board_id)
    let_pass(db, "25 hours")  # read in full again, not answered by a 304
    net.fault(company, "status", code=status)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["error_kind"]) == ("failed", kind)
    assert open_postings(db, added.board_id) == before


def test_a_scan_heeds_what_a_status_means_with_its_vendor(net, db):
    net.page("https://jsapi.recruiterbox.com/v1/openings", json_answer({"error": "Invalid client name"}, 400))
    added = companies.add(db, name="Acme", ats="trakstar", key="acme", url="https://acme.hire.trakstar.com")
    db.commit()
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["error_kind"]) == ("gone", "BoardNotFound")


def test_two_404s_half_a_day_apart_close_nothing_and_a_third_does(net, db):
    company = net.world.add_company("greenhouse", postings=4)
    added = watch(db, company)
    scan_one(db, added.company_id)
    net.fault(company, "not_found")
    for closed in (0, 0, 4):
        run = scan_one(db, added.company_id)
        assert (run["outcome"], run["closed"]) == ("gone", closed)
        let_pass(db, "13 hours")


def test_an_etag_that_stays_though_the_board_changed_is_believed_for_a_day_at_most(net, db):
    company = net.world.add_company("greenhouse", postings=4)
    added = watch(db, company)
    scan_one(db, added.company_id)
    net.world.open(company, 1)
    now = net.session().get(
        f"https://boards-api.greenhouse.io/v1/boards/{company.key['board']}/jobs?content=true&pay_transparency=true",
        timeout=10,
    )
    db.execute(text("UPDATE boards SET etag = :etag, last_modified = NULL"), {"etag": now.headers["ETag"]})
    db.commit()
    assert scan_one(db, added.company_id)["not_modified"]
    let_pass(db, "25 hours")
    assert scan_one(db, added.company_id)["opened"] == 1


def test_a_list_that_breaks_down_halfway_is_a_part_and_closes_nothing(net, db):
    company = net.world.add_company("workday", postings=50)  # three pages
    added = watch(db, company)
    scan_one(db, added.company_id)
    net.world.close(company, sorted(net.world.open_ids(company))[-3:])
    for after in (2, 5):  # the third page of each of both tries
        net.fault(company, "status", code=502, path="/jobs", requests=1, after=after)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["closed"]) == ("partial", 0)
    assert "502" in run["error"]
    assert len(open_postings(db, added.board_id)) == 50


# -- lists and the documents of their postings ------------------------------------------------------------------------


@pytest.mark.parametrize(("ats", "document"), [("smartrecruiters", "/postings/"), ("workday", "/job/")])
def test_the_documents_of_known_postings_are_not_asked_for_again(ats, document, net, db):
    company = net.world.add_company(ats, postings=6)
    added = watch(db, company)

    def documents() -> list[str]:
        before = len(net.requests)
        run = scan_one(db, added.company_id)
        assert run["details_pending"] == 0
        return [one.target for one in net.requests[before:] if document in one.target]

    assert len(documents()) == 6
    let_pass(db, "25 hours")  # the list is read in full, not compared by digest
    assert documents() == []
    name = min(net.world.open_ids(company))
    net.world.edit(company, name, title="Chief Telescope Polisher")
    assert len(documents()) == 1


def test_a_posting_whose_document_is_gone_stands_as_its_row_says(net, db):
    company = net.world.add_company("workday", postings=3)
    added = watch(db, company)
    net.fault(company, "status", path="/job/", code=410)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["opened"], run["details_pending"]) == ("changed", 3, 0)
    assert open_postings(db, added.board_id) == net.world.titles(company)


def test_a_board_whose_name_is_spelt_in_other_capitals_is_the_same_board(db):
    url = "https://jobs.smartrecruiters.com/{}"
    added = [
        companies.add(db, name="Acme", ats="smartrecruiters", key=key, url=url.format(key))
        for key in ("AcmeGroup", "ACMEgroup")
    ]
    assert [one.new for one in added] == [True, False]
    assert added[0].board_id == added[1].board_id


def test_one_id_on_two_boards_is_two_postings(db):
    boards = [
        companies.add(db, name=name, ats="lever", key=name, url=f"https://jobs.lever.co/{name}").board_id
        for name in ("acme", "other")
    ]
    for board in boards:
        posting = Posting(external_id="7", title="Baker", url="https://jobs.example/7")
        inventory.insert(db, board, [inventory.Row(posting, b"c", b"r", detail_pending=False)], now=datetime.now(UTC))
    assert db.execute(text("SELECT count(*) FROM postings WHERE external_id = '7'")).scalar_one() == 2


# -- what is news -----------------------------------------------------------------------------------------------------

POSTING = Posting(
    external_id="7",
    title="Baker",
    url="https://acme.example/jobs/7",
    apply_url="https://acme.example/jobs/7/apply",
    posted_at=datetime(2026, 9, 1, tzinfo=UTC),
    description_html="<p>Bake.</p>",
    description_text="Bake.",
    extras={"category": "Food"},
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "https://acme.example/jobs/7-chief-baker?source=x"),
        ("apply_url", None),
        ("posted_at", datetime(2026, 11, 20, tzinfo=UTC)),
        ("description_html", '<div class="new"><p>Bake.</p></div>'),
        ("extras", {"category": "Food & Drink"}),
    ],
)
def test_addresses_dates_of_posting_and_markup_move_without_news(field, value):
    moved = replace(POSTING, **{field: value})
    assert content_hash(moved) == content_hash(POSTING)
    before = {name: getattr(POSTING, name) for name in (*CONTENT_FIELDS, "places")}
    assert changes(before, moved) == {}
