"""Asking for robots.txt: bounded, guarded, and what each answer means (RFC 9309 §2.3.1)."""

import time
from contextlib import suppress
from itertools import pairwise

import pytest

from tests.http.conftest import chunked, drip, flood, gzipped, head, raw, reply
from worker.errors import BoardError, BoardRefused, BoardUnavailable, UnsafeAddress
from worker.http import RobotsFile, fetch_robots
from worker.http.robots import BYTES_MOST, REDIRECTS_MOST

RULES = b"User-agent: *\nDisallow: /private\n"


def asked(host, client, script, **limits) -> RobotsFile:
    host.on("/robots.txt", script)
    return fetch_robots(client(**limits), host.url("").rstrip("/"))


def test_the_file_is_what_the_host_says(host, client):
    one = client()
    host.on("/robots.txt", reply(RULES))
    assert fetch_robots(one, host.url("")) == RobotsFile(RULES)
    assert host.requests[0].headers["user-agent"] == "Rolecall/test"
    assert (one.traffic.robots, one.traffic.requests) == (1, 0)
    assert one.traffic.bytes == len(RULES)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 204, 300])
def test_a_host_without_a_file_forbids_nothing(status, host, client):
    assert asked(host, client, reply(b"", status)) == RobotsFile()


@pytest.mark.parametrize("status", [500, 502, 503, 599, 429])
def test_a_host_that_is_broken_or_busy_has_said_nothing(status, host, client):
    assert asked(host, client, reply(RULES, status)).unreachable == f"it answered with status {status}"


def test_a_host_that_breaks_off_has_said_nothing(host, client):
    assert "could not be read" in asked(host, client, raw(head(200, content_length=100) + RULES)).unreachable


def test_a_host_that_drips_is_given_up_after_five_seconds(host, client):
    began = time.monotonic()
    said = asked(host, client, drip(head(200, content_length=10_000), b"#"))
    assert "took longer than 5 s" in said.unreachable
    assert time.monotonic() - began < 9


def test_of_an_endless_file_the_first_500_kib_count(host, client):
    start = b"User-agent: *\nDisallow: /private\n"
    said = asked(host, client, flood(head(200, content_length=300 << 20) + start, b"#" * 65_536, most=300 << 20))
    assert len(said.content) == BYTES_MOST == 500 * 1024
    assert said.content.startswith(start)
    assert host.given_up.wait(10)
    assert host.sent < 64 << 20


def test_a_bomb_is_inflated_to_500_kib(host, client):
    packed = gzipped(RULES + b"#" * (64 << 20))
    said = asked(host, client, reply(packed, content_encoding="gzip"))
    assert len(said.content) == BYTES_MOST
    assert said.content.startswith(RULES)


def test_a_packed_file_is_unpacked(host, client):
    assert asked(host, client, reply(gzipped(RULES), content_encoding="gzip")).content == RULES


@pytest.mark.parametrize("encoding", ["br", "zstd"])
def test_an_encoding_nobody_asked_for_says_nothing(encoding, host, client):
    assert "not asked for" in asked(host, client, reply(RULES, content_encoding=encoding)).unreachable


def test_damaged_packing_says_nothing(host, client):
    assert "damaged" in asked(host, client, reply(b"\x1f\x8bnonsense", content_encoding="gzip")).unreachable


def test_a_body_in_chunks_is_read(host, client):
    script = raw(head(200, transfer_encoding="chunked") + chunked(RULES[:5], RULES[5:]), keep=True)
    assert asked(host, client, script).content == RULES


def test_redirects_are_followed_to_other_hosts_five_times(hosts, client):
    chain = [hosts() for _ in range(REDIRECTS_MOST + 1)]
    for here, there in pairwise(chain):
        here.on("/robots.txt", reply(b"", 301, location=there.url("/robots.txt", name="127.0.0.1")))
    chain[-1].on("/robots.txt", reply(RULES))
    one = client()
    assert fetch_robots(one, chain[0].url("")).content == RULES
    assert one.traffic.robots == 6


