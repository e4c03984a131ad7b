"""One role, many listings, seen from the database: on two boards, in several cities, and when it comes back."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.boards import Internet
from tests.scanning import inside, scan, scan_one, start, watch
from worker import dispatch
from worker.resources import database
from worker.scan import scan as carry_out
from worker.store import companies
from worker.store import roles as store_roles


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=23, companies=2) as net:
        yield net


@pytest.fixture
def net(shared_net, db, redis):
    shared_net.clear()
    with inside(shared_net):
        yield shared_net
    shared_net.clear()


@pytest.fixture
def board(net):
    return net.world.add_company("greenhouse", postings=6)


@pytest.fixture
def added(board, db):
    added = watch(db, board)
    scan_one(db, added.company_id)
    return added


def roles(db) -> dict[str, int]:
    """The role of each posting by external id."""
    found = dict(db.execute(text("SELECT external_id, role_id FROM postings")).all())
    db.commit()
    return found


def news(db) -> dict[str, str | None]:
    """What is said of each posting that opened."""
    rows = db.execute(
        text("""SELECT external_id, news FROM posting_events JOIN postings ON postings.id = posting_id
            WHERE kind = 'opened'""")
    ).all()
    db.commit()
    return dict(rows)


def same_company(db, added, other) -> None:
    db.execute(
        text("UPDATE boards SET company_id = :company WHERE id = :board"),
        {"company": added.company_id, "board": other.board_id},
    )
    db.commit()


def test_every_posting_has_a_role_of_its_own_to_begin_with(db, board, added, net):
    assert roles(db).keys() == net.world.open_ids(board)
    assert len(set(roles(db).values())) == 6
    assert None not in roles(db).values()
    assert set(news(db).values()) == {None}


def test_a_requisition_on_a_second_board_of_the_company_is_a_listing(db, board, added, net):
    first = next(iter(net.world.open_ids(board)))
    second_board = net.world.add_company("greenhouse", postings=1)
    [twin] = net.world.open_ids(second_board)
    net.world.edit(second_board, twin, number=net.world.role(board, first).number)
    other = watch(db, second_board)
    same_company(db, added, other)
    scan(db, [added.company_id])
    assert roles(db)[twin] == roles(db)[first]
    assert news(db)[twin] == "listing"


def test_another_companys_requisition_of_the_same_number_is_another_role(db, board, added, net):
    first = next(iter(net.world.open_ids(board)))
    stranger = net.world.add_company("greenhouse", postings=1)
    [twin] = net.world.open_ids(stranger)
    net.world.edit(stranger, twin, number=net.world.role(board, first).number)
    other = watch(db, stranger)
    scan_one(db, other.company_id)
    assert roles(db)[twin] != roles(db)[first]
    assert news(db)[twin] is None


@pytest.mark.parametrize("at_once", [True, False])
def test_a_role_that_closes_and_comes_back_under_a_new_id_is_a_repost(db, board, added, net, at_once):
    first = next(iter(net.world.open_ids(board)))
    number = net.world.role(board, first).number
    net.world.close(board, [first])
    if not at_once:
        scan_one(db, added.company_id)
    [again] = net.world.open(board)
    net.world.edit(board, again.id, number=number)
    scan_one(db, added.company_id)
    assert roles(db)[again.id] == roles(db)[first]
    assert news(db)[again.id] == "repost"
    closed = db.execute(text("SELECT closed_at IS NOT NULL FROM postings WHERE external_id = :id"), {"id": first})
    assert closed.scalar_one()


def test_a_new_role_is_news(db, board, added, net):
    [new] = net.world.open(board)
    scan_one(db, added.company_id)
    assert news(db)[new.id] is None
    assert list(roles(db).values()).count(roles(db)[new.id]) == 1


def test_a_posting_keeps_its_role_when_all_that_it_was_known_by_changes(db, board, added, net):
    first = next(iter(net.world.open_ids(board)))
    before = roles(db)[first]
    net.world.edit(board, first, number=99, title="Harbour Pilot", duties=())
    scan_one(db, added.company_id)
    assert roles(db)[first] == before


def test_two_boards_read_at_the_same_time_find_one_role(db, net):
    boards = [net.world.add_company("greenhouse", postings=1) for _ in range(4)]
    for board in boards:
        [only] = net.world.open_ids(board)
        net.world.edit(board, only, number=7)
    first, *others = [watch(db, board) for board in boards]
    for other in others:
        same_company(db, first, other)
    start(db, [first.company_id])
    runs = [run for run, _ in dispatch.take_waiting(db)]
    db.commit()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(carry_out, runs))
    assert len(roles(db)) == 4
    assert len(set(roles(db).values())) == 1
    assert sorted(map(str, news(db).values())) == ["None", "listing", "listing", "listing"]


def test_roles_go_with_their_company(db, added):
    assert db.execute(text("SELECT count(*) FROM role_keys")).scalar_one() > 0
    companies.delete(db, added.company_id)
    assert db.execute(text("SELECT count(*) FROM role_keys")).scalar_one() == 0


def test_a_posting_that_opens_beside_one_that_reopens_is_a_listing(db, board, added, net):
    first = next(iter(net.world.open_ids(board)))
    net.world.close(board, [first])
    scan_one(db, added.company_id)
    net.world.reopen(board, [first])
    [again] = net.world.open(board)
    net.world.edit(board, again.id, number=net.world.role(board, first).number)
    scan_one(db, added.company_id)
    assert news(db)[again.id] == "listing"


def test_roles_that_turn_out_to_be_one_are_joined_with_all_their_postings(db, board, added, net):
    first, second, third = sorted(net.world.open_ids(board))[:3]
    net.world.edit(board, second, number=net.world.role(board, third).number)
    scan_one(db, added.company_id)
    assert roles(db)[second] == roles(db)[third] != roles(db)[first]
    net.world.edit(board, second, number=net.world.role(board, first).number)
    scan_one(db, added.company_id)
    assert roles(db)[first] == roles(db)[second] == roles(db)[third]
    led = db.execute(text("SELECT count(DISTINCT role_id) FROM role_keys")).scalar_one()
    assert led == len(set(roles(db).values()))


def test_a_company_is_deleted_while_a_run_of_it_is_written(db, board, added, net):
    scan_id = start(db, [added.company_id])
    db.execute(text("SELECT 1 FROM scan_runs WHERE scan_id = :scan FOR UPDATE"), {"scan": scan_id})
    with ThreadPoolExecutor(1) as threads:
        gone = threads.submit(delete, added.company_id)
        until_somebody_waits(db)
        store_roles.lock(db, added.company_id)
        db.commit()
        gone.result()
    assert db.execute(text("SELECT count(*) FROM companies")).scalar_one() == 0


def delete(company: int) -> None:
    with database() as session:
        companies.delete(session, company)
        session.commit()


def until_somebody_waits(db) -> None:
    """Wait until another connection to this database waits for a lock."""
    until = time.monotonic() + 30
    waiting = text("""SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'""")
    while not db.execute(waiting).scalar_one():
        assert time.monotonic() < until
        db.execute(text("SELECT pg_stat_clear_snapshot()"))
        time.sleep(0.01)
