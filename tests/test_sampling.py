"""A look at a board's first postings."""

import pytest

from tests import scanning
from tests.boards import Internet
from tests.boards.vendors.careers_page import Site
from worker import detect
from worker.errors import BoardUnavailable
from worker.extractors import extractor
from worker.extractors.careers_page import board_key
from worker.resources import http_pool
from worker.sampling import OPTIONAL, sample
from worker.settings import get_settings


@pytest.fixture
def net(db, redis):
    with Internet(seed=5, companies=11) as net, scanning.inside(net):
        yield net


def look(address, **options):
    board = detect.from_address(address)
    vendor = extractor(board.ats)
    return sample(vendor, vendor.key(board.key), get_settings(), **{"postings": 3, **options})


def test_pages_that_turn_out_to_be_no_postings_make_room_for_the_next(net):
    site = Site("www.acme.example", junk=["/jobs/how-we-work"])
    site.fill(4)
    net.page(site.everywhere, site)
    board = detect.from_key("careers_page", board_key(site.address))
    vendor = extractor(board.ats)
    found = sample(vendor, vendor.key(board.key), get_settings(), postings=5)
    assert len(found.specimens) == 4
    assert all(one.cleaned for one in found.specimens)
    assert [note for note in found.notes if "/jobs/how-we-work turned out to be no posting" in note]
    assert len(found.listed) == 5


def test_further_pages_are_read_only_for_postings_that_the_first_lacks(net):
    company = net.world.of("teamtailor")[0]
    one = look(company.address)
    assert (one.pages, len(one.specimens)) == (1, 3)
    every = look(company.address, postings=len(net.world.open_ids(company)) + 1)
    assert every.whole
    assert {each.raw.external_id for each in every.specimens} == net.world.open_ids(company)


def test_the_fields_that_no_posting_fills_and_those_that_only_normalising_fills_are_told_apart(net):
    found = look(net.world.of("pinpoint")[0].address)
    filled = {name for name in OPTIONAL if any(getattr(one.cleaned, name) for one in found.specimens)}
    from_board = {name for name in OPTIONAL if any(getattr(one.raw, name) for one in found.specimens)}
    assert set(found.empty) == set(OPTIONAL) - filled
    assert set(found.derived) == filled - from_board
    assert {"places", "description_text"} <= set(found.derived)
    assert found.filled == pytest.approx(len(filled) / len(OPTIONAL))


def test_a_board_that_is_away_raises_and_leaves_nothing_open(net):
    company = net.world.of("greenhouse")[0]
    net.fault(company, "status", code=503)
    with pytest.raises(BoardUnavailable):
        look(company.address)
    assert http_pool().checked_out == 0


def test_a_board_that_goes_away_halfway_shows_what_came(db, redis):
    with (
        Internet(seed=5, companies=1, vendors=["teamtailor"], sizes=(120, 130)) as net,
        scanning.inside(net),
    ):
        (company,) = net.world.companies
        net.fault(company, "status", code=503, after=1)
        found = look(company.address, postings=101)
    assert (found.pages, found.whole) == (1, False)
    assert "is busy or broken right now (503)" in found.stopped
    assert len(found.specimens) == len(found.listed) == 100
    assert all(one.cleaned for one in found.specimens)
