"""Sites without a vendor, from scan to database: pages that may be postings, read one by one and remembered."""

from collections import Counter

import pytest
from sqlalchemy import text

from tests.boards import Internet
from tests.boards.vendors.careers_page import Opening, Site
from tests.scanning import events, inside, let_pass, open_postings, scan_one
from worker.criteria import Criteria
from worker.detect import from_key
from worker.dry_run import Target, dry_run
from worker.extractors.careers_page import board_key
from worker.settings import get_settings
from worker.store import companies
from worker.wish import wish_for


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=3, companies=1) as net:
        yield net


@pytest.fixture
def net(shared_net, db, redis):
    shared_net.clear()
    shared_net.server.origin.pages.clear()
    with inside(shared_net):
        yield shared_net
    shared_net.clear()


@pytest.fixture
def site(net):
    """A site with twelve postings and a page that only looks like one, all in its sitemap."""
    site = Site("www.acme.example", junk=["/jobs/how-we-work"])
    site.fill(12)
    net.page(site.everywhere, site)
    return site


def add(db, site):
    board = from_key("careers_page", board_key(site.address))
    added = companies.add(db, name="Acme", ats=board.ats, key=board.key, url=board.url)
    db.commit()
    return added


@pytest.fixture
def added(site, db):
    """The ids of that site's board, read once."""
    added = add(db, site)
    assert scan_one(db, added.company_id)["outcome"] == "changed"
    return added


def asked(net, work):
    """Return the paths of job pages that are asked for while `work` is done, and what it returned."""
    before = len(net.requests)
    found = work()
    return sorted(seen.target for seen in net.requests[before:] if seen.target.startswith("/jobs/")), found


def titles(site):
    return {f"/jobs/{slug}": one.title for slug, one in site.openings.items() if one.markup and not one.gone}


def let_pages_age(db, interval):
    db.execute(text("UPDATE postings SET last_seen_at = last_seen_at - CAST(:gone AS interval)"), {"gone": interval})
    let_pass(db, interval)


def test_a_first_scan_writes_the_postings_that_the_sitemaps_lead_to(site, added, db):
    assert open_postings(db, added.board_id) == titles(site)
    assert Counter(kind for kind, _ in events(db, added.board_id)) == {"opened": 12}
    row = db.execute(text("SELECT * FROM postings WHERE external_id = '/jobs/role-3'")).one()
    assert row.url == "https://www.acme.example/jobs/role-3"
    assert (row.locations, row.country_codes, row.employment_type) == (["Oslo, NO"], ["NO"], "FULL_TIME")
    assert row.description_text == "Polish the telescopes."
    assert row.extras == {"company": "Acme"}


def test_a_second_scan_asks_for_no_page_of_a_posting_and_writes_nothing(net, site, added, db):
    before = db.execute(text("SELECT xmin::text FROM postings ORDER BY id")).all()
    let_pass(db, "25 hours")  # read in full, not compared by digest
    pages, run = asked(net, lambda: scan_one(db, added.company_id))
    assert (run["outcome"], run["found"], run["details_pending"]) == ("unchanged", 12, 0)
    assert pages == []
    assert db.execute(text("SELECT xmin::text FROM postings ORDER BY id")).all() == before


def test_only_pages_that_changed_are_read_again(net, site, added, db):
    site.openings["role-3"] = Opening("Role 3", text="Polish them twice.", lastmod="2026-11-20")
    site.openings["role-4"].lastmod = "2026-11-20"  # and says the same as before
    pages, run = asked(net, lambda: scan_one(db, added.company_id))
    assert pages == ["/jobs/role-3", "/jobs/role-4"]
    assert (run["outcome"], run["updated"]) == ("changed", 1)
    changed = db.execute(text("SELECT changes FROM posting_events WHERE kind = 'updated'")).scalar_one()
    assert changed == {"description_text": ["Polish the telescopes.", "Polish them twice."]}


def test_a_new_page_opens_and_one_that_left_the_sitemap_closes(site, added, db):
    del site.openings["role-0"]
    site.openings["role-new"] = Opening("Role new")
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["opened"], run["closed"], run["found"]) == ("changed", 1, 1, 12)
    assert open_postings(db, added.board_id) == titles(site)


