"""Dry runs: boards read at once and judged, and nothing written."""

import threading

import pytest
from sqlalchemy import text

from tests import scanning
from tests.api import building
from tests.boards import Internet
from worker import dry_run as trying
from worker.criteria import Criteria
from worker.dry_run import dry_run, targets
from worker.errors import FilterSyntaxError, InvalidInput
from worker.resources import engine, http_pool
from worker.settings import get_settings
from worker.store import people, wishes


@pytest.fixture(scope="module")
def net():
    with Internet(seed=5, companies=22) as internet:
        yield internet


@pytest.fixture
def inside(net, db, redis):
    with scanning.inside(net):
        yield net
    net.clear()


def answers(db, **wish):
    found = targets(db, people.local(db)["id"], **wish)
    db.rollback()
    return sorted(dry_run(found, get_settings()), key=lambda answer: answer.number)


def test_every_vendor_gives_what_its_board_shows(inside, db):
    wanted = inside.world.companies[:11]
    for company, answer in zip(wanted, answers(db, urls=[one.address for one in wanted]), strict=True):
        assert answer.error is None, answer
        assert answer.found == answer.matched == len(inside.world.open_ids(company))
        assert {one.posting.external_id: one.posting.title for one in answer.postings} == inside.world.titles(company)
        assert not answer.rejected


def test_each_verdict_names_its_line(inside, db):
    company = inside.world.of("lever")[0]
    names = list(inside.world.titles(company).values())
    word = names[0].split()[0]
    (answer,) = answers(db, urls=[company.address], criteria=Criteria(title_filters=f"# mine\n{word}"))
    assert answer.found == len(names)
    assert 0 < answer.matched == len(answer.postings)
    assert {one.filter for one in answer.postings} == {word}
    assert len(answer.rejected) == min(10, answer.found - answer.matched)
    assert {one.reason for one in answer.rejected} <= {"no line matches"}
    (kept_out,) = answers(db, urls=[company.address], criteria=Criteria(title_filters=f"-{word}"))
    assert {one.filter for one in kept_out.rejected} == {f"-{word}"}


def test_one_boards_failure_hides_no_other(inside, db):
    good, bad = inside.world.of("ashby")[0], inside.world.of("recruitee")[0]
    inside.fault(bad, "wrong_shape")
    wanted = [bad.address, "https://example.com", good.address, "https://jobs.lever.co/there-is-no-such-company"]
    broken, unknown, fine, missing = answers(db, urls=wanted)
    assert (broken.error_kind, unknown.error_kind, missing.error_kind) == (
        "UnexpectedPayload", "UnsupportedSite", "BoardNotFound",
    )  # fmt: skip
    assert fine.error is None
    assert fine.found == len(inside.world.open_ids(good))


def test_a_fault_of_ours_hides_no_other(inside, db, monkeypatch):
    def broken(posting):
        if posting.title == first:
            raise ZeroDivisionError("secret")
        return normalise(posting)

    normalise = trying.normalise
    one, other = inside.world.of("greenhouse")[0], inside.world.of("ashby")[0]
    first = next(iter(inside.world.titles(one).values()))
    monkeypatch.setattr(trying, "normalise", broken)
    failed, fine = answers(db, urls=[one.address, other.address])
    assert failed.error_kind == "InternalError"
    assert "secret" not in failed.error
    assert fine.error is None


def test_nothing_is_written(inside, db):
    company = scanning.watch(db, inside.world.of("greenhouse")[0])
    people.local(db)
    db.commit()
    before = building.digest(db)
    answers(
        db,
        company_ids=[company.company_id],
        urls=[inside.world.of("lever")[0].address],
        criteria=Criteria(title_filters="engineer"),
    )
    assert building.digest(db) == before


def test_stored_filters_apply_when_none_are_given(inside, db):
    company = inside.world.of("greenhouse")[0]
    added = scanning.watch(db, company)
    person = people.local(db)["id"]
    wishes.put_setting(db, person, added.company_id, Criteria(title_filters="zzz"), enabled=True)
    db.commit()
    by_id, by_url = answers(db, company_ids=[added.company_id], urls=[company.address])
    assert by_id.matched == by_url.matched == 0
    assert by_id.found == by_url.found > 0
    assert by_id.target.company_id == by_url.target.company_id == added.company_id
    (given,) = answers(db, company_ids=[added.company_id], criteria=Criteria(title_filters=""))
    assert given.matched == given.found


