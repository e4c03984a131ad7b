"""`rolecall extractor try`: all that an extractor reads of a board's first postings."""

import json
import re
from dataclasses import fields
from itertools import count

import pytest

from tests import scanning
from tests.api import building
from tests.boards import Internet
from tests.boards.wire import Answer
from worker import robots
from worker.posting import Posting

FIELDS = [one.name for one in fields(Posting)]
HOME = "https://www.proseware.example"


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


def tried(rolecall, address, *options):
    ran = rolecall("extractor", "try", address, "--format", "json", *options)
    assert ran.code == 0, ran.err
    return json.loads(ran.stdout)


def since(net, work):
    """Return what `work` returns, and the requests that it made."""
    before = len(net.requests)
    found = work()
    return found, net.requests[before:]


@pytest.mark.parametrize("ats", ["greenhouse", "workday", "personio"])
def test_every_field_of_every_posting_is_shown_or_named_as_empty(rolecall, net, ats):
    company = net.world.of(ats)[0]
    ran = rolecall("extractor", "try", company.address)
    assert (ran.code, ran.err) == (0, "")
    assert max(len(line) for line in ran.out.splitlines()) <= 80
    first, *postings = re.split(r"^\d\. ", ran.out, flags=re.MULTILINE)
    assert f"ats {ats}, key " in first
    assert len(postings) == 3
    given = tried(rolecall, company.address)["postings"]
    for text, one in zip(postings, given, strict=True):
        table, _, rest = text.partition("Left empty: ")
        empty = re.split(r",\s+", rest.partition(".")[0])
        shown = [line.split()[0] for line in table.splitlines()[2:] if line[:1].strip()]
        assert sorted([*shown, *empty]) == sorted(FIELDS)
        assert shown == [name for name in FIELDS if one["raw"][name] or one["normalised"][name]]
        assert next(iter(text.splitlines())) in net.world.titles(company).values()


def test_what_the_extractor_gives_stands_beside_what_is_stored(rolecall, net):
    company = net.world.of("workday")[0]
    found = tried(rolecall, company.address)
    assert (found["ats"], found["told_by"]) == ("workday", "told by the address")
    for one in found["postings"]:
        role = net.world.role(company, one["raw"]["external_id"])
        assert one["raw"]["title"] == one["normalised"]["title"] == role.title
        assert list(one["raw"]) == list(one["normalised"]) == FIELDS
        assert one["raw"]["employment_type"] == "Full time"
        assert one["normalised"]["employment_type"] == "FULL_TIME"
        assert one["raw"]["places"] == []
        assert one["normalised"]["places"][0]["country"]
    assert "places" in found["derived"]
    assert all(not one["normalised"][name] for name in found["empty"] for one in found["postings"])
    assert "title" not in found["empty"]


def test_it_costs_the_first_page_and_the_details_that_are_shown(rolecall, net):
    company = net.world.of("smartrecruiters")[0]
    found, asked = since(net, lambda: tried(rolecall, company.address, "--postings", "2"))
    targets = [seen.target.partition("?")[0] for seen in asked if seen.company == company.slug]
    shown = [one["raw"]["external_id"] for one in found["postings"]]
    assert len(shown) == 2
    assert [target.rpartition("/")[2] for target in targets if not target.endswith("/postings")] == shown
    assert (len(targets), found["robots_requests"]) == (found["requests"], 0)
    assert (found["listed"], found["pages"], found["total"]) == (len(net.world.open_ids(company)), 1, found["listed"])
    assert found["bytes"] >= 200 * found["requests"]
    assert found["milliseconds"] > 0


def test_rows_that_cannot_be_read_are_told_with_their_reasons(rolecall, net):
    company = net.world.of("lever")[0]
    net.fault(company, "bad_posting", count=2)
    ran = rolecall("extractor", "try", company.address)
    assert ran.code == 0
    assert re.findall(r"^Skipped .+: (.+)$", ran.err, re.MULTILINE) == ["missing 'text'"] * 2
    assert "and 2 skipped rows on the first page" in ran.out
    assert [row["reason"] for row in tried(rolecall, company.address)["skipped"]] == ["missing 'text'"] * 2


def test_a_host_that_answers_conditional_requests_is_told_from_one_that_gives_validators_for_show(rolecall, net):
    company = net.world.of("pinpoint")[0]
    assert tried(rolecall, company.address)["conditional"]["honoured"] is True
    tags = (f'"{number}"' for number in count(1))
    net.page("https://acme.pinpointhq.com/postings.json", lambda request: postings(("1", "Baker"), etag=next(tags)))
    shown = tried(rolecall, "https://acme.pinpointhq.com")["conditional"]
    assert shown == {"etag": '"1"', "last_modified": None, "honoured": False, "trouble": None}
    assert "but sent back" in rolecall("extractor", "try", "https://acme.pinpointhq.com").out


def test_where_there_are_no_validators_nothing_is_asked_twice(rolecall, net):
    net.page("https://acme.pinpointhq.com/postings.json", postings(("1", "Baker")))
    found, asked = since(net, lambda: tried(rolecall, "https://acme.pinpointhq.com"))
    assert found["conditional"] == {"etag": None, "last_modified": None, "honoured": None, "trouble": None}
    assert [seen.target for seen in asked] == ["/postings.json"]


def postings(*rows, etag=None):
    data = [{"id": number, "title": title, "url": f"{HOME}/{number}"} for number, title in rows]
    return Answer(200, json.dumps({"data": data}).encode(), headers={"ETag": etag} if etag else {})


