"""From a scan to the receiver: what opens is told, and neither a first reading nor a failed one is."""

import pytest
from sqlalchemy import text

from tests import alerting
from tests.alerting import deliveries, release
from tests.boards import Internet
from tests.receiving import Receiver
from tests.scanning import inside, scan_one, watch
from worker import alerts
from worker.criteria import Criteria
from worker.settings import get_settings
from worker.store import wishes


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=41, companies=2) as net:
        yield net


@pytest.fixture
def net(shared_net, db, redis, tmp_path):
    shared_net.clear()
    with inside(shared_net, ROLECALL_FOLDER=str(tmp_path)):
        yield shared_net
    shared_net.clear()


@pytest.fixture
def board(net):
    return net.world.add_company("greenhouse", postings=6)


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def ada(db, net, receiver):
    """Somebody who wants to hear of everything."""
    user = alerting.person(db)
    alerting.webhook(db, get_settings(), user, receiver.url)
    wishes.add_group(db, user, name="Everything", criteria=Criteria(), all_companies=True)
    wishes.changed(db, user)
    db.commit()
    return user


def tell(db) -> None:
    """Make deliveries of what waits, and send them."""
    release(db)
    for delivery in deliveries(db):
        alerts.deliver(delivery["id"], get_settings())


def test_the_first_reading_of_a_board_alerts_nobody(db, net, board, ada, receiver):
    added = watch(db, board)
    assert scan_one(db, added.company_id)["opened"] == 6
    assert db.execute(text("SELECT count(*) FROM matches")).scalar_one() == 6
    tell(db)
    assert (alerting.noted(db), receiver.received) == ([], [])


@pytest.mark.parametrize("fault", ["status", "html", "wrong_shape", "reset"])
def test_a_scan_that_fails_alerts_nobody(db, net, board, ada, receiver, fault):
    added = watch(db, board)
    scan_one(db, added.company_id)
    net.world.open(board, 2)
    net.fault(board, fault)
    assert scan_one(db, added.company_id)["outcome"] == "failed"
    tell(db)
    assert (alerting.noted(db), receiver.received) == ([], [])


def test_what_opens_arrives_once(db, net, board, ada, receiver):
    added = watch(db, board)
    scan_one(db, added.company_id)
    opened = net.world.open(board, 2)
    for _ in range(2):
        scan_one(db, added.company_id)
        tell(db)
    (request,) = receiver.received
    assert sorted(one["title"] for one in request.json["matches"]) == sorted(role.title for role in opened)
