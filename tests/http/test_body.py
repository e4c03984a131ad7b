"""Bodies that are too large, too short, packed, or packed to deceive."""

import os
import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.http.conftest import PATIENCE, Host, chunked, drip, flood, gzipped, head, raw, reply
from worker.errors import BoardNotFound, BoardUnavailable, UnexpectedPayload
from worker.http.body import _inflate

MOST = 100_000
EXACTLY = b"x" * MOST
MEGABYTE = 1 << 20


def bomb() -> tuple[bytes, bytes]:
    """Return the beginning of a gzip stream of zeros, and a piece of it that may be repeated: a megabyte each."""
    packer = zlib.compressobj(9, wbits=31)
    first = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first, packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)


WAYS = {
    "with a length": reply,
    "in one chunk": lambda body: raw(head(transfer_encoding="chunked") + chunked(body), keep=True),
    "in chunks": lambda body: raw(
        head(transfer_encoding="chunked") + chunked(*(body[at : at + 777] for at in range(0, len(body), 777))),
        keep=True,
    ),
    "until the connection ends": lambda body: raw(head() + body),
    "gzipped": lambda body: reply(gzipped(body), content_encoding="gzip"),
    "gzipped, by its old name": lambda body: reply(gzipped(body), content_encoding=" X-GZip "),
    "gzipped in chunks": lambda body: raw(
        head(transfer_encoding="chunked", content_encoding="gzip") + chunked(gzipped(body)), keep=True
    ),
    "gzipped in members": lambda body: reply(
        b"".join(gzipped(body[at : at + 30_000]) for at in range(0, len(body), 30_000)), content_encoding="gzip"
    ),
    "gzipped and padded": lambda body: reply(gzipped(body) + bytes(512), content_encoding="gzip"),
    "as itself": lambda body: reply(body, content_encoding="identity"),
    "with an empty encoding": lambda body: reply(body, content_encoding=""),
    "with a length and in chunks": lambda body: raw(
        head(content_length=5, transfer_encoding="chunked") + chunked(body)
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_exactly_the_bound_passes_and_one_byte_more_does_not(way, host, client):
    fits, exceeds = host.on("/fits", WAYS[way](EXACTLY)), host.on("/exceeds", WAYS[way](EXACTLY + b"x"))
    assert client(body_bytes=MOST).get_text(fits) == EXACTLY.decode()
    with pytest.raises(UnexpectedPayload, match="larger than 100,000 bytes"):
        client(body_bytes=MOST).get_text(exceeds)


@pytest.mark.parametrize(
    "body",
    [
        gzipped(EXACTLY)[:-1],
        gzipped(EXACTLY)[:-8],
        gzipped(EXACTLY)[:50],
        gzipped(EXACTLY)[:5],
        gzipped(b"[1]") + gzipped(b"[2]")[:-4],
        gzipped(EXACTLY)[:-8] + b"\xff" * 8,  # its own checksum and length are wrong
        gzipped(EXACTLY)[:-4] + b"\x01\x00\x00\x00",
        gzipped(b"[1]") + b"something else",
        b"[1]",
        zlib.compress(EXACTLY),
    ],
)
@pytest.mark.parametrize("framed", [True, False])
def test_a_compressed_body_that_is_damaged_is_never_taken_for_whole(body, framed, host, client):
    headers = {"content_length": len(body)} if framed else {}
    url = host.on("/", raw(head(content_encoding="gzip", **headers) + body))
    with pytest.raises(BoardUnavailable):
        client().get_text(url)


def test_an_empty_compressed_body_is_empty(host, client):
    url = host.on("/", reply(b"", content_encoding="gzip"))
    assert client().get_text(url) == ""


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("deflate", zlib.compress(b"[1]")),
        ("br", b"\x0b\x01\x80[1]\x03"),
        ("zstd", b"("),
        ("gzip, gzip", b"["),
        ("🙂", b"["),
    ],
)
def test_an_encoding_that_was_not_asked_for_is_refused(encoding, body, host, client):
    url = host.on("/", reply(body, content_encoding=encoding.encode().decode("latin-1")))
    with pytest.raises(UnexpectedPayload, match="not asked for") as failed:
        client().get_json(url)
    assert str(failed.value).isprintable()