def test_what_cannot_be_tried_is_said_before(inside, db):
    with pytest.raises(InvalidInput):
        answers(db)
    with pytest.raises(InvalidInput):
        answers(db, urls=[f"https://jobs.lever.co/c{n}" for n in range(21)])
    with pytest.raises(FilterSyntaxError):
        answers(db, urls=["https://jobs.lever.co/a"], criteria=Criteria(title_filters="("))
    (unknown,) = answers(db, company_ids=[99])
    assert unknown.error_kind == "NotFound"


def test_boards_that_take_too_long_get_an_error_and_their_threads_end(inside, db):
    slow, quick = inside.world.of("lever")[0], inside.world.of("ashby")[0]
    inside.fault(slow, "latency", seconds=30)
    found = targets(db, people.local(db)["id"], urls=[slow.address, quick.address])
    db.rollback()
    late, fine = sorted(dry_run(found, get_settings(), seconds=2.5), key=lambda answer: answer.number)
    assert late.error_kind == "BoardUnavailable"
    assert fine.error is None
    for thread in [one for one in threading.enumerate() if one.name.startswith("dry-run")]:
        thread.join(timeout=10)
        assert not thread.is_alive()
    assert http_pool().checked_out == 0
    assert engine().pool.checkedout() == 0


def test_a_board_that_outlives_its_own_limit_does_not_hold_the_others_up(inside, db, monkeypatch):
    monkeypatch.setattr(trying, "_SECONDS_TO_ANSWER", -2)
    slow, quick = inside.world.of("lever")[0], inside.world.of("ashby")[0]
    inside.fault(slow, "latency", seconds=2.5)
    found = targets(db, people.local(db)["id"], urls=[slow.address, quick.address])
    db.rollback()
    late, fine = sorted(dry_run(found, get_settings(), seconds=1.5), key=lambda answer: answer.number)
    assert late.error == "not done within 1.5 seconds"
    assert fine.error is None
    for thread in [one for one in threading.enumerate() if one.name.startswith("dry-run")]:
        thread.join(timeout=10)


def test_boards_never_begun_get_an_error(inside, db):
    found = targets(db, people.local(db)["id"], urls=[inside.world.of("ashby")[0].address])
    db.rollback()
    (late,) = dry_run(found, get_settings(), seconds=0.5)
    assert late.error_kind == "BoardUnavailable"


def test_a_host_that_wants_a_pause_gets_it_from_everybody(inside, db, redis):
    company = inside.world.of("lever")[0]
    inside.fault(company, "too_many", retry_after=30)
    (answer,) = answers(db, urls=[company.address])
    assert answer.error_kind == "BoardUnavailable"
    assert float(redis.hget("rolecall:pace:api.lever.co", "blocked")) > redis.time()[0] + 20


def test_a_vendor_that_answers_for_any_name_says_so(inside, db):
    (answer,) = answers(db, urls=["https://careers.smartrecruiters.com/ThereIsNoSuchCompany"])
    assert (answer.found, answer.error) == (0, None)
    assert "unknown names" in answer.incomplete


def test_without_redis_each_board_says_why(inside, db, settings):
    from worker import resources

    found = targets(db, people.local(db)["id"], urls=[inside.world.of("ashby")[0].address])
    db.rollback()
    resources.close_all()
    settings(REDIS_URL="redis://127.0.0.1:1/0")
    try:
        (answer,) = dry_run(found, get_settings())
    finally:
        resources.close_all()
    assert answer.error_kind == "BoardUnavailable"
    assert "Redis" in answer.error


def test_no_posting_of_the_database_is_touched(inside, db):
    scanning.watch(db, inside.world.of("greenhouse")[0])
    answers(db, company_ids=[1])
    assert db.execute(text("SELECT count(*) FROM postings")).scalar_one() == 0
