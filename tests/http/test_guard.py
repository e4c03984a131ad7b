"""What Rolecall refuses to connect to, however it is written, resolved or redirected to."""

import ipaddress
import socket
import sys
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.http.conftest import PATIENCE, drip, head, raw, reply, tunnel
from worker.errors import BoardNotFound, BoardUnavailable, UnexpectedPayload, UnsafeAddress
from worker.http.guard import refuse_private, refuse_unsafe_url

LITERALLY_PRIVATE = (
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.0.0.1:8000/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://0x7f000001/",
    "HTTP://0X7F.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://192.0.0.192/",
    "http://168.63.129.16/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::FFFF:7F00:1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[fd00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a00:1::1]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[2001::1]/",
)
PRIVATE_NAMES = (
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://jobs.localhost/",
    "http://localhost.localdomain/",
    "http://ip6-localhost/",
    "http://printer.local/",
    "http://metadata.google.internal/",
    "http://router.home.arpa/",
    "http://nas.lan/",
    "http://wiki.corp/",
    "http://redis/",
    "http://postgres:5432/",
    "http://metadata/",
)
DISGUISED = (
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://①27.0.0.1/",
    "http://127。0。0。1/",
    "http://ⓛocalhost/",
    "http://\uff2c\uff2f\uff23\uff21\uff2c\uff28\uff2f\uff33\uff34/",
    "http://local\u00adhost/",
    "http://127.0.0.1\\@example.com/",
    "http://127.0.0.%31/",
    "http://%31%32%37.0.0.1/",
    "http://loc%61lhost/",
    "http://127.0.0.1%00.example.com/",
    "http://127.0.0.1%20.example.com/",
    "http://127.0.0.1 .example.com/",
    "http://0x7f.0.0.1.0x/",
    "http://127.0.0.256/",
    "http://1.2.3.4.5/",
    "http://127.0.0.1#@example.com/",
    "http://127.0.0.1?@example.com/",
)
NOT_FETCHABLE = (
    "",
    "/jobs",
    "jobs.example.com",
    "//jobs.example.com/",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "ftp://jobs.example.com/",
    "gopher://jobs.example.com:70/_x",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:///jobs",
    "http://",
    "http://[::1",
    "http://jobs.example.com:99999/",
    "http://jobs.example.com:x/",
    "http://user@jobs.example.com/",
    "http://user:secret@jobs.example.com/",
    "http://:@jobs.example.com/",
    "http://-/",
    "http://jobs..example.com/",
    "http://*.example.com/",
    "http://" + "a" * 64 + ".example.com/",
    "http://" + "a." * 130 + "example.com/",
    "http://jobs.example.com\x00.evil.test/",
)
PUBLIC = (
    "https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true",
    "https://acme.wd5.myworkdayjobs.com:443/wday/cxs/acme/Site/jobs",
    "https://jobs.example.com./",
    "https://1password.example.com/",
    "https://my_board.example.com/",
    "https://xn--bcher-kva.example.com/",
    "http://8.8.8.8/",
    "http://[2606:4700::1111]/",
    "http://[2002:808:808::1]/",
    "http://[64:ff9b::808:808]/",
)


@pytest.mark.parametrize("url", LITERALLY_PRIVATE + PRIVATE_NAMES + NOT_FETCHABLE)
def test_an_unsafe_address_is_refused_as_it_is_written(url):
    with pytest.raises(UnsafeAddress) as refused:
        refuse_unsafe_url(url, allow_loopback=False)
    assert str(refused.value).isprintable()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_address_passes(url):
    refuse_unsafe_url(url, allow_loopback=False)


@pytest.mark.parametrize("url", LITERALLY_PRIVATE + PRIVATE_NAMES + DISGUISED + NOT_FETCHABLE)
def test_behind_a_proxy_no_private_address_is_passed_on(url, host, client, surroundings):
    surroundings(HTTP_PROXY=host.url(name="127.0.0.1"), HTTPS_PROXY=host.url(name="127.0.0.1"))
    host.on("*", reply(b"{}"))
    with pytest.raises(UnsafeAddress):
        client(allow_loopback=False).get_json(url)
    assert host.connections == 0


def test_where_two_readers_of_addresses_disagree_the_one_that_sends_is_heeded(host, client, surroundings):
    surroundings(HTTP_PROXY=host.url(name="127.0.0.1"))
    host.on("*", reply(b"{}"))
    client(allow_loopback=False).get_json("http://example.com\\@127.0.0.1/")  # Python's urlsplit reads 127.0.0.1
    assert [request.target for request in host.requests] == ["http://example.com/%5C@127.0.0.1/"]