@pytest.mark.parametrize("how", [{"gone": True}, {"markup": False}, {"valid_through": "2026-01-31"}])
def test_a_posting_whose_page_is_gone_or_over_closes_once_and_is_left_alone(how, net, site, added, db):
    site.openings["role-3"] = Opening("Role 3", lastmod="2026-11-20", **how)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["closed"], run["found"]) == ("changed", 1, 11)
    for _ in range(2):  # closed for good is only what a second look confirms
        let_pass(db, "25 hours")
        run = scan_one(db, added.company_id)
        assert (run["outcome"], run["reopened"], run["found"]) == ("unchanged", 0, 11)
    let_pass(db, "25 hours")
    assert asked(net, lambda: scan_one(db, added.company_id))[0] == []
    assert [kind for kind, name in events(db, added.board_id) if name == "/jobs/role-3"] == ["opened", "closed"]


def test_a_posting_that_comes_back_is_reopened(site, added, db):
    site.openings["role-3"] = Opening("Role 3", lastmod="2026-11-20", markup=False)
    assert scan_one(db, added.company_id)["closed"] == 1
    scan_one(db, added.company_id)
    site.openings["role-3"] = Opening("Role 3", lastmod="2026-11-21")
    assert scan_one(db, added.company_id)["reopened"] == 1
    assert open_postings(db, added.board_id) == titles(site)


def test_a_page_that_is_no_posting_is_asked_once_and_again_when_it_changed(net, site, db):
    added = add(db, site)
    pages, _ = asked(net, lambda: scan_one(db, added.company_id))
    assert "/jobs/how-we-work" in pages
    site.fill(13)
    pages, run = asked(net, lambda: scan_one(db, added.company_id))
    assert (pages, run["opened"]) == (["/jobs/role-12"], 1)
    site.junk_lastmod = "2026-11-20"
    assert asked(net, lambda: scan_one(db, added.company_id))[0] == ["/jobs/how-we-work"]


def test_postings_beyond_the_budget_are_no_news_before_they_are_read_and_then_belong_to_the_first_reading(site, db):
    site.fill(230)
    added = add(db, site)
    seen = []
    for _ in range(3):
        run = scan_one(db, added.company_id)
        assert run["closed"] == 0
        assert len(open_postings(db, added.board_id)) == run["found"]
        seen.append((run["outcome"], run["opened"], run["details_pending"]))
    assert seen == [("changed", 100, 131), ("changed", 100, 31), ("changed", 30, 0)]
    assert "wait for the next run" in str(scan_notes(db))
    assert open_postings(db, added.board_id) == titles(site)
    assert db.execute(text("SELECT DISTINCT baseline FROM posting_events")).scalars().all() == [True]
    site.openings["role-new"] = Opening("Role new")
    scan_one(db, added.company_id)
    assert db.execute(text("SELECT count(*) FROM posting_events WHERE NOT baseline")).scalar_one() == 1


def scan_notes(db):
    return db.execute(text("SELECT notes FROM scan_runs ORDER BY id")).scalars().all()


def test_without_sitemaps_pages_are_read_again_after_a_day_the_oldest_first(net, site, db):
    site.in_sitemap, site.linked = False, True
    site.fill(130)
    added = add(db, site)
    while scan_one(db, added.company_id)["details_pending"]:
        pass
    assert open_postings(db, added.board_id) == titles(site)
    site.openings["role-7"].text = "Polish them twice."
    let_pass(db, "25 hours")
    assert scan_one(db, added.company_id)["updated"] == 0  # read a moment ago
    let_pages_age(db, "25 hours")
    first, run = asked(net, lambda: scan_one(db, added.company_id))
    let_pass(db, "25 hours")
    second, other = asked(net, lambda: scan_one(db, added.company_id))
    assert (len(first), len(second), set(first) & set(second)) == (100, 30, set())
    assert (run["updated"] + other["updated"], run["details_pending"]) == (1, 0)


def test_most_pages_without_markup_at_once_are_suspect_and_believed_an_hour_later(site, added, db):
    for one in site.openings.values():
        one.markup, one.lastmod = False, "2026-11-20"
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["closed"], len(open_postings(db, added.board_id))) == ("suspect", 0, 12)
    let_pass(db, "2 hours")
    assert scan_one(db, added.company_id)["closed"] == 12


def test_a_site_whose_pages_recover_from_that_has_lost_nothing(site, added, db):
    for one in site.openings.values():
        one.markup, one.lastmod = False, "2026-11-20"
    scan_one(db, added.company_id)
    for one in site.openings.values():
        one.markup = True
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["closed"], run["reopened"]) == ("unchanged", 0, 0)
    assert open_postings(db, added.board_id) == titles(site)


