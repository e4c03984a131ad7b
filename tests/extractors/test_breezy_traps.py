"""What has gone wrong with Breezy's feed for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.breezy import EXTRACTOR, company, pages, parse
from worker.posting import Page, Posting, Skipped

BOARD = {"board": "acme"}
FEED = "https://acme.breezy.hr/json"


def row(**fields):
    return {"id": "e1", "name": "Baker", "url": "https://acme.breezy.hr/p/e1-baker", **fields}


def posting(**fields):
    [found] = parse(Page([row(**fields)]), BOARD)
    return found


def test_one_request_gives_the_board_with_its_texts():
    http = FakeHttp({FEED: [row(description="<p>Bake.</p>")]})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated) == (None, None)
    [(_, _, query, _, _)] = http.calls
    assert query == {"verbose": "true"}


def test_a_site_that_is_switched_off_is_redirected_and_that_is_not_followed():
    http = FakeHttp({FEED: []})
    [*pages(http, BOARD)]
    assert http.calls[0][-1] is False


def test_an_unknown_board_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_live_board_without_positions_is_empty():
    assert [*parse(Page([]), BOARD)] == []


@pytest.mark.parametrize("changed", [{}, {"positions": []}, "<html>", None])
def test_an_answer_that_is_no_list_is_an_unexpected_payload_and_no_empty_board(changed):
    with pytest.raises(UnexpectedPayload, match="no list"):
        [*parse(Page(changed), BOARD)]


def test_a_row_that_cannot_be_read_costs_only_itself():
    found = [*parse(Page([row(), {"id": "e2"}, {"name": "No id"}, 3, row(id="e3")]), BOARD)]
    assert [one.external_id for one in found if isinstance(one, Posting)] == ["e1", "e3"]
    skipped = [(one.external_id, one.title) for one in found if isinstance(one, Skipped)]
    assert skipped == [("e2", None), (None, "No id"), (None, None)]


def test_what_the_board_does_not_say_stays_unknown():
    assert posting() == Posting(external_id="e1", title="Baker", url="https://acme.breezy.hr/p/e1-baker")


def test_a_renamed_position_keeps_its_id():
    assert posting(friendly_id="e1-baker").external_id == posting(friendly_id="e1-chief-baker").external_id


def test_a_row_without_address_has_that_of_its_friendly_id_else_of_its_id():
    assert posting(url=None, friendly_id="e1-baker").url == "https://acme.breezy.hr/p/e1-baker"
    assert posting(url=" ").url == "https://acme.breezy.hr/p/e1"


ROME = {"name": "Rome, IT", "city": "Rome", "country": {"name": "Italy", "id": "IT"}, "is_remote": False}
ANYWHERE = {"name": "Remote", "city": None, "country": None, "is_remote": True}


def test_several_places_go_before_the_primary_one():
    found = posting(location=ROME, locations=[ROME, {**ROME, "name": "", "city": "Milan"}])
    assert (found.locations, found.country_codes) == (["Rome, IT", "Milan, Italy"], ["IT"])
    assert posting(location=ROME, locations=[]).locations == ["Rome, IT"]


def test_remote_is_said_by_a_place_and_not_being_so_is_not_said():
    assert posting(location=ROME).workplace is None
    assert posting(location=ANYWHERE).workplace == "remote"
    assert posting(locations=[ROME, ANYWHERE]).workplace == "remote"


def test_hybrid_work_is_flagged_as_remote_and_told_by_the_details():
    assert posting(location={**ROME, "is_remote": True, "remote_details": {"value": "hybrid"}}).workplace == "hybrid"
    details = {"value": "remote-location"}
    assert posting(location={**ROME, "is_remote": True, "remote_details": details}).workplace == "remote"


def test_pay_is_a_text_for_readers_and_no_number_is_made_of_it():
    found = posting(salary="$1.40k - $1.80k")
    assert (found.salary, found.extras) == (None, {"salary": "$1.40k - $1.80k"})


@pytest.mark.parametrize("kind", [{"id": "fullTime", "name": "Full-Time"}, "Full-Time"])
def test_the_type_is_an_object_or_its_name(kind):
    assert posting(type=kind).employment_type == "Full-Time"


def test_the_posting_date_is_the_publication():
    found = posting(published_date="2026-06-04T23:24:11.988Z", updated_date="2026-10-01T00:00:00Z")
    assert found.posted_at.isoformat() == "2026-06-04T23:24:11.988000+00:00"


def test_the_companys_name_is_on_every_row():
    assert company(Page([{}, row(company={"name": "Acme Bakeries"})])) == "Acme Bakeries"
    assert company(Page([row()])) is None
    assert company(Page([])) is None


@pytest.mark.parametrize("name", ["www", "app", "api", "developer", "assets-cdn", "help"])
def test_breezys_own_hosts_are_no_boards(name):
    assert EXTRACTOR.recognise(f"https://{name}.breezy.hr/p/1") is None
