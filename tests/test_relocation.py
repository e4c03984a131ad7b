"""A board that is gone, renamed or leads elsewhere: followed where its vendor says so, else suggested."""

import pytest
from sqlalchemy import text

from tests.boards import Internet
from tests.scanning import events, inside, let_pass, open_postings, scan_one, watch
from worker import relocation, verdict
from worker.errors import Conflict, NotFound
from worker.settings import get_settings
from worker.store import companies, suggestions


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=31, companies=3) as net:
        yield net


@pytest.fixture
def net(shared_net, db, redis):
    shared_net.clear()
    with inside(shared_net):
        yield shared_net
    shared_net.clear()


@pytest.fixture
def old(net):
    return net.world.add_company("recruitee", postings=3)


@pytest.fixture
def added(old, db):
    added = watch(db, old)
    scan_one(db, added.company_id)
    return added


def board(db, board_id: int) -> dict:
    row = db.execute(text("SELECT * FROM boards WHERE id = :id"), {"id": board_id}).mappings().one()
    db.commit()
    return dict(row)


def suggested(db) -> list[dict]:
    while relocation.suggest_next(get_settings()):
        pass
    found = suggestions.page(db, after=0, most=10)
    db.commit()
    return found


def leads_to(net, old, address: str) -> None:
    net.fault(old, "redirect_away", to=address)


def gone(db, board_id: int, days: int = 0) -> None:
    db.execute(
        text("""UPDATE boards SET gone_at = now() - :days * interval '1 day', missing_count = 5,
            missing_since = now() - (:days + 1) * interval '1 day' WHERE id = :id"""),
        {"id": board_id, "days": days},
    )
    db.commit()


def test_a_board_that_leads_to_another_vendor_is_read_no_more_and_the_new_one_suggested(db, net, old, added):
    new = net.world.add_company("lever", postings=2)
    leads_to(net, old, new.address)
    run = scan_one(db, added.company_id)
    assert (run["outcome"], run["error_kind"]) == ("failed", "BoardMoved")
    assert len(open_postings(db, added.board_id)) == 3
    [one] = suggested(db)
    assert (one["url"], one["certainty"]) == (new.address, "certain")
    assert one["old_url"] == board(db, added.board_id)["url"]


def test_an_accepted_board_takes_the_place_of_the_old_one_whose_postings_close(db, net, old, added):
    new = net.world.add_company("lever", postings=2)
    leads_to(net, old, new.address)
    scan_one(db, added.company_id)
    [one] = suggested(db)
    assert suggestions.accept(db, one["id"]) == added.company_id
    db.commit()
    found = companies.get(db, added.company_id)["boards"]
    assert [(each["ats"], each["enabled"]) for each in found] == [("recruitee", False), ("lever", True)]
    net.fault(new, "status", code=403)
    assert scan_one(db, added.company_id)["outcome"] == "failed"
    assert len(open_postings(db, added.board_id)) == 3
    net.clear(new)
    scan_one(db, added.company_id)
    assert open_postings(db, found[1]["id"]) == net.world.titles(new)
    assert open_postings(db, added.board_id) == {}
    assert [kind for kind, _ in events(db, added.board_id)] == ["opened"] * 3 + ["closed"] * 3
    assert companies.get(db, added.company_id)["open_postings"] == 2
    assert suggested(db) == []


def replaced(db, net, old, added, *, postings: int):
    """Accept another board in place of the old one, and return it."""
    new = net.world.add_company("greenhouse", postings=postings)
    leads_to(net, old, new.address)
    scan_one(db, added.company_id)
    suggestions.accept(db, suggested(db)[0]["id"])
    db.commit()
    return new


def test_the_old_board_closes_with_a_complete_reading_also_after_parts(db, net, old, added):
    new = replaced(db, net, old, added, postings=4)
    net.fault(new, "truncated_inventory", missing=1)
    for _ in range(2):
        assert scan_one(db, added.company_id)["outcome"] == "partial"
        assert len(open_postings(db, added.board_id)) == 3
    net.clear(new)
    scan_one(db, added.company_id)
    assert open_postings(db, added.board_id) == {}


def test_the_old_board_closes_although_the_new_one_is_empty(db, net, old, added):
    replaced(db, net, old, added, postings=0)
    assert scan_one(db, added.company_id)["outcome"] == "changed"
    assert open_postings(db, added.board_id) == {}