def test_a_site_that_shows_no_posting_at_all_is_an_error_and_no_empty_board(net, site, db):
    site.openings, site.junk = {}, []
    added = add(db, site)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["error_kind"]) == ("failed", "NothingListed")
    assert "no posting could be found at https://www.acme.example/careers" in run["error"]
    assert "sitemap_index.xml" in run["error"]
    assert db.execute(text("SELECT baseline_at FROM boards")).scalar_one() is None


def test_a_site_on_which_nothing_that_looks_like_a_posting_is_one_is_an_error(site, db):
    site.openings, site.junk = {}, ["/jobs/how-we-work", "/careers/our-story"]
    added = add(db, site)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["error_kind"]) == ("failed", "NothingListed")
    assert "acme.example/careers/*, acme.example/jobs/*" in run["error"]


def test_where_nothing_is_listed_any_more_each_known_page_is_asked_itself(site, added, db):
    site.in_sitemap = False
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["found"]) == ("unchanged", 12)
    for one in site.openings.values():
        one.gone = True
    let_pages_age(db, "25 hours")
    assert scan_one(db, added.company_id)["outcome"] == "suspect"
    let_pass(db, "2 hours")
    assert scan_one(db, added.company_id)["closed"] == 12
    let_pass(db, "25 hours")
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["error_kind"]) == ("failed", "NothingListed")


def test_a_sitemap_that_breaks_off_closes_nothing_and_says_why(site, added, db):
    del site.openings["role-0"]
    site.broken_sitemap = True
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["closed"]) == ("partial", 0)
    assert "sitemap-jobs.xml.gz could not be read in full" in run["error"]
    assert len(open_postings(db, added.board_id)) == 12


def test_pages_of_a_kind_that_never_was_a_posting_are_left_alone(net, site, db):
    site.junk = [f"/careers/story-{n}" for n in range(250)]
    added = add(db, site)
    first = scan_one(db, added.company_id)
    assert first["details_pending"] == 162
    second = scan_one(db, added.company_id)
    assert (second["found"], second["details_pending"]) == (12, 0)
    assert "162 pages like acme.example/careers/* were not read" in str(second["notes"])


def test_one_page_in_trouble_keeps_no_other_from_being_read(net, site, db):
    net.fault("www.acme.example", "status", path="/jobs/role-3", code=500)
    added = add(db, site)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["opened"], run["details_pending"]) == ("changed", 11, 0)
    assert "https://www.acme.example/jobs/role-3 was not read" in str(run["notes"])
    net.clear("www.acme.example")
    let_pass(db, "25 hours")
    assert scan_one(db, added.company_id)["opened"] == 1
    assert open_postings(db, added.board_id) == titles(site)


def test_a_host_in_trouble_is_left_alone_and_the_rest_waits(net, site, db):
    net.fault("www.acme.example", "status", path="/jobs/", code=500, after=5)
    added = add(db, site)
    run = scan_one(db, added.company_id)
    assert (run["opened"], run["details_pending"]) == (5, 6)
    assert "details stopped" in str(run["notes"])
    net.clear("www.acme.example")
    assert scan_one(db, added.company_id)["opened"] == 7
    assert db.execute(text("SELECT DISTINCT baseline FROM posting_events")).scalars().all() == [True]


def test_a_page_that_answers_with_an_error_is_neither_stored_nor_taken_for_gone(net, site, added, db):
    net.fault("www.acme.example", "status", path="/jobs/role-3", code=403)
    net.fault("www.acme.example", "status", path="/jobs/role-new", code=403)
    site.openings["role-3"].lastmod = "2026-11-20"
    site.openings["role-new"] = Opening("Role new")
    run = scan_one(db, added.company_id)
    assert (run["closed"], run["opened"], run["found"]) == (0, 0, 12)
    assert "no details of /jobs/role-3" in str(run["notes"])
    assert "/jobs/role-3" in open_postings(db, added.board_id)


def test_a_dry_run_shows_the_postings_behind_the_addresses(site, db):
    board = from_key("careers_page", board_key(site.address))
    [answer] = dry_run([Target(site.address, wish_for(Criteria(title_filters="-7")), board=board)], get_settings())
    assert (answer.error, answer.found, answer.matched, answer.incomplete) == (None, 12, 11, None)
    assert {one.posting.title for one in answer.rejected} == {"Role 7"}
