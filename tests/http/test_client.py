"""What an answer means to the run that asked for it."""

import contextlib
import json
import re
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import orjson
import pytest
import requests
import trustme
from hypothesis import given
from hypothesis import strategies as st

from tests.http.conftest import PATIENCE, chunked, gzipped, head, raw, reply, server_context
from worker.errors import BoardNotFound, BoardRefused, BoardUnavailable, UnexpectedPayload
from worker.http import NotModified, Validators
from worker.http.answers import decode_json, raise_for_status

ETAG = '"v1"'
DATE = "Sun, 22 Nov 2026 08:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (201, UnexpectedPayload),
        (202, UnexpectedPayload),
        (204, UnexpectedPayload),
        (206, UnexpectedPayload),
        (300, UnexpectedPayload),
        (304, UnexpectedPayload),  # nobody asked
        (400, UnexpectedPayload),
        (401, BoardRefused),
        (403, BoardRefused),
        (404, BoardNotFound),
        (405, UnexpectedPayload),
        (407, BoardRefused),
        (408, BoardUnavailable),
        (410, BoardNotFound),
        (418, UnexpectedPayload),
        (422, UnexpectedPayload),
        (425, BoardUnavailable),
        (429, BoardUnavailable),
        (451, BoardRefused),
        (500, BoardUnavailable),
        (502, BoardUnavailable),
        (503, BoardUnavailable),
        (520, BoardUnavailable),
        (999, BoardUnavailable),
    ],
)
@pytest.mark.parametrize("method", ["get_json", "get_text", "post_json"])
def test_every_status_has_its_type(status, kind, method, host, client):
    url = host.on("/acme", reply(b"" if status in (204, 304) else b'{"error": "whatever"}', status))
    reader = client()
    with pytest.raises(kind) as failed:
        reader.post_json(url, {}) if method == "post_json" else getattr(reader, method)(url)
    assert type(failed.value) is kind
    assert str(status) in str(failed.value)
    assert "localhost" in str(failed.value)
    assert reader.traffic.requests == 1
    assert not reader.traffic.not_modified


def seconds_until_retry(host, client, status, **headers) -> float | None:
    url = host.on("/", reply(b"later", status, **headers))
    with pytest.raises(BoardUnavailable) as failed:
        client().get_json(url)
    at = failed.value.retry_at
    return None if at is None else (at - datetime.now(UTC)).total_seconds()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        ("1", 1),
        ("120", 120),
        (" 120 ", 120),
        ("600", 600),
        ("601", 600),
        ("999999999", 600),
        ("9" * 5000, 600),
    ],
)
def test_a_host_is_heeded_for_ten_minutes_at_most(status, said, seconds, host, client):
    assert seconds_until_retry(host, client, status, retry_after=said) == pytest.approx(seconds, abs=5)


@pytest.mark.parametrize(("ahead", "seconds"), [(90, 90), (86_400, 600), (-3600, -3600)])
def test_a_host_may_name_a_date(ahead, seconds, host, client):
    said = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)
    assert seconds_until_retry(host, client, 503, retry_after=said) == pytest.approx(seconds, abs=5)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "soon",
        "-5",
        "1.5",
        "1e3",
        "²",
        "Sun, 99 Nov 2026 99:00:00 GMT",
        "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 +99999999999",
        "x" * 10_000,
    ],
)
def test_nonsense_for_a_time_is_no_time(said, host, client):
    assert seconds_until_retry(host, client, 503, retry_after=said) is None
    assert seconds_until_retry(host, client, 429, retry_after=said) == pytest.approx(30, abs=5)


def test_a_host_that_throttles_without_a_word_is_left_alone_for_half_a_minute(host, client):
    assert seconds_until_retry(host, client, 429) == pytest.approx(30, abs=5)
    assert seconds_until_retry(host, client, 500) is None


@given(st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60))
def test_no_retry_after_breaks_the_reader(said):
    answer = requests.Response()
    answer.status_code, answer.url = 503, "https://jobs.example.com/"
    answer.headers["Retry-After"] = said
    with pytest.raises(BoardUnavailable) as failed:
        raise_for_status(answer)
    assert failed.value.retry_at is None or failed.value.retry_at <= datetime.now(UTC) + timedelta(minutes=10)


