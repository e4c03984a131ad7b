"""The document against the application: what fits it, and what does not, is answered as the document says."""

import json
from collections.abc import Iterator
from functools import cache

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
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


@cache
def document(*, edges: bool, examples: int) -> BaseSchema:
    """Return the document, from which requests are made: by chance, and, if wanted, at the edges of each parameter."""
    load_all_checks()
    wish = {
        "seed": 1,
        "generation": {"deterministic": True, "database": "none", "max-examples": examples, "no-shrink": True},
        "phases": {"coverage": {"enabled": edges}, "stateful": {"enabled": False}},
        "request-timeout": 60,
        "operations": [ANY_TEXT],
    }
    return schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig.from_dict(wish))


def try_out(schema: BaseSchema, operation: str, url: str, headers: dict[str, str] | None = None) -> None:
    """Make the requests of one operation.

    Its own plugin for pytest would prepare those of all operations, in each process, before the first test begins.
    """

    def ask(case: Case) -> None:
        checks = CHECKS.get_by_names(CHECKED_ELSEWHERE)
        case.call_and_validate(base_url=url, headers=headers, excluded_checks=checks)

    found = schema.find_operation_by_label(operation)
    build_operation_test(
        config=schema.config, operation=found, test_func=ask, given_kwargs={}, feedback=FeedbackSources()
    )()


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


@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_is_signed_in_is_answered_as_documented(operation, url, there):
    try_out(document(edges=True, examples=10), operation, url, there.ada)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_is_not_signed_in_is_answered_as_documented(operation, url):
    try_out(document(edges=False, examples=3), operation, url)