@pytest.mark.parametrize(
    "network",
    ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "192.0.0.0/24"],
)
@given(data=st.data())
def test_every_notation_of_every_private_address_is_refused(network, data):
    within = ipaddress.ip_network(network)
    number = data.draw(st.integers(int(within[0]), int(within[-1])))
    a, b, c, d = number.to_bytes(4)
    written = data.draw(
        st.sampled_from(
            [
                f"{number}",
                f"{number:#x}",
                f"0{number:o}",
                f"{a}.{b}.{c}.{d}",
                f"{a:#x}.0{b:o}.{c}.{d:#x}",
                f"{a}.{b}.{(c << 8) + d}",
                f"{a:#X}.{(b << 16) + (c << 8) + d}",
                f"[::ffff:{a}.{b}.{c}.{d}]",
                f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]",
                f"[64:ff9b::{a}.{b}.{c}.{d}]",
                f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::{data.draw(st.integers(0, 0xFFFF)):x}]",
            ]
        )
    )
    with pytest.raises(UnsafeAddress):
        refuse_unsafe_url(f"https://{written}{data.draw(st.sampled_from(['', ':8443']))}/", allow_loopback=False)


@given(st.ip_addresses(v=6))
def test_of_ipv6_only_what_the_internet_uses_is_connected_to(address):
    carriers = (ipaddress.ip_network(one) for one in ("2000::/3", "64:ff9b::/96", "::ffff:0:0/96"))
    assume(not any(address in network for network in carriers))
    with pytest.raises(UnsafeAddress):
        refuse_private(str(address), allow_loopback=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_allowed_where_a_test_says_so(address):
    refuse_private(address, allow_loopback=True)


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://169.254.169.254/", "http://metadata.google.internal/"])
def test_allowing_loopback_allows_nothing_else(url):
    with pytest.raises(UnsafeAddress):
        refuse_unsafe_url(url, allow_loopback=True)


@pytest.mark.parametrize("name", ["localhost", "localhost.localdomain", "ip6-localhost", "this machine's"])
def test_a_name_that_resolves_to_a_private_address_is_not_connected_to(name, host, client):
    name = socket.gethostname() if name == "this machine's" else name
    try:
        socket.getaddrinfo(name, 80)
    except OSError:
        pytest.skip(f"{name} does not resolve here")
    host.on("*", reply(b"{}"))
    with pytest.raises(UnsafeAddress):
        client(connects_to_loopback=False).get_json(host.url(name=name))
    assert host.connections == 0


Noted = list[tuple[str, tuple[object, ...]]]
_listeners: list[Noted] = []


def _audit(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.getaddrinfo", "socket.connect"):
        for noted in _listeners:
            noted.append((event, args))


sys.addaudithook(_audit)


@pytest.fixture
def looked_up() -> Iterator[Noted]:
    """What this process asks its resolver and connects to, as the interpreter itself reports it."""
    noted: Noted = []
    _listeners.append(noted)
    yield noted
    _listeners.remove(noted)


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(host, client, looked_up):
    host.on("/", raw(head(content_length=2) + b"{}"))
    reader = client()
    reader.get_json(host.url())
    assert host.hung_up.acquire(timeout=PATIENCE)
    reader.get_json(host.url())
    names = [args[0] for event, args in looked_up if event == "socket.getaddrinfo" and args[0] == "localhost"]
    targets = [args[1][0] for event, args in looked_up if event == "socket.connect"]
    assert host.connections == 2
    assert len(names) == 2  # anew for every connection, but only once
    assert targets == ["127.0.0.1", "127.0.0.1"]


def test_behind_a_proxy_names_are_the_proxys_to_resolve(hosts, tls_host, client, surroundings, looked_up):
    proxy = hosts()
    proxy.on("*", tunnel(tls_host))
    surroundings(HTTPS_PROXY=proxy.url(name="127.0.0.1"))
    tls_host.on("/jobs", reply(b'{"jobs": []}'))
    reader = client(allow_loopback=False, connects_to_loopback=False)
    assert reader.get_json("https://jobs.example.com/jobs") == {"jobs": []}
    assert [request.target for request in proxy.requests] == ["jobs.example.com:443"]
    assert "jobs.example.com" not in [args[0] for event, args in looked_up if event == "socket.getaddrinfo"]


def test_plain_http_goes_through_a_proxy_too(hosts, host, client, surroundings):
    proxy = hosts()
    proxy.on("*", tunnel(host))
    surroundings(HTTP_PROXY=proxy.url(name="127.0.0.1"))
    host.on("/jobs", raw(head(content_length=2) + b"{}"))
    assert client(allow_loopback=False, connects_to_loopback=False).get_json("http://jobs.example.com/jobs") == {}
    assert proxy.requests[0].target == "http://jobs.example.com/jobs"


@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("hosts_named", ["localhost", "example.org, localhost", "*", ".localhost", "LOCALHOST"])
def test_hosts_of_no_proxy_are_connected_to_directly(variable, hosts_named, hosts, host, client, surroundings):
    proxy = hosts()
    proxy.on("*", tunnel(host))
    surroundings(HTTP_PROXY=proxy.url(name="127.0.0.1"), **{variable: hosts_named})
    host.on("/", reply(b"[]"))
    assert client().get_json(host.url()) == []
    assert proxy.connections == 0
    assert host.connections == 1


def test_hosts_that_no_proxy_does_not_name_go_through_the_proxy(hosts, host, client, surroundings):
    proxy = hosts()
    proxy.on("*", tunnel(host))
    surroundings(HTTP_PROXY=proxy.url(name="127.0.0.1"), NO_PROXY="example.org,ocalhost")
    host.on("/", raw(head(content_length=2) + b"[]"))
    assert client().get_json(host.url()) == []
    assert proxy.connections == 1


def test_a_direct_connection_beside_a_proxy_is_guarded(hosts, host, client, surroundings):
    proxy = hosts()
    proxy.on("*", tunnel(host))
    surroundings(HTTP_PROXY=proxy.url(name="127.0.0.1"), NO_PROXY="localhost")
    with pytest.raises(UnsafeAddress):
        client(connects_to_loopback=False).get_json(host.url())
    assert (proxy.connections, host.connections) == (0, 0)


def test_a_socks_proxy_is_refused_rather_than_passed_by(host, client, surroundings):
    surroundings(HTTP_PROXY="socks5://127.0.0.1:9")
    with pytest.raises(BoardUnavailable, match="SOCKS proxies are not supported"):
        client().get_json(host.url())
    assert host.connections == 0


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{port}/",
        "http://2130706433:{port}/",
        "//127.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://\uff11\uff12\uff17.0.0.1:{port}/",
        "http://user@localhost:{port}/",
        "file://localhost/etc/passwd",
        "ftp://localhost:{port}/",
        "gopher://localhost:{port}/",
        "http://169.254.169.254/",
        "http://10.0.0.1/",
    ],
)
def test_a_redirect_to_where_nothing_is_fetched_is_not_followed(target, hosts, host, client):
    trap = hosts()
    trap.on("*", reply(b"{}"))
    url = host.on("/", reply(status=302, location=target.format(port=trap.port).encode().decode("latin-1")))
    with pytest.raises((UnsafeAddress, UnexpectedPayload)) as refused:
        client().get_json(url)
    assert str(refused.value).isprintable()
    assert trap.connections == 0


