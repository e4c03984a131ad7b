"""`rolecall verify`: known boards, which stand in the simulated internet here."""

import csv
import io
import re

import pytest

from tests import scanning
from tests.boards import Internet
from tests.boards.wire import Answer
from worker import catalogue, detect, robots
from worker.extractors import extractor, extractors, recognise
from worker.sampling import OPTIONAL
from worker.verify import KNOWN, known_boards

PINPOINT = "https://workwithus.pinpointhq.com/postings.json"
LEVER = "https://api.lever.co/v0/postings/spotify"


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=5, companies=11) as net:
        yield net


@pytest.fixture
def net(shared_net, db, redis):
    robots.MEMORY.clear()
    shared_net.clear()
    shared_net.server.origin.pages.clear()
    with scanning.inside(shared_net):
        yield shared_net
    shared_net.clear()


@pytest.fixture
def known(net):
    """Put a simulated board where a known one is; return the number of its postings."""

    def put(ats, address):
        company = net.world.of(ats)[0]
        render = company.vendor.routes[0][3]
        net.page(address, lambda request: render(net.world.view(company), request, ""))
        return len(net.world.open_ids(company))

    return put


def test_a_vendor_that_answers_as_expected_is_ok(rolecall, known):
    many = known("pinpoint", PINPOINT)
    ran = rolecall("verify", "pinpoint")
    assert (ran.code, ran.err) == (0, f"Not asked: {len(extractors()) - 1} other vendors.\n")
    first, summary = ran.out.splitlines()
    assert re.fullmatch(rf"ok +pinpoint: Pinpoint, {many} postings, \d+ of {len(OPTIONAL)} fields, \d\.\d s", first)
    assert summary == "1 ok, 0 changed, 0 failed"


def test_rows_that_cannot_be_read_and_an_empty_board_are_a_change(rolecall, net, known):
    known("pinpoint", PINPOINT)
    net.fault("workwithus.pinpointhq.com", "bad_posting", count=1)
    net.page(LEVER, Answer(200, b"[]"))
    ran = rolecall("verify", "pinpoint", "lever")
    assert ran.code == 0
    assert re.search(r"^changed  pinpoint: .*\n +1 of \d+ rows could not be read, the first: missing 'title'", ran.out,
                     re.MULTILINE)  # fmt: skip
    assert re.search(r"^changed  lever: Spotify, 0 postings.*\n +The board is empty, though", ran.out, re.MULTILINE)
    assert "`rolecall extractor try https://workwithus.pinpointhq.com` shows more." in ran.out
    assert ran.out.splitlines()[-1] == "0 ok, 2 changed, 0 failed"


def test_details_that_cannot_be_read_are_a_change(rolecall, net, known):
    known("smartrecruiters", "https://api.smartrecruiters.com/v1/companies/Visa/postings")
    ran = rolecall("verify", "smartrecruiters")
    assert ran.code == 0
    assert "3 of the 3 postings looked at are not whole" in ran.out
    assert "its details could not be read" in ran.out


def test_one_that_fails_is_told_with_cause_and_remedy_and_hides_no_other(rolecall, net, known):
    known("pinpoint", PINPOINT)
    known("lever", LEVER)
    net.fault("api.lever.co", "html")
    ran = rolecall("verify", "lever", "pinpoint")
    assert ran.code == 1
    assert "failed   lever: Spotify, https://jobs.lever.co/spotify\n" in ran.out
    assert "The host answered with a web page where JSON was promised.\n" in ran.out
    assert "Compare what the host answers with what the extractor's docstrings say" in ran.out
    assert ran.out.splitlines()[-1] == "1 ok, 0 changed, 1 failed"


def test_not_one_readable_posting_is_a_failure(rolecall, net, known):
    many = known("pinpoint", PINPOINT)
    net.fault("workwithus.pinpointhq.com", "bad_posting", count=many)
    ran = rolecall("verify", "pinpoint", "--format", "json")
    assert ran.code == 1
    (row,) = ran.rows
    assert (row["verdict"], row["error_kind"], row["skipped"]) == ("failed", "UnexpectedPayload", many)
    assert f"{many} of {many} rows could not be read" in row["why"]


def test_a_company_that_left_is_no_failure_while_another_board_is_known(rolecall, net, known):
    gone, second, *_ = known_boards("greenhouse")
    known("greenhouse", f"https://boards-api.greenhouse.io/v1/boards/{second.key}/jobs")
    (row,) = rolecall("verify", "greenhouse", "--format", "json").rows
    assert (row["verdict"], row["url"]) == ("ok", second.url)
    assert [seen.status for seen in net.requests if f"/{gone.key}/" in seen.target][-1] == 404


def test_a_vendor_without_a_known_board_is_named(rolecall, net):
    before = len(net.requests)
    ran = rolecall("verify", "adp")
    assert ran.code == 0
    assert ran.out.splitlines() == ["0 ok, 0 changed, 0 failed", "No known board: adp."]
    assert len(net.requests) == before


def test_programs_get_all_of_it(rolecall, known):
    many = known("pinpoint", PINPOINT)
    as_json = rolecall("verify", "pinpoint", "adp", "--format", "json")
    pinpoint, adp = sorted(as_json.rows, key=lambda row: row["verdict"])
    assert [row["ats"] for row in as_json.rows] == ["adp", "pinpoint"]
    assert (adp["verdict"], adp["why"], adp["url"]) == ("unknown", "no known board", None)
    assert (pinpoint["verdict"], pinpoint["listed"], pinpoint["sampled"], pinpoint["why"]) == ("ok", many, 3, None)
    assert 0.3 < pinpoint["filled"] < 1
    assert pinpoint["requests"] == 1
    as_csv = list(csv.DictReader(io.StringIO(rolecall("verify", "pinpoint", "adp", "--format", "csv").out)))
    assert [list(row) for row in as_csv] == [list(row) for row in as_json.rows]
    assert [row["verdict"] for row in as_csv] == ["unknown", "ok"]


def test_a_name_that_is_no_vendor_is_refused_before_anything_is_asked(rolecall, net):
    before = len(net.requests)
    ran = rolecall("verify", "pinpoint", "nobody")
    assert (ran.code, ran.out) == (1, "")
    assert "'nobody' is not an ATS that Rolecall reads" in ran.err
    assert len(net.requests) == before


@pytest.mark.parametrize("ats", KNOWN)
def test_a_known_board_is_one_of_its_vendor(ats):
    board = detect.from_name(ats, KNOWN[ats][1])
    told = recognise(board.url)
    assert told == [(ats, extractor(ats).key(board.key))] or (ats == "phenom" and told == [])


def test_the_largest_that_the_catalogue_has_counted_comes_first():
    counted = [entry for entry in catalogue.entries() if entry.ats == "ashby" and entry.checked]
    assert known_boards("ashby")[0].url == max(counted, key=lambda entry: entry.open_jobs or 0).url
    assert known_boards("greenhouse")[0].name == KNOWN["greenhouse"][0]
    assert known_boards("adp") == []
