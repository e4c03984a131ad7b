"""Which watched board an address means."""

import pytest

from tests.api import building
from worker.errors import InvalidInput, UnsupportedSite
from worker.store import companies
from worker.watched import board_of


@pytest.fixture
def own(db):
    """A board on the company's own domain, whose address names no ATS, and one at a vendor's."""
    added = companies.add(
        db, name="Proseware", ats="recruitee", key="careers.proseware.example", url="https://careers.proseware.example"
    )
    building.company(db, "acme")
    db.commit()
    return added.company_id


@pytest.mark.parametrize(
    "address",
    [
        "https://careers.proseware.example",
        "careers.proseware.example",
        "http://careers.proseware.example/",
        "https://CAREERS.proseware.example/#jobs",
        "https://careers.proseware.example/o/head-baker?source=x",
    ],
)
def test_a_board_on_the_companys_own_domain_is_told_by_any_address_there(db, own, address):
    board, company = board_of(db, address)
    assert (board.ats, board.key, board.name) == ("recruitee", "careers.proseware.example", "Proseware")
    assert company == own


def test_of_several_boards_of_a_host_the_nearest_is_meant(db):
    for path in ("", "/de", "/de/jobs"):
        url = f"https://www.proseware.example{path}"
        companies.add(db, name=path or "/", ats="careers_page", key=f"www.proseware.example{path}", url=url)
    assert board_of(db, "https://www.proseware.example/de/jobs/baker")[0].name == "/de/jobs"
    assert board_of(db, "https://www.proseware.example/de/about")[0].name == "/de"
    assert board_of(db, "https://www.proseware.example/fr/jobs")[0].name == "/"


def test_an_address_that_names_its_board_is_not_taken_for_another_further_up(db, own):
    whole = companies.add(db, name="Amazon", ats="amazon", key="all", url="https://www.amazon.jobs")
    board, company = board_of(db, "https://www.amazon.jobs/en/search?business_category%5B%5D=alexa")
    assert (board.ats, board.key, company) == ("amazon", "alexa", None)
    assert board_of(db, "https://www.amazon.jobs")[1] == whole.company_id


def test_what_is_not_watched_is_recognised_or_refused_as_ever(db, own):
    board, company = board_of(db, "https://jobs.lever.co/globex")
    assert (board.ats, board.key, company) == ("lever", "globex", None)
    assert board_of(db, "https://boards.greenhouse.io/ACME/jobs/7")[1] is not None
    with pytest.raises(UnsupportedSite):
        board_of(db, "https://www.proseware.example/jobs")
    with pytest.raises(InvalidInput):
        board_of(db, "rubbish")
