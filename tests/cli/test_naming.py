"""Companies, named as people name them."""

import pytest

from tests import scanning
from tests.boards import Internet
from worker import robots
from worker.store import companies

OWN = "https://careers.proseware.example"


@pytest.fixture
def proseware(db):
    added = companies.add(db, name="Proseware", ats="recruitee", key="careers.proseware.example", url=OWN)
    db.commit()
    return added.company_id


@pytest.mark.parametrize(
    "wanted", ["1", "Proseware", "PROSEWARE", OWN, "careers.proseware.example", f"{OWN}/o/baker?source=x"]
)
def test_a_company_is_found_by_id_name_or_any_address_of_its_board(rolecall, proseware, wanted):
    ran = rolecall("settings", wanted, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert [row["company_id"] for row in ran.rows] == [proseware]


def test_an_address_that_nobody_watches_is_answered_with_what_to_do(rolecall, proseware):
    ran = rolecall("settings", "https://www.globex.example/jobs")
    assert (ran.code, ran.out) == (1, "")
    assert "is the address of no board that is watched" in ran.err
    assert "`rolecall companies` lists them, or add it with `rolecall add https://www.globex.example/jobs`" in ran.err
    assert "is not watched; add it with" in rolecall("settings", "https://jobs.lever.co/globex").err


def test_a_bare_domain_that_is_no_board_is_looked_up_as_a_name(rolecall, db):
    companies.add(db, name="Booking.com", ats="greenhouse", key="booking", url="https://boards.greenhouse.io/booking")
    db.commit()
    assert rolecall("settings", "booking.com").code == 0
    assert "did you mean Booking.com?" in rolecall("settings", "bookin.com").err


def test_a_watched_board_on_its_own_domain_is_tried_with_its_stored_filter(rolecall, db, redis, proseware):
    robots.MEMORY.clear()
    with Internet(seed=5, companies=11) as net, scanning.inside(net):
        company = net.world.of("recruitee")[0]
        offers = company.vendor.routes[0][3]
        net.page(f"{OWN}/api/offers/", lambda request: offers(net.world.view(company), request, ""))
        assert rolecall("settings", "Proseware", "--filter", "zzz").code == 0
        for wanted in (OWN, "careers.proseware.example", f"{OWN}/o/baker"):
            ran = rolecall("dry-run", wanted)
            assert ran.code == 0, ran.err
            assert ran.out.startswith(f"Proseware ({OWN}): {len(net.world.open_ids(company))} postings, 0 matched")
