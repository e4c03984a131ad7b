"""Every error is a problem with the same fields, and says nothing it should not."""

import re
import socket

import pytest
from fastapi import Depends
from limits import parse
from sqlalchemy import text
from starlette.testclient import TestClient

from api import limiting, loopback
from api.cursors import encode
from api.dependencies import DbSession
from tests.api.conftest import HERE, serve
from worker import resources
from worker.errors import BoardRefused, BoardUnavailable, RolecallError, StaleRun

FIELDS = {"type", "title", "status", "detail", "instance", "request_id"}


def check(answer, status: int, kind: str) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) - {"errors"} == FIELDS
    assert (body["status"], body["type"]) == (status, f"urn:rolecall:problem:{kind}")
    assert body["instance"] == answer.request.url.path
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["title"]
    assert body["detail"]
    return body


def test_an_unknown_route(client):
    check(client.get("/api/v1/nothing"), 404, "not-found")
    check(client.get("/api/v1/companies/abc"), 404, "not-found")
    check(client.get("/api/v1/companies/"), 404, "not-found")


def test_an_unknown_thing(client):
    assert "12" in check(client.get("/api/v1/companies/12"), 404, "not-found")["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/companies/1", "DELETE, GET, PATCH"),
        ("DELETE", "/api/v1/companies", "GET, POST"),
        ("GET", "/api/v1/companies/import", "POST"),
        ("POST", "/healthz", "GET"),
        ("POST", "/docs", "GET"),
    ],
)
def test_a_method_that_is_not_there(client, method, path, allowed):
    answer = client.request(method, path)
    check(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == allowed


def test_a_body_that_does_not_fit_names_each_place(client):
    answer = client.patch("/api/v1/companies/1", json={"interval_seconds": 5, "enabled": "perhaps"})
    errors = check(answer, 422, "invalid-request")["errors"]
    assert [(error["in"], error["pointer"]) for error in errors] == [
        ("body", "/enabled"),
        ("body", "/interval_seconds"),
    ]
    assert all(error["detail"] for error in errors)


def test_parameters_that_do_not_fit(client):
    body = check(client.get("/api/v1/postings?limit=0&since=yesterday&state=ajar"), 422, "invalid-request")
    assert {error["pointer"] for error in body["errors"]} == {"/limit", "/since", "/state"}
    check(client.get(f"/api/v1/companies/{10**30}"), 422, "invalid-request")


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[]", b'"\\ud800"', b'{"url": "\\ud800"}', b'{"url": 5}', b"", b"null", b"[" * 100_000]
)
def test_a_body_that_is_nothing(client, body):
    answer = client.post("/api/v1/companies", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert set(answer.json()) - {"errors"} == FIELDS


@pytest.mark.parametrize(
    "cursor", ["x", "!!!", "Y29tcGFuaWVz", "a" * 200, "é", "Y29tcGFuaWVzOjk5OTk5OTk5OTk5OTk5OTk5OTk"]
)
def test_a_cursor_from_elsewhere(client, cursor):
    check(client.get("/api/v1/companies", params={"cursor": cursor}), 422, "invalid-cursor")
    check(client.get("/api/v1/changes", params={"since": cursor}), 422, "invalid-cursor")


@pytest.mark.parametrize("position", [(1,), (2**63 - 1, 1), (2**56, 2**63), (1, 1, 1)])
def test_a_cursor_that_no_list_of_matches_gives(client, position):
    cursor = encode("matches", *position)
    check(client.get("/api/v1/matches", params={"cursor": cursor}), 422, "invalid-cursor")


@pytest.mark.parametrize("position", [(1, 1), (1, 2**63)])
def test_a_cursor_of_more_numbers_than_the_list_has(client, position):
    check(client.get("/api/v1/companies", params={"cursor": encode("companies", *position)}), 422, "invalid-cursor")


def test_a_secret_in_a_request_is_not_repeated(client):
    answer = client.post("/api/v1/auth/google", json={"credential": "secret" * 5000})
    assert "secret" not in check(answer, 422, "invalid-request")["errors"][0].__repr__()
    assert "secretsecret" not in answer.text


def test_nul_and_half_characters_are_refused_everywhere(client):
    for url in (
        "/api/v1/companies?name=%00",
        "/api/v1/postings?text=%00",
        "/api/v1/postings?filter=a%00b",
        "/api/v1/postings?ats=%00",
    ):
        check(client.get(url), 422, "invalid-request")
    check(client.put("/api/v1/settings/1", json={"title_filters": "a\0"}), 422, "invalid-request")
    for method, path in (
        ("PUT", "settings/1"),
        ("POST", "groups"),
        ("POST", "feeds"),
        ("POST", "filters/preview"),
        ("POST", "dry-run"),
    ):
        for written in (b'"a\\ud800"', b'["a", "(\\udfff"]'):
            body = b'{"name": "x", "company_ids": [1], "title_filters": %s}' % written
            answer = client.request(method, f"/api/v1/{path}", content=body, headers=JSON)
            errors = check(answer, 422, "invalid-request")["errors"]
            assert any(one["pointer"].startswith("/title_filters") for one in errors)
    imported = client.post("/api/v1/companies/import", content=b'{"text": "a\\ud800"}', headers=JSON).json()
    assert [line["status"] for line in imported["lines"]] == ["error"]


@pytest.mark.parametrize(("path", "most"), [("/api/v1/companies", 1_000_000), ("/api/v1/companies/import", 5_000_000)])
def test_a_body_that_is_too_large(client, path, most):
    big = b"#" * (most + 1)
    body = check(client.post(path, content=big), 413, "content-too-large")
    assert f"{most:,}" in body["detail"]
    pieces = (big[:100_000] for _ in range(most // 100_000 + 2))
    check(client.post(path, content=pieces), 413, "content-too-large")
    assert client.post("/api/v1/companies/import", content=b"#" * 5_000_000).status_code == 200


def test_too_many_requests_say_when_to_come_back(app, client):
    app.dependency_overrides[limiting.request_limit] = lambda: parse("3/minute")
    answers = [client.get("/api/v1/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert re.fullmatch(r'"person";r=2;t=\d+', answers[0].headers["ratelimit"])
    assert answers[0].headers["ratelimit-policy"] == '"person";q=3;w=60'
    check(answers[3], 429, "too-many-requests")
    assert 1 <= int(answers[3].headers["retry-after"]) <= 120
    assert answers[3].headers["ratelimit"].startswith('"person";r=0')
    assert client.get("/healthz").status_code == 200


def test_an_error_nobody_foresaw_leaks_nothing(app, client, capsys):
    @app.get("/broken", include_in_schema=False)
    def broken():
        raise ZeroDivisionError("the password is swordfish")

    answer = client.get("/broken", headers={"X-Request-ID": "my-request-1"})
    body = check(answer, 500, "internal")
    assert body["request_id"] == "my-request-1"
    assert "swordfish" not in answer.text
    assert "ZeroDivision" not in answer.text
    logged = capsys.readouterr()
    assert "my-request-1" in logged.out + logged.err
    assert "swordfish" in logged.out + logged.err


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (BoardUnavailable("busy"), 503, "board-unavailable"),
        (BoardRefused("no"), 502, "board-error"),
        (StaleRun("late"), 500, "internal"),
        (RolecallError("base"), 500, "internal"),
    ],
)
def test_errors_of_boards_and_of_ours(app, client, error, status, kind):
    @app.get("/raises", include_in_schema=False)
    def raises():
        raise error

    check(client.get("/raises"), status, kind)


def test_an_error_after_the_answer_began_ends_the_connection(app):
    from fastapi.responses import StreamingResponse

    @app.get("/half", include_in_schema=False)
    def half():
        def pieces():
            yield b"x" * 10
            raise ZeroDivisionError

        return StreamingResponse(pieces())

    with serve(app) as url, socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), timeout=10) as raw:
        raw.sendall(b"GET /half HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while piece := raw.recv(1000):
            received += piece
    assert received.startswith(b"HTTP/1.1 200")
    assert not received.endswith(b"0\r\n\r\n")


def test_a_database_that_is_away_is_said_so(app, client, settings):
    client.get("/api/v1/me")
    resources.close_all()
    settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    try:
        answer = client.get("/api/v1/me")
        check(answer, 503, "service-unavailable")
        assert answer.headers["retry-after"]
        assert "nobody" not in answer.text
        assert client.get("/healthz").status_code == 200
        assert "database" in check(client.get("/readyz"), 503, "service-unavailable")["detail"]
    finally:
        resources.close_all()


def test_without_redis_the_api_stays_and_counts_nobody(app, client, settings):
    resources.close_all()
    settings(REDIS_URL="redis://127.0.0.1:1/0")
    try:
        answer = client.get("/api/v1/me")
        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers
        assert client.post("/api/v1/api-keys", json={"name": "x"}).status_code == 201
        assert "Redis" in check(client.get("/readyz"), 503, "service-unavailable")["detail"]
    finally:
        resources.close_all()


def test_what_two_people_do_at_once_is_a_conflict(app, client, db):
    @app.get("/twice", include_in_schema=False)
    def twice(session: DbSession):
        session.execute(text("INSERT INTO users (email) VALUES ('same'), ('same')"))

    check(client.get("/twice"), 409, "conflict")


def test_every_answer_has_safe_headers(client):
    for path in ("/healthz", "/api/v1/me", "/api/v1/nothing", "/api/v1/companies/1"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["cache-control"] == "no-store"
        assert re.fullmatch(r"[0-9a-f]{32}", headers["x-request-id"])
    assert client.get("/healthz", headers={"X-Request-ID": "a b\tc"}).headers["x-request-id"] != "a b\tc"
    assert loopback.is_loopback("::ffff:127.0.0.1")


def test_a_dependency_that_fails_is_a_problem_too(app):
    def refuses():
        raise BoardRefused("no")

    @app.get("/depends", include_in_schema=False, dependencies=[Depends(refuses)])
    def depends():
        return 1

    with TestClient(app, **HERE) as client:
        check(client.get("/depends"), 502, "board-error")