def test_the_old_board_stays_open_where_the_new_one_is_gone(db, net, old, added):
    new = replaced(db, net, old, added, postings=2)
    net.fault(new, "status", code=404)
    for _ in range(3):
        scan_one(db, added.company_id)
        let_pass(db, "7 hours")
    assert companies.get(db, added.company_id)["boards"][1]["gone_at"]
    assert len(open_postings(db, added.board_id)) == 3


def test_a_dismissed_board_is_not_suggested_again(db, net, old, added):
    leads_to(net, old, net.world.add_company("lever", postings=2).address)
    scan_one(db, added.company_id)
    [one] = suggested(db)
    suggestions.dismiss(db, one["id"])
    db.execute(text("UPDATE boards SET relocation_checked_at = NULL"))
    db.commit()
    assert suggested(db) == []
    with pytest.raises(NotFound):
        suggestions.accept(db, one["id"])


def test_a_board_that_is_watched_already_is_not_suggested_and_cannot_be_accepted(db, net, old, added):
    new = net.world.add_company("lever", postings=2)
    leads_to(net, old, new.address)
    scan_one(db, added.company_id)
    [one] = suggested(db)
    watch(db, new)
    with pytest.raises(Conflict):
        suggestions.accept(db, one["id"])
    db.rollback()
    db.execute(text("DELETE FROM suggestions"))
    db.execute(text("UPDATE boards SET relocation_checked_at = NULL"))
    db.commit()
    assert suggested(db) == []


def test_a_company_whose_board_is_gone_is_looked_for_by_its_name(db, net, old, added):
    new = net.world.add_company("greenhouse", name=old.name, postings=2)
    gone(db, added.board_id)
    [one] = suggested(db)
    assert (one["ats"], one["board"]) == ("greenhouse", new.key["board"])
    assert one["open_postings"] == 2


def test_a_board_is_looked_for_once_a_week(db, net, old, added):
    gone(db, added.board_id)
    assert relocation.suggest_next(get_settings())
    assert not relocation.suggest_next(get_settings())
    db.execute(text("UPDATE boards SET relocation_checked_at = now() - interval '8 days'"))
    db.commit()
    assert relocation.suggest_next(get_settings())


def test_a_board_that_is_well_is_not_looked_for(db, net, old, added):
    assert not relocation.suggest_next(get_settings())


def test_a_board_that_comes_back_leads_nowhere(db, net, old, added):
    leads_to(net, old, net.world.add_company("lever", postings=2).address)
    scan_one(db, added.company_id)
    assert board(db, added.board_id)["moved_to"]
    net.clear(old)
    scan_one(db, added.company_id)
    assert board(db, added.board_id)["moved_to"] is None


@pytest.mark.parametrize(("days", "hours"), [(1, 24), (29, 24), (31, 168)])
def test_a_board_that_is_gone_is_asked_daily_then_weekly(db, net, old, added, days, hours):
    gone(db, added.board_id, days)
    net.fault(old, "not_found")
    assert scan_one(db, added.company_id)["outcome"] == "gone"
    pause = db.execute(text("SELECT extract(epoch FROM next_scan_at - now()) / 3600 FROM boards")).scalar_one()
    assert abs(float(pause) - hours) < 0.1
    assert verdict.PROBE_GONE_EVERY < verdict.PROBE_LONG_GONE_EVERY


def test_a_name_that_the_vendor_has_changed_is_followed(db, net, old, added):
    new = net.world.add_company("recruitee", postings=4)
    leads_to(net, old, f"https://{new.key['board']}.recruitee.com/api/offers/")
    assert scan_one(db, added.company_id)["outcome"] in ("changed", "suspect")
    scan_one(db, added.company_id, trigger="api")
    found = board(db, added.board_id)
    assert found["key"] == new.key["board"]
    assert found["url"] == f"https://{new.key['board']}.recruitee.com"
    net.clear(old)
    scan_one(db, added.company_id, trigger="api")
    assert open_postings(db, added.board_id) == net.world.titles(new)


def test_a_new_name_that_another_board_has_is_not_taken(db, net, old, added):
    new = net.world.add_company("recruitee", postings=4)
    watch(db, new)
    leads_to(net, old, f"https://{new.key['board']}.recruitee.com/api/offers/")
    scan_one(db, added.company_id, trigger="api")
    scan_one(db, added.company_id, trigger="api")
    assert board(db, added.board_id)["key"] == old.key["board"]