def test_a_sixth_redirect_means_that_there_is_no_file(host, client):
    assert asked(host, client, reply(b"", 302, location="/robots.txt")) == RobotsFile()
    assert len(host.requests) == 6


def test_a_redirect_to_nowhere_means_that_there_is_no_file(host, client):
    assert asked(host, client, reply(b"", 302)) == RobotsFile()


@pytest.mark.parametrize("place", ["http://169.254.169.254/latest", "file:///etc/passwd", "https://a@b.example/"])
def test_a_redirect_to_a_private_place_is_not_followed(place, host, client):
    assert asked(host, client, reply(b"", 302, location=place)).unreachable


def test_a_private_host_is_not_asked(host, client):
    with pytest.raises(UnsafeAddress):
        asked(host, client, reply(RULES), allow_loopback=False, connects_to_loopback=False)
    assert host.requests == []


def test_a_run_that_has_no_time_left_learns_nothing(host, client):
    with pytest.raises(BoardUnavailable, match="took longer"):
        asked(host, client, drip(head(200, content_length=10_000), b"#"), run_seconds=1)


def test_each_request_is_paced(host, client):
    paced = []
    host.on("/robots.txt", reply(b"", 302, location="/other"))
    host.on("/other", reply(RULES))
    fetch_robots(client(pace=paced.append), host.url(""))
    assert len(paced) == 2


# -- what the client asks before it asks for the board ----------------------------------------------------------------


def test_each_address_is_permitted_before_it_is_asked(host, client):
    seen = []
    host.on("/board", reply(b"", 302, location="/moved?x=1"))
    host.on("/moved", reply(b"[]"))
    client(permit=lambda http, url: seen.append((url, len(host.requests)))).get_json(host.url("/board"))
    assert seen == [(host.url("/board"), 0), (host.url("/moved?x=1"), 1)]


def test_what_is_not_permitted_is_not_asked(host, client):
    def refuse(http, url):
        raise BoardRefused("no")

    one = client(permit=refuse)
    with pytest.raises(BoardRefused):
        one.get_json(host.on("/board", reply(b"[]")))
    assert host.requests == []
    assert (one.answered, one.traffic.requests) == (None, 0)


def test_the_request_for_robots_is_none_for_the_board(host, client):
    host.on("/robots.txt", reply(RULES, etag='"r"'))
    host.on("/board", reply(b"[1]", etag='"b"'))
    one = client(permit=lambda http, url: fetch_robots(http, host.url("")))
    assert one.get_json(host.url("/board")) == [1]
    assert (one.traffic.requests, one.traffic.robots, one.traffic.etag) == (1, 1, '"b"')


# -- how the client tells whether its host answers --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "answered"),
    [(200, True), (404, True), (403, True), (429, True), (418, True), (500, False), (503, False)],
)
def test_a_status_below_500_is_an_answer(status, answered, host, client):
    one = client()
    with suppress(BoardError):
        one.get_json(host.on("/board", reply(b"[]", status)))
    assert one.answered is answered
    assert one.failure == ("" if answered else f"it answered with status {status}")


def test_a_host_that_does_not_answer_has_failed(host, client):
    one = client()
    with pytest.raises(BoardUnavailable):
        one.get_json(host.on("/board", raw(b"")))
    assert one.answered is False
    assert one.failure.startswith("localhost could not be read")


def test_a_host_that_was_given_little_time_has_not_failed(host, client):
    one = client(run_seconds=0.5)
    with pytest.raises(BoardUnavailable, match="took longer"):
        one.get_json(host.on("/board", drip(head(200, content_length=10_000))))
    assert one.answered is None


def test_the_last_request_counts(host, client):
    one = client()
    with pytest.raises(BoardUnavailable):
        one.get_json(host.on("/broken", reply(b"", 502)))
    one.get_json(host.on("/board", reply(b"[]")))
    assert (one.answered, one.failure) == (True, "")
