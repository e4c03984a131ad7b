"""The pool that sessions are lent from."""

import random
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import trustme

from tests.http.conftest import PATIENCE, reply, server_context
from worker.errors import BoardUnavailable, StartRefused
from worker.http import BoardClient, Limits, SessionPool
from worker.http.transport import TrustContext

LIMITS = Limits(1 << 20, PATIENCE, 60, allow_loopback=True)


def read(session: requests.Session, url: str) -> object:
    return BoardClient(session, LIMITS, lambda most: None).get_json(url)


def test_cookies_do_not_reach_the_next_borrower(host, pools):
    host.on("/set", reply(b"{}", set_cookie="who=first; Path=/"))
    host.on("/get", reply(b"{}"))
    pool = pools()
    first = pool.acquire()
    read(first, host.url("/set"))
    pool.release(first)
    second = pool.acquire()
    assert second is first
    read(second, host.url("/get"))
    pool.release(second)
    assert "cookie" not in host.requests[1].headers


def test_the_next_borrower_uses_the_connections_of_the_last(tls_host, pools):
    tls_host.on("*", reply(b"{}"))
    pool = pools()
    for _ in range(10):
        session = pool.acquire()
        read(session, tls_host.url())
        pool.release(session)
    assert tls_host.connections == 1


def test_a_contact_in_any_script_does_not_break_the_requests(host):
    host.on("/", reply(b"{}"))
    pool = SessionPool(
        user_agent="Rolecall (Łukasz,\r\n\u043a\u0430\u0434\u0440\u044b@example.com)", allow_loopback=True
    )
    session = pool.acquire()
    assert read(session, host.url()) == {}
    pool.release(session)
    pool.close()
    assert host.requests[0].headers["user-agent"] == "Rolecall (?ukasz,???????@example.com)"


def test_borrowers_at_the_same_time_have_sessions_of_their_own(pools):
    pool = pools()
    lent = [pool.acquire() for _ in range(5)]
    assert len({id(session) for session in lent}) == 5
    assert pool.checked_out == 5
    for session in lent:
        pool.release(session)
    assert pool.checked_out == 0


def test_64_threads_are_counted_right_and_never_share_a_session(pools):
    pool = pools()
    in_use: set[int] = set()
    doubled: list[int] = []
    start = threading.Barrier(64)

    def borrow(seed: int) -> None:
        start.wait(PATIENCE)
        for _ in range(200):
            session = pool.acquire()
            if id(session) in in_use:
                doubled.append(id(session))
            in_use.add(id(session))
            if random.Random(seed).random() < 0.3:
                time.sleep(0)
            in_use.discard(id(session))
            pool.release(session)

    with ThreadPoolExecutor(64) as threads:
        list(threads.map(borrow, range(64)))
    assert doubled == []
    assert pool.checked_out == 0


def test_sessions_beyond_what_is_kept_are_closed(host, pools):
    host.on("*", reply(b"{}"))
    pool = pools()
    lent = [pool.acquire() for _ in range(140)]
    for session in lent:
        read(session, host.url())
    for session in lent:
        pool.release(session)
    for _ in range(12):  # 128 are kept
        assert host.hung_up.acquire(timeout=PATIENCE)
    assert not host.hung_up.acquire(blocking=False)
    again = [pool.acquire() for _ in range(140)]
    assert len({id(session) for session in again} & {id(session) for session in lent[:128]}) == 128
    for session in again:
        pool.release(session)


def test_a_closed_pool_closes_what_is_idle_and_what_comes_back(host, pools):
    host.on("*", reply(b"{}"))
    pool = pools()
    idle, lent = pool.acquire(), pool.acquire()
    read(idle, host.url())
    read(lent, host.url())
    pool.release(idle)
    pool.close()
    assert host.hung_up.acquire(timeout=PATIENCE)
    assert not host.hung_up.acquire(blocking=False)
    read(lent, host.url())
    pool.release(lent)
    assert host.hung_up.acquire(timeout=PATIENCE)
    assert host.connections == 2


def open_sockets() -> int:
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found += str(entry.readlink()).startswith("socket:")
        except OSError:  # the folder's own descriptor, by now closed
            continue
    return found