@pytest.mark.parametrize("location", ["http://[bad", "http://local\x01host/", "http://x:y:z/", "https://\xff\xfe/"])
def test_a_redirect_to_nonsense_is_an_unexpected_payload(location, host, client):
    url = host.on("/", reply(status=301, location=location))
    with pytest.raises((UnexpectedPayload, UnsafeAddress)) as refused:
        client().get_json(url)
    assert str(refused.value).isprintable()


def test_a_redirect_to_another_site_says_where_the_board_went(host, client):
    url = host.on("/", reply(status=301, location="https://careers.example.com/acme"))
    with pytest.raises(UnexpectedPayload, match=r"https://careers\.example\.com/acme"):
        client().get_json(url)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://jobs.acme.co.uk/", "http://jobs.other.co.uk/"),
        ("http://198.51.100.1/", "http://203.0.100.1/"),
        ("http://jobs.acme.com/", "http://acme.com.evil.test/"),
        ("http://jobs.acme.com/", "http://notacme.com/"),
    ],
)
def test_sites_that_only_look_alike_are_told_apart(old, new, host, client, surroundings):
    surroundings(HTTP_PROXY=host.url(name="127.0.0.1"))
    host.on("*", reply(status=302, location=new))
    with pytest.raises((UnexpectedPayload, UnsafeAddress)):
        client(allow_loopback=False).get_text(old)
    assert len(host.requests) <= 1


def test_redirects_within_a_site_are_followed_with_their_own_query(host, client):
    host.on("/old", reply(status=301, location="/middle?page=1"))
    host.on("/middle", reply(status=307, location=host.url("/new")))
    host.on("/new", reply(b'{"jobs": 1}'))
    paced: list[float] = []
    reader = client(pace=paced.append)
    assert reader.get_json(host.url("/old"), params={"q": "a b"}) == {"jobs": 1}
    assert [request.target for request in host.requests] == ["/old?q=a+b", "/middle?page=1", "/new"]
    assert len(paced) == 3  # every hop is a request, and paced as one
    assert reader.traffic.requests == 3


def test_a_circle_of_redirects_ends_and_is_not_taken_for_a_missing_board(host, client):
    url = host.on("/a", reply(status=302, location="/b"))
    host.on("/b", reply(status=302, location="/a"))
    with pytest.raises(BoardUnavailable, match="without end"):
        client().get_json(url)
    assert len(host.requests) == 4


@pytest.mark.parametrize("location", ["/elsewhere", "https://www.example.com/careers", ""])
def test_where_redirects_are_not_wanted_one_means_that_there_is_no_board(location, host, client):
    url = host.on("/acme", reply(status=302, location=location))
    with pytest.raises(BoardNotFound):
        client().get_json(url, redirects=False)
    assert len(host.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_post_is_never_redirected(status, host, client):
    url = host.on("/jobs", reply(status=status, location="/elsewhere"))
    with pytest.raises(BoardUnavailable):
        client().post_json(url, {})
    assert len(host.requests) == 1


def test_the_body_of_a_redirect_is_not_read(host, client):
    url = host.on("/old", drip(head(302, location="/new", content_length=1 << 40)))
    host.on("/new", reply(b"{}"))
    assert client().get_json(url) == {}
    assert host.given_up.wait(PATIENCE)
