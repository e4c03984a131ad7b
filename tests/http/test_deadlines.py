"""A host that drips, stalls or never ends holds nobody longer than a request may take."""

import random
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.http.conftest import PATIENCE, Wire, chunked, drip, head, raw, reply, server_context, tunnel
from worker.errors import BoardUnavailable
from worker.http import BoardClient, Limits
from worker.http.deadlines import Watcher
from worker.http.transport import GuardedAdapter, _connect

SOON = 0.6
"""Seconds that a request may take here."""


def stall(wire: Wire, request) -> None:
    """Say nothing, until the client has gone or the test is over."""
    if not wire.socket.recv(1):
        wire.host.given_up.set()


DRIPS = {
    "nothing": stall,
    "its first line": drip(drop=b"H"),
    "its headers": drip(b"HTTP/1.1 200 OK\r\n", drop=b"X-Drop: x\r\n"),
    "one header": drip(b"HTTP/1.1 200 OK\r\nX-Endless: "),
    "100 Continue": drip(drop=b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body with a length": drip(head(content_length=1 << 30)),
    "a body in chunks": drip(head(transfer_encoding="chunked"), drop=b"1\r\nx\r\n"),
    "a body of one chunk": drip(head(transfer_encoding="chunked") + b"40000000\r\n"),
    "the length of a chunk": drip(head(transfer_encoding="chunked"), drop=b"0"),
    "a trailer": drip(head(transfer_encoding="chunked") + b"2\r\n{}\r\n0\r\n", drop=b"X: y\r\n"),
    "a body that ends with the connection": drip(head(content_type="text/plain"), drop=b"[]"),
    "a valid beginning of such a body": drip(head() + b"[1, 2]", drop=b" "),
    "a compressed body": drip(head(content_encoding="gzip") + b"\x1f\x8b\x08\0\0\0\0\0\0\x03", drop=b"\0"),
}


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_a_host_that_drips_is_given_up_whatever_it_drips(tls, hosts, pools, authority):
    """All at once, each on a host and a session of its own: what one drips is no excuse for another."""
    pool = pools()
    limits = Limits(1 << 20, SOON, 60, allow_loopback=True)

    def outcome(what: str) -> list[object]:
        dripping = hosts(server_context(authority[0], "localhost") if tls else None)
        url = dripping.on("/", DRIPS[what])
        dripping.on("/next", reply(b"{}"))
        session = pool.acquire()
        try:
            with pytest.raises(BoardUnavailable) as failed:
                BoardClient(session, limits, lambda most: None).get_text(url)
            given_up = dripping.given_up.wait(PATIENCE)  # the host would have gone on for hours
            usable = BoardClient(session, limits, lambda most: None).get_json(dripping.url("/next"))
            return [str(failed.value), given_up, usable]
        finally:
            pool.release(session)

    with ThreadPoolExecutor(len(DRIPS)) as threads:
        outcomes = dict(zip(DRIPS, threads.map(outcome, DRIPS), strict=True))
    too_long = ["localhost took longer than 0.6 s", True, {}]
    silent = ["localhost could not be read: it did not answer in time", True, {}]
    assert {what: one for what, one in outcomes.items() if one not in (too_long, silent)} == {}


@pytest.mark.parametrize("drop", [b"\x16\x03\x03\x40\x00", b"\x16"], ids=["a record", "bytes"])
def test_a_handshake_that_drips_is_given_up(drop, host, client):
    host.on("handshake", drip(drop, drop=b"\x16"))
    with pytest.raises(BoardUnavailable):
        client(request_seconds=SOON).get_text(host.url().replace("http:", "https:"))
    assert host.given_up.wait(PATIENCE)


def test_a_proxy_that_drips_is_given_up(host, client, surroundings):
    surroundings(HTTPS_PROXY=host.url(name="127.0.0.1"))
    host.on("*", drip(b"HTTP/1.1 200 Go ahead\r\n", drop=b"X-Drop: x\r\n"))
    with pytest.raises(BoardUnavailable, match="took longer"):
        client(request_seconds=SOON).get_text("https://jobs.example.com/")
    assert host.given_up.wait(PATIENCE)


def test_a_host_that_drips_behind_a_proxy_is_given_up(hosts, tls_host, client, surroundings):
    proxy = hosts()
    proxy.on("*", tunnel(tls_host))
    surroundings(HTTPS_PROXY=proxy.url(name="127.0.0.1"))
    tls_host.on("*", drip(head(content_length=1 << 30)))
    with pytest.raises(BoardUnavailable, match="took longer"):
        client(request_seconds=SOON).get_text("https://jobs.example.com/")
    assert tls_host.given_up.wait(PATIENCE)


def test_the_time_of_the_run_bounds_its_last_request(host, client):
    url = host.on("/", drip(head(content_length=1 << 30)))
    with pytest.raises(BoardUnavailable, match="took longer"):
        client(request_seconds=1000, run_seconds=SOON).get_text(url)


def test_an_answer_that_comes_slowly_but_in_time_is_read(host, client):
    def slowly(wire: Wire, request) -> bool:
        wire.send(head(transfer_encoding="chunked"))
        for piece in (b"[1", b",", b"2]"):
            time.sleep(0.1)
            wire.send(chunked(piece)[: -len(b"0\r\n\r\n")])
        wire.send(b"0\r\n\r\n")
        return True

    assert client().get_json(host.on("/", slowly)) == [1, 2]


def test_one_time_out_is_for_all_addresses_of_a_name():
    """A name may have any number of addresses that swallow what is sent to them."""
    full = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = full.getsockname()[1]
    waiting = [socket.socket() for _ in range(8)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", port))
    adapter = GuardedAdapter(allow_loopback=True, trust=ssl.create_default_context(), no_proxy={})
    connection = adapter.poolmanager.connection_from_host("localhost", port, "http")._new_conn()
    connection.timeout = 0.2
    began = time.monotonic()
    try:
        with pytest.raises(Exception, match="no connection to localhost"):
            _connect(connection, ["127.0.0.1"] * 100)
        assert time.monotonic() - began < PATIENCE  # 100 times 0.2 s is twice that
    finally:
        connection.close()
        adapter.close()
        for one in (*waiting, full):
            one.close()


@pytest.fixture
def threads_take_turns() -> Iterator[None]:
    """Let the interpreter change threads as often as it can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def threads_that_watch() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "deadlines"}


def gone(threads: set[threading.Thread]) -> bool:
    for thread in threads:
        thread.join(PATIENCE)
    return not any(thread.is_alive() for thread in threads)


def watched_until_it_ends(watcher: Watcher) -> bool:
    """Wait on a socket nobody writes to: whether the watcher shut it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(PATIENCE)
        with watcher.exchange(0.02) as exchange:
            watcher.uses(ours)
            try:
                return ours.recv(1) == b"" and exchange.expired
            except TimeoutError:
                return False


def test_the_watcher_ends_when_nothing_is_left_to_watch_and_starts_anew():
    watcher = Watcher(period=0.005, linger=0.02)
    before = threads_that_watch()
    for _ in range(3):
        assert watched_until_it_ends(watcher)
        started = threads_that_watch() - before
        assert len(started) == 1
        assert gone(started)


def test_an_exchange_that_begins_as_the_watcher_ends_is_watched():
    watcher = Watcher(period=0.001, linger=0.0)  # ends as soon as it may
    for _ in range(60):
        assert watched_until_it_ends(watcher)
        time.sleep(random.uniform(0, 0.003))


def test_many_threads_share_one_watcher():
    watcher = Watcher(period=0.005, linger=0.2)
    before = threads_that_watch()
    ended: list[bool] = []
    threads = [threading.Thread(target=lambda: ended.append(watched_until_it_ends(watcher))) for _ in range(64)]
    for thread in threads:
        thread.start()
    assert len(threads_that_watch() - before) <= 1
    for thread in threads:
        thread.join(PATIENCE)
    assert ended == [True] * 64


def test_an_exchange_that_has_ended_is_never_shut_afterwards(threads_take_turns):
    """Its socket may by then belong to the exchange of another thread."""
    watcher = Watcher(period=0.001, linger=0.0)
    with ExitStack() as pairs:
        sockets = [pairs.enter_context(one) for _ in range(100) for one in socket.socketpair()]
        for _ in range(20):
            blocks = [watcher.exchange(PATIENCE) for _ in sockets]
            exchanges = [block.__enter__() for block in blocks]
            deadline = time.monotonic() + 0.003
            for exchange, used in zip(exchanges, sockets, strict=True):
                exchange.socket, exchange.until = used, deadline
            while not any(exchange.expired for exchange in exchanges):
                time.sleep(0)
            at_the_end = []  # of each, while the watcher is at work on those that are late
            for block, exchange in zip(blocks, exchanges, strict=True):
                block.__exit__(None, None, None)
                at_the_end.append(exchange.expired)
            time.sleep(0.005)
            assert [exchange.expired for exchange in exchanges] == at_the_end


def test_a_connection_that_was_shut_is_not_lent_to_the_next_exchange(host, client):
    url = host.on("/slow", drip(head(content_length=1 << 30)))
    host.on("/fast", reply(b"{}"))
    for _ in range(2):
        with pytest.raises(BoardUnavailable):
            client(request_seconds=0.1).get_json(url)
        assert client().get_json(host.url("/fast")) == {}


def test_an_answer_without_length_that_is_complete_is_believed(host, client):
    url = host.on("/", raw(head() + b"[1, 2]"))
    assert client().get_json(url) == [1, 2]
