"""The document against the application: what fits it, and what does not, is answered as the document says."""

import json
from collections.abc import Iterator
from functools import cache

import hypothesis
import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.schemas import BaseSchema

from tests.api.conftest import serve
from tests.api.test_openapi import WRITTEN
from tests.api.who_may import World, world
from worker import heartbeat

DOCUMENT = json.loads(WRITTEN.read_text())
OPERATIONS = [f"{method.upper()} {path}" for path, found in DOCUMENT["paths"].items() for method in found]
CHECKED_ELSEWHERE = [
    "positive_data_acceptance",  # what is of the right form may be refused: a filter that cannot be read, a stale cursor
    "ignored_auth",  # `test_two_people` asks every route without a credential
]
ANY_TEXT = {"include-path": "/api/v1/companies/import", "checks": {"negative_data_rejection": {"enabled": False}}}
"""An import takes any text for a list, and says line by line what it cannot read."""


def some(examples: int) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )


@cache
def document(*, edges: bool) -> BaseSchema:
    """Return the document, from which requests are made: by chance, and, if wanted, at the edges of each parameter."""
    load_all_checks()
    wish = {
        "seed": 1,
        "generation": {"deterministic": True, "database": "none"},
        "phases": {"coverage": {"enabled": edges}, "stateful": {"enabled": False}},
        "request-timeout": 60,
        "operations": [ANY_TEXT],
    }
    return schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig.from_dict(wish))


@pytest.fixture(params=OPERATIONS)
def operation(request) -> BaseSchema:
    """One operation; it is looked at when its turn comes, since looking at all of them takes long."""
    return document(edges=True).include(name=request.param)


@pytest.fixture(params=OPERATIONS)
def bare_operation(request) -> BaseSchema:
    return document(edges=False).include(name=request.param)


@pytest.fixture
def outside(redis, settings, monkeypatch) -> None:
    """A worker is there, and mail; nothing outside answers."""
    nowhere = "http://127.0.0.1:9"
    settings(
        HTTP_PROXY=nowhere,
        HTTPS_PROXY=nowhere,
        NO_PROXY="127.0.0.1",
        ROLECALL_RETRY_SECONDS="0.001",
        ROLECALL_MAIL_URL="mailto://127.0.0.1:9?from=rolecall@example.org&to=rolecall@example.org",
    )
    monkeypatch.setattr(heartbeat, "_said_at", {})
    heartbeat.beat("worker")


@pytest.fixture
def there(accounts, db, outside) -> World:
    """Ada is an admin, and has one of everything: the ids that the document gives as examples are hers."""
    return world(accounts, db, role="admin")


@pytest.fixture
def url(accounts: FastAPI, outside) -> Iterator[str]:
    with serve(accounts) as url:
        yield url


@schemathesis.pytest.from_fixture("operation").parametrize()
@some(10)
def test_who_is_signed_in_is_answered_as_documented(case: Case, url, there):
    checks = CHECKS.get_by_names(CHECKED_ELSEWHERE)
    case.call_and_validate(base_url=url, headers=there.ada, excluded_checks=checks)


@schemathesis.pytest.from_fixture("bare_operation").parametrize()
@some(3)
def test_who_is_not_signed_in_is_answered_as_documented(case: Case, url):
    case.call_and_validate(base_url=url, excluded_checks=CHECKS.get_by_names(CHECKED_ELSEWHERE))