def test_what_the_first_answer_said_of_itself_is_kept_for_the_next_run(host, client):
    host.on("/1", reply(b"{}", etag=ETAG, last_modified=DATE))
    host.on("/2", reply(b"{}", etag='"other"'))
    reader = client()
    reader.get_json(host.url("/1"))
    reader.get_json(host.url("/2"))
    assert (reader.traffic.etag, reader.traffic.last_modified) == (ETAG, DATE)


@pytest.mark.parametrize("odd", ['"a\x01b"', '"a\x00b"', '"' + "x" * 5000 + '"', ""])
def test_an_etag_that_could_not_be_stored_or_sent_back_is_not_kept(odd, host, client):
    url = host.on("/", reply(b"{}", etag=odd, last_modified=odd))
    reader = client()
    reader.get_json(url)
    assert (reader.traffic.etag, reader.traffic.last_modified) == (None, None)


def test_validators_are_sent_with_the_first_get_only(host, client):
    host.on("*", reply(b"{}"))
    reader = client(validators=Validators(ETAG, DATE, b"other", single_request=False))
    reader.get_json(host.url("/1"))
    reader.get_json(host.url("/2"))
    sent = [(one.headers.get("if-none-match"), one.headers.get("if-modified-since")) for one in host.requests]
    assert sent == [(ETAG, DATE), (None, None)]


def test_validators_are_sent_on_to_where_the_first_get_is_redirected(host, client):
    host.on("/old", reply(status=301, location="/new"))
    host.on("/new", reply(status=304))
    with pytest.raises(NotModified):
        client(validators=Validators(ETAG)).get_json(host.url("/old"))


def test_a_post_is_not_conditional(host, client):
    url = host.on("/", reply(b"{}"))
    client(validators=Validators(ETAG, DATE)).post_json(url, {"page": 1})
    assert "if-none-match" not in host.requests[0].headers
    assert orjson.loads(host.requests[0].body) == {"page": 1}
    assert host.requests[0].headers["content-type"] == "application/json"


def test_a_304_ends_the_reading(host, client):
    url = host.on("/", reply(status=304, etag=ETAG))
    reader = client(validators=Validators(ETAG))
    with pytest.raises(NotModified) as same:
        reader.get_json(url)
    assert same.value.by_host
    assert reader.traffic.not_modified


def test_a_304_to_a_later_request_is_no_answer(host, client):
    host.on("/1", reply(b"{}"))
    host.on("/2", reply(status=304))
    reader = client(validators=Validators(ETAG))
    reader.get_json(host.url("/1"))
    with pytest.raises(UnexpectedPayload):
        reader.get_json(host.url("/2"))
    assert not reader.traffic.not_modified


def test_the_same_body_ends_the_reading_of_a_board_of_one_request(host, client):
    url = host.on("/", reply(b'{"jobs": []}'))
    first = client()
    first.get_json(url)
    with pytest.raises(NotModified) as same:
        client(validators=Validators(digest=first.digest, single_request=True)).get_json(url)
    assert not same.value.by_host


def test_of_a_board_of_many_requests_only_all_together_can_be_the_same(host, client):
    host.on("*", reply(b"{}"))
    first = client()
    first.get_json(host.url("/1"))
    once = first.digest
    first.get_json(host.url("/2"))
    assert first.digest != once
    again = client(validators=Validators(digest=first.digest))
    again.get_json(host.url("/1"))
    assert not again.same_as_before
    again.get_json(host.url("/2"))
    assert again.same_as_before


def test_the_digest_is_of_what_is_said_and_not_of_how_it_was_packed(host, client):
    host.on("/plain", reply(b"[1, 2]"))
    host.on("/packed", reply(gzipped(b"[1, 2]"), content_encoding="gzip"))
    plain, packed, other = client(), client(), client()
    plain.get_json(host.url("/plain"))
    packed.get_json(host.url("/packed"))
    host.on("/plain", reply(b"[1, 3]"))
    other.get_json(host.url("/plain"))
    assert plain.digest == packed.digest != other.digest


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b" \r\n[1]\n", [1]),
        (b"\xef\xbb\xbf[1]", [1]),
        ("[1]".encode("utf-16"), [1]),
        (b'["caf\xe9"]', ["caf\ufffd"]),
        (b'["\\ud800x"]', ["\ud800x"]),
        (b"null", None),
        (b"[1e400]", [float("inf")]),
        (b"[-Infinity]", [float("-inf")]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"[" * 900 + b"]" * 900, json.loads("[" * 900 + "]" * 900)),
    ],
)
def test_json_that_is_a_little_broken_is_read(body, value, host, client):
    url = host.on("/", reply(body))
    assert client().get_json(url) == value