@given(st.binary(max_size=300), st.integers(0, 300))
def test_inflating_gives_what_was_packed_or_an_error_of_its_own_kind(data, at):
    packed = gzipped(data)
    assert _inflate(packed, 300) == data
    damaged = packed[:at] + bytes([packed[at] ^ 0x55]) + packed[at + 1 :] if at < len(packed) else packed[:-1]
    try:
        found = _inflate(damaged, 300)
    except (BoardUnavailable, UnexpectedPayload):
        return
    assert found == data  # only a bit of the header that says nothing of the content was turned


def test_very_many_members_are_refused_before_they_cost_time(host, client):
    url = host.on("/", reply(gzipped(b"") * 50_000, content_encoding="gzip"))
    with pytest.raises(UnexpectedPayload, match="pieces"):
        client(body_bytes=8 * MEGABYTE).get_text(url)


@pytest.mark.parametrize(
    ("first", "error"),
    [
        (head(content_length=300 * MEGABYTE), UnexpectedPayload),
        (head(), UnexpectedPayload),
        (head(content_length=300 * MEGABYTE, content_encoding="gzip"), UnexpectedPayload),
        (head(302, location="/next", content_length=300 * MEGABYTE), BoardNotFound),
        (head(404, content_length=300 * MEGABYTE), BoardNotFound),
        (head(503, content_length=300 * MEGABYTE), BoardUnavailable),
    ],
)
def test_a_client_hangs_up_on_300_megabytes(first, error, host, client):
    url = host.on("/", flood(first, bytes(65_536), 300 * MEGABYTE))
    host.on("/next", reply(b"", 404))
    with pytest.raises(error):
        client(body_bytes=MEGABYTE).get_text(url)
    assert host.given_up.wait(PATIENCE)
    assert host.sent < 32 * MEGABYTE  # what the sockets' buffers hold, and no more


READ_IN_A_PROCESS_OF_ITS_OWN = """
import resource, sys
from worker.errors import UnexpectedPayload
from worker.http import BoardClient, Limits, SessionPool

pool = SessionPool(user_agent="Rolecall/test", allow_loopback=True)
session = pool.acquire()

def read(url):
    try:
        return BoardClient(session, Limits(4 << 20, 30, 60, True), lambda most: None).get_text(url)
    except UnexpectedPayload as error:
        return str(error)

read(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for url in sys.argv[2:]:
    print(read(url), file=sys.stderr)
pool.release(session)
pool.close()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_bombs_and_floods_cost_little_more_memory_than_the_bound(host: Host):
    first, more = bomb()
    wave = b"%x\r\n%b\r\n" % (65_536, bytes(65_536))
    packed = first + more * 1023  # a gigabyte of zeros
    urls = [
        host.on("/warm", reply(b"{}")),
        host.on("/plain", flood(head(content_length=300 * MEGABYTE), bytes(65_536), 300 * MEGABYTE)),
        host.on("/chunked", flood(head(transfer_encoding="chunked"), wave, 600 * MEGABYTE)),
        host.on("/bomb", reply(packed, content_encoding="gzip")),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-c", READ_IN_A_PROCESS_OF_ITS_OWN, *urls],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=True,
    )
    assert done.stderr.count("larger than 4,194,304 bytes") == 3, done.stderr
    assert int(done.stdout) < 40 * 1024  # kilobytes


def test_a_body_in_drops_is_read_as_it_comes(host, client):
    url = host.on("/", raw(head(transfer_encoding="chunked") + chunked(*[b"x"] * 5000), keep=True))
    reader = client()
    assert reader.get_text(url) == "x" * 5000
    assert reader.traffic.bytes == 5000


def test_the_error_of_a_dripping_answer_is_still_that_of_its_status(host, client):
    url = host.on("/", drip(head(404, transfer_encoding="chunked"), drop=b"1\r\nx\r\n"))
    with pytest.raises(BoardNotFound):
        client().get_json(url)
    assert host.given_up.wait(PATIENCE)
