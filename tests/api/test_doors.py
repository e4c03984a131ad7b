"""Which routes need a credential, and who may ask a local installation at all."""

import os
import re
import subprocess
import sys

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import CLIENT_ID, HERE, SECRET
from tests.api.who_may import ROWS

NEEDS_SIGN_IN = {where for where, row in ROWS.items() if row.who != "anyone" and where[1].startswith("/api/")}


@pytest.mark.parametrize(("method", "path"), sorted(NEEDS_SIGN_IN))
def test_a_route_needs_a_credential(signed, method, path):
    answer = signed.request(method, re.sub(r"{\w+}", "1", path))
    assert answer.status_code == 401, answer.text
    assert answer.json()["type"] == "urn:rolecall:problem:not-signed-in"


def test_a_local_installation_answers_this_machine_only(app):
    with TestClient(app, base_url="http://127.0.0.1:8000", client=("192.0.2.7", 50000)) as stranger:
        assert stranger.get("/api/v1/me").status_code == 403
        assert stranger.get("/docs").status_code == 403
    with TestClient(app, base_url="http://[::1]:8000", client=("::1", 50000)) as client:
        assert client.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "192.0.2.1", "", "[", "localhost.evil.example"],
)
def test_a_foreign_host_name_is_refused(client, host):
    answer = client.get("/api/v1/me", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1", "[::1]:8000", "127.1.2.3:80", "LOCALHOST"]
)
def test_a_name_of_this_machine_is_welcome(client, host):
    assert client.get("/api/v1/me", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://[", ""])
def test_a_foreign_page_changes_nothing(client, origin):
    made = client.post("/api/v1/api-keys", json={"name": "x"}, headers={"Origin": origin})
    assert made.status_code == 403
    assert client.get("/api/v1/api-keys", headers={"Origin": origin}).json()["items"] == []


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost:5173"])
def test_a_page_of_this_machine_may_change_things(client, origin):
    assert client.post("/api/v1/api-keys", json={"name": "x"}, headers={"Origin": origin}).status_code == 201


@pytest.mark.parametrize(
    "host", ["jobs.example.org", "JOBS.example.org:443", "127.0.0.1:8000", "localhost", "[::1]", "127.0.0.1"]
)
def test_with_accounts_the_installation_is_asked_by_its_name_or_on_its_machine(accounts, host):
    with TestClient(accounts, base_url="http://127.0.0.1:8000", client=("192.0.2.7", 50000)) as client:
        assert client.get("/api/v1/me", headers={"Host": host}).status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "jobs.example.org.evil.example", "192.0.2.1", "example.org", "", "["])
def test_with_accounts_a_foreign_host_name_is_refused_with_the_right_one(accounts, host):
    with TestClient(accounts, base_url="http://127.0.0.1:8000") as client:
        for path in ("/api/v1/me", "/docs", "/sign-in/x"):
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == 421
            assert "reached under https://jobs.example.org" in answer.json()["detail"]
        assert client.get("/healthz", headers={"Host": host}).status_code == 200
        assert client.get("/readyz", headers={"Host": host}).status_code == 503


def test_without_an_address_of_its_own_an_installation_with_accounts_is_asked_on_its_machine_only(signed):
    assert signed.get("/api/v1/me", headers={"Host": "localhost:8000"}).status_code == 401
    assert signed.get("/api/v1/me", headers={"Host": "rolecall.example"}).status_code == 421


def start(**env) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "uvicorn", "api.app:app", "--port", "0"]
    surroundings = {**os.environ, "PYTHONWARNINGS": "ignore", **env}
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"ROLECALL_HOST": "0.0.0.0"}, "without sign-in; set GOOGLE_CLIENT_ID"),
        ({"ROLECALL_HOST": "rolecall.example"}, "without sign-in; set GOOGLE_CLIENT_ID"),
        ({"ROLECALL_HOST": "0.0.0.0"}, "or ROLECALL_ACCOUNTS=true, and ROLECALL_SECRET_KEY"),
        ({"GOOGLE_CLIENT_ID": CLIENT_ID}, "GOOGLE_CLIENT_ID is set without ROLECALL_SECRET_KEY"),
        ({"ROLECALL_ACCOUNTS": "true"}, "ROLECALL_ACCOUNTS is set without ROLECALL_SECRET_KEY"),
        ({"GOOGLE_CLIENT_ID": CLIENT_ID, "ROLECALL_SECRET_KEY": "short"}, "ROLECALL_SECRET_KEY"),
        ({"DATABASE_URL": "", "ROLECALL_PORT": "x"}, "ROLECALL_PORT"),
    ],
)
def test_an_unsafe_start_is_refused_in_a_sentence(stack, env, says):
    ended = start(**env)
    assert ended.returncode != 0
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_safe_start_elsewhere_is_not_refused(app, settings):
    settings(GOOGLE_CLIENT_ID=CLIENT_ID, ROLECALL_SECRET_KEY=SECRET, ROLECALL_HOST="0.0.0.0")
    with TestClient(app, **HERE) as client:
        assert client.get("/healthz").status_code == 200