def test_what_the_board_says_is_written_as_it_is(rolecall, net):
    row = '{"id": "1", "title": "Baker \\ud800", "url": "https://a.example/1", "reporting_to": "Chief",\
        "compensation_minimum": 1e400, "compensation_maximum": 12.50, "compensation_currency": "EUR"}'
    net.page("https://acme.pinpointhq.com/postings.json", Answer(200, f'{{"data": [{row}]}}'.encode()))
    ran = rolecall("extractor", "try", "https://acme.pinpointhq.com", "--format", "json")
    (one,) = ran.rows["postings"]
    assert one["raw"]["title"] == "Baker ?"
    assert str(one["raw"]["salary"]["max"]) == "12.5"
    assert one["raw"]["extras"] == {"reporting_to": "Chief"}
    assert rolecall("extractor", "try", "https://acme.pinpointhq.com").code == 0


def test_where_the_address_tells_no_board_it_is_looked_for(rolecall, net):
    company = net.world.of("greenhouse")[0]
    net.page(f"{HOME}/jobs", f'<iframe src="{company.address}"></iframe>')
    found = tried(rolecall, f"{HOME}/jobs")
    assert (found["ats"], found["board"]) == ("greenhouse", company.slug)
    assert found["told_by"].startswith(f"{HOME}/jobs embeds it")


def test_where_there_is_no_board_or_several_the_message_says_what_to_do(rolecall, net):
    ran = rolecall("extractor", "try", "https://nobody-here.example/")
    assert (ran.code, ran.out) == (1, "")
    assert "so there is nothing to try. A new extractor has to know the address" in ran.err
    assert "https://nobody-here.example/: there is no such page" in ran.err
    one, other = net.world.of("greenhouse")[0], net.world.of("lever")[0]
    net.page(f"{HOME}/jobs", "".join(f'<iframe src="{each.address}"></iframe>' for each in (one, other)))
    ran = rolecall("extractor", "try", f"{HOME}/jobs")
    assert (ran.code, ran.out) == (1, "")
    assert "try one of them: " in ran.err
    assert one.address in ran.err
    assert other.address in ran.err


@pytest.mark.parametrize(
    ("fault", "cause", "remedy"),
    [
        ("wrong_shape", "could not be read: The Pinpoint board's answer has no list", "Compare what the host answers"),
        ("not_found", "says that there is no such board (404)", "the company has left the vendor"),
        ("too_many", "is busy or broken right now (429)", "`rolecall hosts` tells"),
    ],
)
def test_a_board_that_cannot_be_read_is_told_with_cause_and_remedy(rolecall, net, fault, cause, remedy):
    company = net.world.of("pinpoint")[0]
    net.fault(company, fault)
    ran = rolecall("extractor", "try", company.address)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: {company.address.rstrip('/')}")
    assert cause in ran.err
    assert remedy in ran.err


def test_a_board_without_one_readable_posting_shows_why(rolecall, net):
    net.page("https://acme.pinpointhq.com/postings.json", postings(("1", None), ("2", "")))
    ran = rolecall("extractor", "try", "https://acme.pinpointhq.com")
    assert ran.code == 1
    assert len(re.findall(r"^Skipped [12]: ", ran.err, re.MULTILINE)) == 2
    assert "not one posting of https://acme.pinpointhq.com could be read" in ran.err
    net.page("https://acme.pinpointhq.com/postings.json", postings())
    assert "has no posting right now" in rolecall("extractor", "try", "https://acme.pinpointhq.com").err


def test_what_robots_txt_forbids_is_not_asked(rolecall, net):
    company = net.world.of("smartrecruiters")[0]
    (workday,) = net.world.of("workday")
    host = workday.address.split("/")[2]
    net.page(f"https://{host}/robots.txt", Answer(200, b"User-agent: *\nDisallow: /\n", "text/plain"))
    ran, asked = since(net, lambda: rolecall("extractor", "try", workday.address))
    assert ran.code == 1
    assert "It is left alone then." in ran.err
    assert [seen.target for seen in asked] == ["/robots.txt"]
    assert rolecall("extractor", "try", company.address).code == 0


def test_a_host_that_stops_answering_is_left_alone_and_what_came_is_shown(rolecall, net, redis):
    company = net.world.of("smartrecruiters")[0]
    net.fault(company, "too_many", path="/postings/", retry_after=30)
    ran, asked = since(net, lambda: rolecall("extractor", "try", company.address))
    assert ran.code == 0
    assert len(re.findall(r"^\d\. ", ran.out, re.MULTILINE)) == 3
    assert "is busy or broken right now (429)" in ran.err
    assert sum(seen.status == 429 for seen in asked) == 1
    assert float(redis.hget("rolecall:pace:api.smartrecruiters.com", "blocked")) > redis.time()[0] + 20


def test_a_posting_whose_details_are_gone_is_shown_as_it_is_listed(rolecall, net):
    company = net.world.of("smartrecruiters")[0]
    net.fault(company, "not_found", path="/postings/", requests=1)
    found = tried(rolecall, company.address, "--postings", "2")
    gone, there = found["postings"]
    assert "its details could not be read" in gone["trouble"]
    assert gone["normalised"]["title"]
    assert (gone["normalised"]["description_text"], there["trouble"]) == (None, None)
    assert there["normalised"]["description_text"]


def test_nothing_is_written(rolecall, net, db):
    scanning.watch(db, net.world.of("greenhouse")[0])
    before = building.digest(db)
    rolecall("extractor", "try", net.world.of("greenhouse")[0].address)
    assert building.digest(db) == before