def test_a_thousand_loans_leave_no_socket_behind(host, hosts, pools):
    host.on("*", reply(b"{}"))
    others = [hosts() for _ in range(6)]  # more hosts than a session keeps connections for
    for other in others:
        other.on("*", reply(b"[]"))
    pool = pools()
    for number in range(60):
        session = pool.acquire()
        read(session, others[number % 6].url())
        pool.release(session)
    settled = open_sockets()
    for number in range(1000):
        session = pool.acquire()
        read(session, host.url() if number % 3 else others[number % 6].url())
        pool.release(session)
    assert open_sockets() <= settled + 4


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_come_from_the_environment(variable, authority, monkeypatch, tls_host):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, str(authority[1]))
    tls_host.on("*", reply(b"{}"))
    pool = SessionPool(user_agent="Rolecall/test", allow_loopback=True)
    session = pool.acquire()
    assert read(session, tls_host.url()) == {}
    pool.release(session)
    pool.close()


def test_without_a_bundle_the_usual_authorities_are_trusted(monkeypatch, tls_host):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    pool = SessionPool(user_agent="Rolecall/test", allow_loopback=True)
    session = pool.acquire()
    with pytest.raises(BoardUnavailable, match="certificate is not to be trusted"):
        read(session, tls_host.url())
    pool.release(session)
    pool.close()


def test_an_empty_folder_of_certificates_trusts_nobody(tmp_path, monkeypatch, tls_host):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    pool = SessionPool(user_agent="Rolecall/test", allow_loopback=True)
    session = pool.acquire()
    with pytest.raises(BoardUnavailable, match="certificate is not to be trusted"):
        read(session, tls_host.url())
    pool.release(session)
    pool.close()


@pytest.mark.parametrize("content", [None, "", "not a certificate"])
def test_a_bundle_that_cannot_be_read_says_so(content, tmp_path, monkeypatch):
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    with pytest.raises(StartRefused, match=r"bundle\.pem cannot be read.*REQUESTS_CA_BUNDLE"):
        SessionPool(user_agent="Rolecall/test", allow_loopback=True)


def test_connections_share_what_they_trust_and_connect_at_the_same_time(hosts, authority, pools):
    """Each thread greets a host anew: what they share must bear that."""
    targets = [hosts(server_context(authority[0], "localhost")) for _ in range(4)]
    for target in targets:
        target.on("*", reply(b"{}"))
    pool = pools()

    def greet(number: int) -> object:
        session = pool.acquire()
        try:
            return read(session, targets[number % 4].url())
        finally:
            session.close()
            pool.release(session)

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(greet, range(160))) == [{}] * 160


def test_a_host_whose_certificate_is_of_another_authority_is_refused_by_shared_trust(hosts, authority, pools):
    stranger = hosts(server_context(trustme.CA(), "localhost"))
    friend = hosts(server_context(authority[0], "localhost"))
    friend.on("*", reply(b"{}"))
    pool = pools()
    session = pool.acquire()
    for _ in range(2):
        assert read(session, friend.url()) == {}
        with pytest.raises(BoardUnavailable, match="certificate is not to be trusted"):
            read(session, stranger.url())
    pool.release(session)


def test_protocols_are_offered_once_per_process(authority):
    trust = TrustContext.load(str(authority[1]))
    trust.set_alpn_protocols(["http/1.1"])
    server = server_context(authority[0], "localhost")
    server.set_alpn_protocols(["http/1.1"])
    ours, theirs = socket.socketpair()
    with ThreadPoolExecutor(1) as other, ours, theirs:
        accepted = other.submit(lambda: server.wrap_socket(theirs, server_side=True))
        trust.set_alpn_protocols(["http/1.1"])
        with trust.wrap_socket(ours, server_hostname="localhost") as secure:
            assert secure.selected_alpn_protocol() == "http/1.1"
            assert secure.version() in ("TLSv1.2", "TLSv1.3")
            accepted.result(PATIENCE).close()


def test_old_protocols_are_refused(hosts, authority, pools):
    old = server_context(authority[0], "localhost")
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    newest = hosts(old)
    newest.on("*", reply(b"{}"))
    pool = pools()
    session = pool.acquire()
    assert read(session, newest.url()) == {}
    pool.release(session)
    trust = TrustContext.load(str(authority[1]))
    assert trust.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert trust.verify_mode == ssl.CERT_REQUIRED
    assert trust.check_hostname
