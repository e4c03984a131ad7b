"""Who asks too often is told so beforehand, and when to come back (draft-ietf-httpapi-ratelimit-headers-10)."""

import re
import time

import pytest
from limits import parse

from api import limiting
from tests.api.signing_in import browser
from tests.api.who_may import API, ROWS, World, world

ITEM = re.compile(r'"[a-z -]+"(?:;(?:q|w|r|t)=\d+){2}')
COUNTED = {
    "detection": ("POST", f"{API}/detections", {"what": "https://jobs.lever.co/acme"}, limiting.dry_run_limit),
    "dry run": ("POST", f"{API}/dry-run", {"urls": ["nonsense"]}, limiting.dry_run_limit),
    "preview": ("POST", f"{API}/filters/preview", {}, limiting.preview_limit),
    "channel": ("POST", f"{API}/channels", {"name": "phone", "address": "file:///etc"}, limiting.channel_limit),
}
"""What costs more than most, and is counted for itself beside all requests of the person."""


@pytest.fixture
def there(accounts, db) -> World:
    return world(accounts, db)


def items(answer, name: str) -> dict[str, dict[str, int]]:
    """Return the parameters of each policy that a header names (a list of structured-field strings, RFC 9651)."""
    found = {}
    for item in answer.headers.get(name, "").split(", "):
        assert ITEM.fullmatch(item), answer.headers.get(name)
        policy, *parameters = item.split(";")
        found[policy.strip('"')] = {one: int(value) for one, value in (part.split("=") for part in parameters)}
    return found


def test_every_answer_to_who_is_signed_in_says_what_is_left(accounts, there):
    """Also errors, files and streams."""
    without = []
    for (method, path), row in ROWS.items():
        if row.who == "anyone" or (method, path) == ("DELETE", f"{API}/me"):
            continue
        with browser(accounts, **there.bob) as client:
            body = {"json": row.sent(there.ids)} if row.body is not None else {}
            answer = client.request(method, there.path(path) + row.query, **body)
        if "ratelimit" not in answer.headers:
            without.append((method, path, answer.status_code))
            continue
        left, policies = items(answer, "RateLimit"), items(answer, "RateLimit-Policy")
        assert left.keys() == policies.keys()
        assert left["person"].keys() == {"r", "t"}
        assert policies["person"] == {"q": 1_000_000, "w": 60}
    assert without == []


def test_what_is_left_goes_down_until_nothing_is(accounts, there):
    accounts.dependency_overrides[limiting.request_limit] = lambda: parse("3/minute")
    with browser(accounts, **there.bob) as client:
        answers = [client.get(f"{API}/me") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert [items(answer, "RateLimit")["person"]["r"] for answer in answers] == [2, 1, 0, 0]
        refused = answers[-1]
        assert int(refused.headers["Retry-After"]) >= items(refused, "RateLimit")["person"]["t"]
        assert refused.headers["Retry-After"] in refused.json()["detail"]
    with browser(accounts, **there.ada) as client:
        assert client.get(f"{API}/me").status_code == 200, "each person is counted for themselves"


@pytest.mark.parametrize("policy", COUNTED)
def test_what_costs_more_is_counted_for_itself(accounts, there, policy):
    method, path, body, limit = COUNTED[policy]
    accounts.dependency_overrides[limit] = lambda: parse("2/minute")
    with browser(accounts, **there.bob) as client:
        answers = [client.request(method, path, json=body) for _ in range(3)]
        assert [answer.status_code == 429 for answer in answers] == [False, False, True]
        assert [items(answer, "RateLimit")[policy]["r"] for answer in answers] == [1, 0, 0]
        assert {tuple(sorted(items(answer, "RateLimit"))) for answer in answers} == {tuple(sorted((policy, "person")))}
        assert items(answers[0], "RateLimit-Policy")[policy] == {"q": 2, "w": 60}
        assert int(answers[2].headers["Retry-After"]) >= 1
        assert client.get(f"{API}/me").status_code == 200


def test_who_comes_back_when_told_to_is_served(accounts, there):
    accounts.dependency_overrides[limiting.request_limit] = lambda: parse("4/second")
    with browser(accounts, **there.bob) as client:
        while (answer := client.get(f"{API}/me")).status_code == 200:
            pass
        time.sleep(int(answer.headers["Retry-After"]))
        assert client.get(f"{API}/me").status_code == 200


def test_without_a_credential_there_is_nothing_to_count(accounts, there):
    with browser(accounts) as client:
        assert "ratelimit" not in client.get(f"{API}/me").headers
        assert "ratelimit" not in client.get("/healthz").headers
