"""One run of one board, seen from the database: what opened, changed and closed, and what must never close."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.boards import Internet
from tests.scanning import (
    events,
    inside,
    let_pass,
    open_postings,
    scan,
    scan_one,
    start,
    watch,
    work,
)
from worker import dispatch
from worker.criteria import Criteria
from worker.errors import StaleRun
from worker.findings import NOT_READ, Findings
from worker.scan import _commit
from worker.scan import scan as carry_out
from worker.settings import get_settings
from worker.store import people, runs, scans, wishes
from worker.verdict import Tally, of_reading

VENDORS = (
    "ashby",
    "gem",
    "greenhouse",
    "lever",
    "personio",
    "pinpoint",
    "recruitee",
    "smartrecruiters",
    "teamtailor",
    "workable",
    "workday",
)


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=11, companies=33) as net:
        yield net


@pytest.fixture
def net(shared_net, db, redis):
    shared_net.clear()
    with inside(shared_net):
        yield shared_net
    shared_net.clear()


@pytest.fixture
def board(net):
    """A fresh Greenhouse board of twelve postings."""
    return net.world.add_company("greenhouse", postings=12)


@pytest.fixture
def added(board, db):
    """The ids of that board, watched and read once."""
    added = watch(db, board)
    assert scan_one(db, added.company_id)["outcome"] == "changed"
    return added


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_first_scan_writes_exactly_what_the_board_shows(vendor, net, db):
    company = net.world.of(vendor)[0]
    added = watch(db, company)
    run = scan_one(db, added.company_id)
    assert run["outcome"] == "changed", run
    assert open_postings(db, added.board_id) == net.world.titles(company)
    assert Counter(kind for kind, _ in events(db, added.board_id)) == {"opened": len(net.world.open_ids(company))}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_second_scan_is_unchanged_and_writes_no_posting(vendor, net, db):
    company = net.world.of(vendor)[0]
    added = watch(db, company)
    for _ in range(4):  # until no details are left to fetch
        if not scan_one(db, added.company_id)["details_pending"]:
            break
    before = db.execute(text("SELECT xmin::text, external_id FROM postings ORDER BY id")).all()
    run = scan_one(db, added.company_id)
    assert run["outcome"] == "unchanged"
    assert run["found"] == len(net.world.open_ids(company))
    assert db.execute(text("SELECT xmin::text, external_id FROM postings ORDER BY id")).all() == before
    has_etags = vendor not in ("workday", "smartrecruiters", "workable")
    assert run["not_modified"] is has_etags


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_happens_on_a_board_is_recorded_event_by_event(vendor, net, db):
    company = net.world.of(vendor)[1]
    added = watch(db, company)
    seen = [net.world.round]
    scan_one(db, added.company_id)
    for _ in range(6):
        net.advance()
        seen.append(net.world.round)
        assert scan_one(db, added.company_id)["outcome"] in ("changed", "unchanged")
    expected = net.world.expected_events({company.slug: seen})
    assert Counter(events(db, added.board_id)) == Counter((change.kind, change.external_id) for change in expected)
    assert open_postings(db, added.board_id) == net.world.titles(company)


def test_an_update_says_which_fields_changed_and_how(board, added, net, db):
    name = min(net.world.open_ids(board))
    before = net.world.titles(board)[name]
    net.world.edit(board, name, title="Chief Telescope Polisher")
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["updated"]) == ("changed", 1)
    changed = db.execute(text("SELECT changes FROM posting_events WHERE kind = 'updated'")).scalar_one()
    assert changed["title"] == [before, "Chief Telescope Polisher"]
    assert set(changed) == {"title", "description_text"}  # the simulated texts name their role


def test_a_closed_posting_that_comes_back_is_reopened_not_new(board, added, net, db):
    name = min(net.world.open_ids(board))
    net.world.close(board, [name])
    assert scan_one(db, added.company_id)["closed"] == 1
    net.world.reopen(board, [name])
    run = scan_one(db, added.company_id)
    assert (run["reopened"], run["opened"]) == (1, 0)
    assert [kind for kind, external_id in events(db, added.board_id) if external_id == name] == [
        "opened",
        "closed",
        "reopened",
    ]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("status", "BoardUnavailable"),
        ("too_many", "BoardUnavailable"),
        ("reset", "BoardUnavailable"),
        ("truncated_body", "BoardUnavailable"),
        ("html", "UnexpectedPayload"),
        ("wrong_shape", "UnexpectedPayload"),
        ("huge", "UnexpectedPayload"),
        ("gzip_bomb", "UnexpectedPayload"),
        ("redirect_away", "BoardMoved"),
        ("redirect_private", "UnsafeAddress"),
        ("not_found", "BoardNotFound"),
    ],
)
def test_a_board_that_cannot_be_read_closes_nothing_and_says_why(fault, kind, board, added, net, db):
    before = open_postings(db, added.board_id)
    let_pass(db, "25 hours")  # read in full again, not answered by a 304
    net.fault(board, fault)
    run = scan_one(db, added.company_id)
    assert run["outcome"] == ("gone" if kind == "BoardNotFound" else "failed")
    assert run["error_kind"] == kind
    assert len(run["error"]) > 20
    assert open_postings(db, added.board_id) == before
    net.clear(board)
    assert scan_one(db, added.company_id)["outcome"] == "unchanged"


def test_a_board_that_recovers_within_its_tries_is_read_as_if_nothing_had_been(board, added, net, db):
    net.world.open(board, 1)
    net.fault(board, "status", requests=1, code=503)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["attempt"], run["opened"]) == ("changed", 2, 1)


def test_a_truncated_board_closes_nothing_but_shows_its_news(board, added, net, db):
    gone = min(net.world.open_ids(board))
    net.world.close(board, [gone])
    (new,) = net.world.open(board, 1)
    net.fault(board, "truncated_inventory", missing=3)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["opened"], run["closed"]) == ("partial", 1, 0)
    assert "advertises" in run["error"]
    assert {gone, new.id} <= set(open_postings(db, added.board_id))
    net.clear(board)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["closed"]) == ("changed", 1)


def test_a_bad_posting_is_skipped_and_shown_and_does_not_close(board, added, net, db):
    before = open_postings(db, added.board_id)
    let_pass(db, "25 hours")
    net.fault(board, "bad_posting", count=1)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["skipped"], run["closed"]) == ("unchanged", 1, 0)
    assert "title" in run["notes"][0]
    assert open_postings(db, added.board_id) == before


def test_broken_utf8_costs_a_letter_and_not_the_board(board, added, net, db):
    let_pass(db, "25 hours")
    net.fault(board, "broken_utf8")
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["found"]) == ("changed", 12)


def test_most_of_a_board_missing_is_suspect_and_believed_only_when_an_hour_later_says_the_same(board, added, net, db):
    net.world.close_most(board, 0.8)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["closed"]) == ("suspect", 0)
    assert scan_one(db, added.company_id)["outcome"] == "suspect"
    let_pass(db, "61 minutes")
    run = scan_one(db, added.company_id)
    assert run["outcome"] == "changed"
    assert open_postings(db, added.board_id) == net.world.titles(board)


def test_a_person_who_asks_again_confirms_a_mass_closure(board, added, net, db):
    net.world.close_most(board, 0.8)
    assert scan_one(db, added.company_id, trigger="api")["outcome"] == "suspect"
    assert scan_one(db, added.company_id, trigger="api")["outcome"] == "changed"
    assert open_postings(db, added.board_id) == net.world.titles(board)


def test_a_board_that_recovers_from_a_suspect_reading_has_lost_nothing(board, added, net, db):
    before = open_postings(db, added.board_id)
    net.fault(board, "empty")
    assert scan_one(db, added.company_id)["outcome"] == "suspect"
    net.clear(board)
    assert scan_one(db, added.company_id)["outcome"] == "unchanged"
    let_pass(db, "2 hours")
    net.fault(board, "empty")
    assert scan_one(db, added.company_id)["outcome"] == "suspect"
    assert open_postings(db, added.board_id) == before


def test_a_part_that_shows_most_of_a_board_ends_the_suspicion(board, added, net, db):
    before = open_postings(db, added.board_id)
    net.fault(board, "empty")
    assert scan_one(db, added.company_id)["outcome"] == "suspect"
    net.clear(board)
    net.fault(board, "truncated_inventory", missing=1)
    assert scan_one(db, added.company_id)["outcome"] == "partial"
    let_pass(db, "30 days")
    net.clear(board)
    net.fault(board, "empty")
    assert scan_one(db, added.company_id)["outcome"] == "suspect"
    assert open_postings(db, added.board_id) == before


def test_a_404_closes_only_after_three_confirmations_over_twelve_hours(board, added, net, db):
    net.fault(board, "not_found")
    for _ in range(4):
        assert scan_one(db, added.company_id)["outcome"] == "gone"
    assert len(open_postings(db, added.board_id)) == 12
    let_pass(db, "12 hours")
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["closed"]) == ("gone", 12)
    assert open_postings(db, added.board_id) == {}
    net.clear(board)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["reopened"]) == ("changed", 12)


def test_one_404_between_good_readings_does_not_count_towards_the_next(board, added, net, db):
    for _ in range(3):
        net.fault(board, "not_found", requests=1)
        assert scan_one(db, added.company_id)["outcome"] == "gone"
        let_pass(db, "12 hours")
        assert scan_one(db, added.company_id)["outcome"] == "unchanged"
    assert len(open_postings(db, added.board_id)) == 12


def test_details_beyond_the_budget_wait_for_the_next_run_and_are_no_change(net, db):
    company = net.world.add_company("workday", postings=130)
    added = watch(db, company)
    first = scan_one(db, added.company_id)
    assert (first["opened"], first["details_pending"]) == (130, 70)
    assert any("wait for the next run" in note for note in first["notes"])
    second = scan_one(db, added.company_id)
    third = scan_one(db, added.company_id)
    assert (second["details_pending"], third["details_pending"]) == (10, 0)
    assert {kind for kind, _ in events(db, added.board_id)} == {"opened"}
    without = db.execute(text("SELECT count(*) FROM postings WHERE description_text IS NULL")).scalar_one()
    assert without == 0
    assert scan_one(db, added.company_id)["requests"] == 7  # the list alone


def test_a_doubled_message_changes_nothing(board, added, net, db):
    net.world.open(board, 2)
    scan_id = start(db, [added.company_id])
    batch = dispatch.take_waiting(db)
    db.commit()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(carry_out, [batch[0][0]] * 4))
    run = scans.runs(db, scan_id)[0]
    assert (run["outcome"], run["attempt"], run["opened"]) == ("changed", 1, 2)
    assert Counter(events(db, added.board_id)).most_common(1)[0][1] == 1


def test_a_worker_that_lost_its_lease_writes_nothing(board, added, net, db):
    net.world.open(board, 1)
    start(db, [added.company_id])
    (run, _), *_ = dispatch.take_waiting(db)
    db.commit()
    stale = runs.claim(db, run, lease_seconds=0)
    db.commit()
    carry_out(run)
    tally = Tally(12, 0, 12, changed=False, incomplete=None, details_pending=0)
    verdict = of_reading(stale, tally, NOT_READ)
    with pytest.raises(StaleRun):
        _commit(db, stale, Findings(NOT_READ), verdict, runs.Result("changed"))
    db.rollback()
    assert len(open_postings(db, added.board_id)) == 13


def test_a_worker_whose_board_another_run_has_taken_writes_nothing_and_leaves_it_to_that_run(board, added, net, db):
    net.world.open(board, 1)
    start(db, [added.company_id]), start(db, [added.company_id])
    batch = [run for run, _ in dispatch.take_waiting(db)]
    db.commit()
    stale = runs.claim(db, batch[0], lease_seconds=0)
    db.commit()
    holder = runs.claim(db, batch[1], lease_seconds=60)  # before the sweep has seen that the first one's lease is over
    db.commit()
    for write in (
        lambda: runs.hold(db, stale),
        lambda: runs.put_back(db, stale, seconds=0),
        lambda: runs.finish(db, stale, runs.Result("unchanged"), stale.board),
    ):
        with pytest.raises(StaleRun):
            write()
        db.commit()
    runs.finish(db, holder, runs.Result("unchanged"), holder.board)
    db.commit()
    scans.recover_expired(db, max_attempts=2)
    work(db)
    states = db.execute(text("SELECT outcome FROM scan_runs WHERE id = ANY(:ids) ORDER BY id"), {"ids": batch})
    assert list(states.scalars()) == ["changed", "unchanged"]


def test_two_scans_of_one_board_take_turns(board, added, net, db):
    first, second = start(db, [added.company_id]), start(db, [added.company_id])
    batch = [run for run, _ in dispatch.take_waiting(db)]
    db.commit()
    held = runs.claim(db, batch[0], lease_seconds=60)
    db.commit()
    assert carry_out(batch[1]) is None
    assert scans.runs(db, second)[0]["state"] == "queued"
    runs.put_back(db, held, seconds=0)
    db.commit()
    work(db)
    assert {scans.runs(db, scan_id)[0]["outcome"] for scan_id in (first, second)} == {"unchanged"}


def test_an_error_of_our_own_ends_the_run_in_failure_and_reaches_the_operator(board, added, net, db):
    db.execute(text("UPDATE boards SET ats = 'forgotten'"))
    db.commit()
    scan_id = start(db, [added.company_id])
    for _ in range(get_settings().max_attempts):
        db.execute(text("UPDATE scan_runs SET not_before = NULL"))
        (run, _), *_ = dispatch.take_waiting(db)
        db.commit()
        with pytest.raises(Exception, match="forgotten"):
            carry_out(run)
    run = scans.runs(db, scan_id)[0]
    assert (run["outcome"], run["error_kind"]) == ("failed", "InternalError")


def test_a_host_that_says_429_is_left_alone_by_all_its_boards(net, db):
    one, other = net.world.of("lever")[:2]
    ids = [watch(db, company).company_id for company in (one, other)]
    net.fault(one, "too_many", requests=1, retry_after=120)
    asked_before = len(net.asked(other))
    scan_id = start(db, ids)
    for run, _ in dispatch.take_waiting(db):
        db.commit()
        carry_out(run)
    waiting = scans.runs(db, scan_id)
    assert [run["state"] for run in waiting] == ["queued", "queued"]
    assert len(net.asked(other)) == asked_before
    still = db.execute(text("SELECT min(not_before - now()) > interval '100 seconds' FROM scan_runs")).scalar_one()
    assert still


def test_rows_read_by_older_code_are_refreshed_without_being_news(board, added, net, db):
    db.execute(text("UPDATE boards SET fingerprint = 'older:older'"))
    db.execute(text("UPDATE postings SET row_hash = 'x', content_hash = 'x', description_text = 'read badly'"))
    db.commit()
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["updated"]) == ("unchanged", 0)
    assert db.execute(text("SELECT count(*) FROM postings WHERE description_text = 'read badly'")).scalar_one() == 0
    assert scan_one(db, added.company_id)["not_modified"]


def test_a_change_is_news_although_the_rows_were_cleaned_by_older_code(board, added, net, db):
    db.execute(text("UPDATE boards SET fingerprint = split_part(fingerprint, ':', 1) || chr(58) || 'older'"))
    db.execute(text("UPDATE postings SET content_hash = 'x', description_text = 'cleaned badly'"))
    db.commit()
    name = min(net.world.open_ids(board))
    net.world.edit(board, name, title="Chief Telescope Polisher")
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["updated"]) == ("changed", 1)
    assert db.execute(text("SELECT count(*) FROM postings WHERE description_text = 'cleaned badly'")).scalar_one() == 0


def test_news_is_matched_against_each_persons_title_filters(board, added, net, db):
    ids = [
        people.get_or_create_google(db, sub=name, email=f"{name}@example.org", name=None)["id"] for name in ("a", "b")
    ]
    wishes.put_setting(db, ids[0], added.company_id, Criteria(title_filters="polisher"), enabled=True)
    wishes.put_setting(db, ids[1], added.company_id, Criteria(title_filters="-polisher"), enabled=True)
    db.commit()
    net.world.open(board, 1, title="Senior Telescope Polisher")
    assert scan_one(db, added.company_id)["opened"] == 1
    matched = db.execute(
        text("""SELECT user_id, why FROM matches JOIN postings ON postings.id = posting_id
            WHERE title = 'Senior Telescope Polisher'""")
    ).all()
    assert matched == [(ids[0], [{"criterion": "title", "detail": 'let in by "polisher"', "source": "company"}])]


def test_thirty_boards_in_a_row_leave_no_connection_checked_out(net, db):
    from worker.resources import engine, http_pool

    for company in net.world.of("ashby") + net.world.of("lever"):
        watch(db, company)
    for run in scan(db):
        assert run["outcome"] == "changed"
    db.rollback()
    assert http_pool().checked_out == 0
    assert engine().pool.checkedout() == 0


def test_the_result_of_a_run_counts_what_was_written(board, added, net, db):
    net.world.open(board, 2)
    net.world.close(board, sorted(net.world.open_ids(board))[:1])
    run = scan_one(db, added.company_id)
    kinds = Counter(kind for kind, _ in events(db, added.board_id))
    assert (run["opened"], run["closed"]) == (kinds["opened"] - 12, kinds["closed"])
    assert run["requests"] == 1
    assert run["bytes"] > 1000


def test_a_change_is_news_although_the_details_are_still_to_come(net, db):
    company = net.world.add_company("workday", postings=5)
    added = watch(db, company)
    net.fault(company, "status", path="/job/", code=503)
    assert scan_one(db, added.company_id)["details_pending"] == 5
    name = min(net.world.open_ids(company))
    net.world.edit(company, name, title="Chief Telescope Polisher")
    run = scan_one(db, added.company_id)
    assert (run["updated"], run["details_pending"]) == (1, 5)
    assert open_postings(db, added.board_id)[name] == "Chief Telescope Polisher"
    net.clear(company)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["updated"], run["details_pending"]) == ("unchanged", 0, 0)
    changed = db.execute(text("SELECT changes FROM posting_events WHERE kind = 'updated'")).scalar_one()
    assert set(changed) == {"title"}


@pytest.mark.parametrize("vendor", ["workable", "workday"])
def test_the_same_answer_again_is_not_parsed_again(vendor, net, db):
    """Workable sends no ETags and Workday has pages: only the digest of all bodies can tell."""
    company = net.world.add_company(vendor, postings=30)
    added = watch(db, company)
    assert scan_one(db, added.company_id)["details_pending"] == 0
    db.execute(text("UPDATE postings SET row_hash = 'x'"))
    db.commit()
    assert scan_one(db, added.company_id)["outcome"] == "unchanged"
    untouched = db.execute(text("SELECT count(*) FROM postings WHERE row_hash = 'x'")).scalar_one()
    assert untouched == 30