def test_not_a_number_costs_only_itself(host, client):
    url = host.on("/", reply(b'{"salary": NaN, "title": "Engineer"}'))
    found = client().get_json(url)
    assert found["title"] == "Engineer"
    assert found["salary"] != found["salary"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "nothing"),
        (b" \n", "nothing"),
        (b"<!doctype html><title>We are hiring</title>", "a web page"),
        (b"\n <html>", "a web page"),
        (b"\xef\xbb\xbf<html>", "a web page"),
        (b"callback({})", "something else"),
        (b'{"jobs": [', "something else"),
        (b'{"jobs": []} trailing', "something else"),
        (b"[" * 10_000 + b"]" * 10_000, "something else"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "something else"),
        (b"[NaN," + b"9" * 5000 + b"]", "something else"),
        (b"\x00\x01\x02", "something else"),
        (gzipped(b"{}"), "something else"),  # and no Content-Encoding
    ],
)
def test_what_is_not_json_is_an_unexpected_payload(body, words, host, client):
    url = host.on("/", reply(body, content_type="text/html"))
    with pytest.raises(UnexpectedPayload, match=f"{words} where JSON was promised"):
        client().get_json(url)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_the_json_reader(content):
    with contextlib.suppress(UnexpectedPayload):
        decode_json(content)


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/xml; charset=utf-8", "Zürich".encode(), "Zürich"),
        ("text/xml; charset=ISO-8859-1", "Zürich".encode("latin-1"), "Zürich"),
        ('text/html; charset="windows-1252"', "“Zürich”".encode("cp1252"), "“Zürich”"),
        ("text/html; CHARSET='Shift_JIS'; x=y", "東京".encode("shift_jis"), "東京"),
        ("text/plain; charset=utf-16", "Zürich".encode("utf-16"), "Zürich"),
        ("text/html", "Zürich".encode(), "Zürich"),
        ("text/html", b"\xef\xbb\xbfZ", "Z"),
        ("text/html", b"Z\xfcrich", "Z\ufffdrich"),
        ("text/html; charset=utf-8", b"\xff\xfe", "\ufffd\ufffd"),
        ("text/html; charset=klingon", "Zürich".encode(), "Zürich"),
        ("text/html; charset=", "Zürich".encode(), "Zürich"),
        ("text/html; charset=base64", b"Wg==", "Wg=="),
        ("text/html; charset=zlib", b"Z", "Z"),
        ("text/html; charset=rot13", b"Z", "Z"),
        ("text/html; charset=undefined", b"Z", "Z"),
        ("text/html; charset=idna", b"xn--Z\xff", "xn--Z\ufffd"),
        ("text/html; charset=punycode", b"Z-\xff", "Z-\ufffd"),
        ("text/html; charset=unicode_escape", b"\\x41", "\\x41"),
        ("text/html; charset=utf-7", b"+AEE-", "+AEE-"),
    ],
)
def test_text_is_decoded_as_its_headers_say_where_that_makes_sense(kind, body, text, host, client):
    url = host.on("/", reply(body, content_type=kind))
    assert client().get_text(url) == text


def test_an_address_carries_its_parameters(host, client):
    host.on("/jobs", reply(b"{}"))
    client().get_json(
        host.url("/jobs?content=true"), params={"offset": 20, "q": "C++ & Ähre"}, headers={"X-Site": "careers"}
    )
    sent = host.requests[0]
    assert sent.target == "/jobs?content=true&offset=20&q=C%2B%2B+%26+%C3%84hre"
    assert sent.headers["x-site"] == "careers"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["accept-encoding"] == "gzip"
    assert sent.headers["user-agent"] == "Rolecall/test"
    assert "cookie" not in sent.headers


def test_traffic_counts_requests_and_bytes_on_the_wire(host, client):
    packed = gzipped(b"[" + b"1," * 5000 + b"1]")
    host.on("/packed", reply(packed, content_encoding="gzip"))
    host.on("/plain", raw(head(transfer_encoding="chunked") + chunked(b"[1,", b"2]"), keep=True))
    host.on("/missing", reply(b"no such board", 404))
    reader = client()
    reader.get_json(host.url("/packed"))
    assert (reader.traffic.requests, reader.traffic.bytes) == (1, len(packed))
    reader.get_json(host.url("/plain"))
    with pytest.raises(BoardNotFound):
        reader.get_json(host.url("/missing"))
    assert (reader.traffic.requests, reader.traffic.bytes) == (3, len(packed) + 5)


ANSWERS = {
    "with a length": reply(b"{}"),
    "in chunks": raw(head(transfer_encoding="chunked") + chunked(b"{", b"}"), keep=True),
    "gzipped": reply(gzipped(b"{}"), content_encoding="gzip"),
    "gzipped in chunks": raw(
        head(transfer_encoding="chunked", content_encoding="gzip") + chunked(gzipped(b"{}")), keep=True
    ),
    "not modified": reply(status=304),
    "not found": reply(b"<h1>no such board</h1>", 404),
    "not found in chunks": raw(head(404, transfer_encoding="chunked") + chunked(b"<h1>no</h1>"), keep=True),
    "busy": reply(b"busy", 503),
    "redirect": reply(b"this way", 302, location="/with"),
    "no JSON": reply(b"<html>"),
    "encoded as never asked for": reply(b"\x1b\x00", content_encoding="br"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_connection_is_used_again_after_an_answer(answer, host, client):
    host.on("/", ANSWERS[answer])
    host.on("/with", reply(b"{}"))
    for _ in range(5):
        with contextlib.suppress(NotModified, BoardNotFound, BoardUnavailable, UnexpectedPayload):
            client(validators=Validators(ETAG)).get_json(host.url())
        assert client().get_json(host.url("/with")) == {}
    assert len(host.requests) >= 10
    assert host.connections == 1


def test_many_requests_of_a_run_share_one_connection(tls_host, client):
    tls_host.on("*", reply(b"{}"))
    reader = client()
    for number in range(20):
        reader.get_json(tls_host.url(f"/{number}"))
    assert len(tls_host.requests) == 20
    assert tls_host.connections == 1


@pytest.mark.parametrize("answer", ["bad encoding", "large error", "closing error"])
def test_a_connection_with_bytes_on_their_way_is_not_used_again(answer, host, client):
    host.on(
        "/",
        {
            "bad encoding": raw(head(content_length=1 << 21) + b"x" * (1 << 21), keep=True),
            "large error": raw(head(500, content_length=1 << 20) + b"x" * (1 << 20), keep=True),
            "closing error": raw(head(500, connection="close") + b"x"),
        }[answer],
    )
    host.on("/next", reply(b"[1]"))
    reader = client()
    with pytest.raises((UnexpectedPayload, BoardUnavailable)):
        reader.get_json(host.url())
    assert reader.get_json(host.url("/next")) == [1]
    assert host.connections == 2


def test_a_connection_the_host_has_closed_meanwhile_is_replaced(host, client):
    host.on("/", raw(head(content_length=2) + b"{}"))
    reader = client()
    for _ in range(3):
        assert reader.get_json(host.url()) == {}
        assert host.hung_up.acquire(timeout=PATIENCE)
    assert host.connections == 3


def ending_unanswered(times: int):
    """End the connection of the first requests without a word, then answer."""
    left = [times]

    def script(wire, request) -> bool:
        if left[0]:
            left[0] -= 1
            return False
        return reply(b"[1]")(wire, request)

    return script


def test_a_kept_connection_that_ends_as_it_is_used_again_is_replaced(host, client):
    host.on("/first", reply(b"[0]"))
    second = host.on("/second", ending_unanswered(1))
    reader = client()
    reader.get_json(host.url("/first"))
    assert reader.get_json(second) == [1]
    assert host.connections == 2
    assert reader.traffic.requests == 2


def test_a_new_connection_that_ends_unanswered_is_the_hosts_doing(host, client):
    address = host.on("/", ending_unanswered(1))
    with pytest.raises(BoardUnavailable, match="broke the connection off"):
        client().get_json(address)
    host.on("/first", reply(b"[0]"))
    again = host.on("/again", ending_unanswered(2))
    reader = client()
    reader.get_json(host.url("/first"))
    with pytest.raises(BoardUnavailable, match="broke the connection off"):
        reader.get_json(again)
    assert len(host.requests) == 4, "the kept connection, and one new one"


def test_cookies_are_kept_within_a_run(host, client):
    host.on("/1", reply(b"{}", set_cookie="session=abc; Path=/"))
    host.on("/2", reply(b"{}"))
    reader = client()
    reader.get_json(host.url("/1"))
    reader.get_json(host.url("/2"))
    assert host.requests[1].headers["cookie"] == "session=abc"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "broke the connection off"),
        (b"HTTP/1.1 2", "could not be read"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "ended before its body began"),
        (b"HTTP/1.1 200 OK\r\n", "ended before its body began"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1,2", "cut short"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", "cut short"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2", "cut short"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n", "cut short"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[1,2\r\n", "could not be read"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "could not be read"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 1000 + b"\r\n{}", "could not be read"),
        (b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 100_000 + b"\r\n\r\n{}", "could not be read"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "could not be read"),
    ],
)
def test_a_broken_answer_is_told_in_a_plain_sentence(answer, words, host, client):
    url = host.on("/", raw(answer))
    with pytest.raises(BoardUnavailable, match=words) as failed:
        client().get_json(url)
    assert_plain(str(failed.value))


def assert_plain(message: str) -> None:
    assert message.isprintable()
    assert len(message) < 500
    assert not re.search(r"0x[0-9a-f]{4,}|object at|urllib3|HTTPConnection|<|\\x|\w+Error\(|_ssl", message), message


def test_a_host_that_refuses_connections_is_unavailable(hosts, client):
    gone = hosts()
    gone.stop()
    with pytest.raises(BoardUnavailable, match="localhost could not be read: it refuses connections") as failed:
        client().get_json(gone.url())
    assert_plain(str(failed.value))


def test_a_name_without_address_is_unavailable(client):
    with pytest.raises(BoardUnavailable, match="no address is known for its name") as failed:
        client().get_json("https://jobs.invalid/")
    assert_plain(str(failed.value))


def test_plain_http_where_tls_was_promised_is_unavailable(host, client):
    host.on("handshake", raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    with pytest.raises(BoardUnavailable) as failed:
        client().get_json(host.url().replace("http:", "https:"))
    assert_plain(str(failed.value))


@pytest.mark.parametrize("trouble", ["unknown authority", "other name"])
def test_an_untrusted_certificate_is_named_with_a_remedy(trouble, hosts, authority, client):
    context: ssl.SSLContext = {
        "unknown authority": lambda: server_context(trustme.CA(), "localhost"),
        "other name": lambda: server_context(authority[0], "jobs.example.com"),
    }[trouble]()
    untrusted = hosts(context)
    untrusted.on("*", reply(b"{}"))
    with pytest.raises(
        BoardUnavailable, match=r"certificate is not to be trusted \(.+\).*REQUESTS_CA_BUNDLE"
    ) as failed:
        client().get_json(untrusted.url())
    assert_plain(str(failed.value))
    assert untrusted.requests == []


def test_a_proxy_that_refuses_is_told_as_such(host, client, surroundings):
    surroundings(HTTPS_PROXY=host.url(name="127.0.0.1"))
    host.on("*", raw(b"HTTP/1.1 403 Blocked by policy\r\n\r\n"))
    with pytest.raises(BoardUnavailable, match="403 Blocked by policy") as failed:
        client().get_json("https://jobs.example.com/")
    assert_plain(str(failed.value))


def test_the_password_of_a_proxy_is_never_told(hosts, client, surroundings):
    gone = hosts()
    gone.stop()
    surroundings(HTTPS_PROXY=f"http://me:hunter2@127.0.0.1:{gone.port}")
    with pytest.raises(BoardUnavailable) as failed:
        client().get_json("https://jobs.example.com/")
    assert "hunter2" not in str(failed.value)
    assert_plain(str(failed.value))


def test_every_request_is_paced_with_the_time_that_is_left(host, client):
    host.on("*", reply(b"{}"))
    paced: list[float] = []
    reader = client(run_seconds=60, pace=paced.append)
    reader.get_json(host.url())
    reader.get_json(host.url())
    assert len(paced) == 2
    assert all(50 < most <= 60 for most in paced)


def test_an_address_that_is_refused_costs_no_place_in_the_pace(client):
    paced: list[float] = []
    with pytest.raises(Exception, match="private"):
        client(pace=paced.append).get_json("http://10.0.0.1/")
    assert paced == []


def test_when_the_time_of_the_run_is_used_up_nothing_more_is_asked(host, client):
    host.on("*", reply(b"{}"))
    reader = client(run_seconds=0.0)
    with pytest.raises(BoardUnavailable, match="time for this run"):
        reader.get_json(host.url())
    assert host.connections == 0
    assert reader.traffic.requests == 0
