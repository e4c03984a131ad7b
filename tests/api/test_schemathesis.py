"""The document against the application: what fits it, and what does not, is answered as the document says."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as how
from hypothesis import strategies as st
from schemathesis import APIOperation, BaseSchema, Case, GenerationMode, Response
from schemathesis.checks import CHECKS, load_all_checks

from tests.api.conftest import serve
from tests.api.signing_in import browser
from tests.api.test_openapi import WRITTEN, found
from tests.api.who_may import API, ROWS, Ids, World, world
from worker import heartbeat

DOCUMENT = json.loads(WRITTEN.read_text())
OPERATIONS = [(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]
CHECKED_ELSEWHERE = [
    "positive_data_acceptance",  # what is of the right form may be refused: a filter that cannot be read, a cursor
    "ignored_auth",  # `test_two_people` asks every route without a credential
]
EXCEPTIONS = [
    # An import takes any text for a list, and says line by line what it cannot read.
    {"include-path": f"{API}/companies/import", "checks": {"negative_data_rejection": {"enabled": False}}},
]


@cache
def document(*, credentials: bool) -> BaseSchema:
    """Return the document, from which requests are made, with or without credentials that nobody has."""
    load_all_checks()
    wish = {"request-timeout": 60, "generation": {"with-security-parameters": credentials}, "operations": EXCEPTIONS}
    return schemathesis.openapi.from_dict(DOCUMENT, config=schemathesis.Config.from_dict(wish))


def known(operation: APIOperation, ids: Ids) -> dict[str, Any] | None:
    """Return what the parameters of a path are for what there is, None where it has none."""
    return {one.name: ids[one.name] for one in operation.path_parameters if one.name in ids} or None


def sent(operation: APIOperation, ids: Ids) -> Any:
    """Return the body that `who_may` lets people send, None where there is none."""
    row = ROWS.get((operation.method.upper(), operation.path))
    return row and row.sent(ids)


def requests_of(operation: APIOperation, ids: Ids) -> st.SearchStrategy[Case]:
    """Return requests that fit the document and such that do not, for what there is (`ids`) and for what there is not.

    By chance hardly a body would name what somebody has.
    """
    there = known(operation, ids)
    kinds = [
        operation.as_strategy(mode, path_parameters=parameters)
        for mode in GenerationMode
        for parameters in ([there, None] if there else [None])
    ]
    if ids and (body := sent(operation, ids)) is not None:
        kinds.append(operation.as_strategy(path_parameters=there, body=body, media_type="application/json"))
    return st.one_of(kinds)


def outside_of(schema: dict[str, Any]) -> Iterator[Any]:
    """Yield what breaks a bound of a schema by as little as can be."""
    schema = found(DOCUMENT, schema)
    for one in schema.get("anyOf", ()):
        yield from outside_of(one)
    for value in outside_of(schema["items"]) if "items" in schema else ():
        yield [value]
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)


def just_outside(operation: APIOperation, ids: Ids) -> Iterator[Case]:
    """Yield requests each of which breaks one bound of one parameter, or of one field of the body."""
    documented = DOCUMENT["paths"][operation.path][operation.method]
    whole: dict[str, Any] = {"path_parameters": known(operation, ids) or {}}
    if (body := sent(operation, ids)) is not None:
        whole |= {"body": body, "media_type": "application/json"}
    for one in documented.get("parameters", ()):
        part = {"path": "path_parameters", "query": "query", "header": "headers"}[one["in"]]
        for value in outside_of(one["schema"]):
            yield operation.Case(**{**whole, part: {**whole.get(part, {}), one["name"]: value}})
    taken = documented.get("requestBody", {}).get("content", {}).get("application/json", {"schema": {}})
    for name, schema in found(DOCUMENT, taken["schema"]).get("properties", {}).items():
        for value in outside_of(schema):
            yield operation.Case(**{**whole, "body": {**whole["body"], name: value}})


def try_out(operation: APIOperation, url: str, *, most: int, there: World | None = None) -> None:
    """Make requests of one operation, the same ones each time."""

    @how(
        max_examples=most,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        # Of what has next to no parameters hardly a request can be wrong.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(requests_of(operation, there.ids if there else {}))
    def ask(case: Case) -> None:
        answer(case, url, there)

    ask()


def answer(case: Case, url: str, there: World | None) -> Response:
    """Return what a request is answered, if it is answered as documented."""
    headers = there.ada if there else None
    excluded = CHECKS.get_by_names(CHECKED_ELSEWHERE)
    return case.call_and_validate(base_url=url, headers=headers, excluded_checks=excluded)


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
    """Ada is an admin, and has one of everything."""
    there = world(accounts, db, role="admin")
    with browser(accounts, **there.ada) as client:
        addresses = client.get(there.path(f"{API}/feeds/{{feed_id}}")).json()["addresses"]
    there.ids["address"] = addresses["atom"].rpartition("/")[2].removesuffix(".atom")
    return there


@pytest.fixture
def url(accounts: FastAPI, outside) -> Iterator[str]:
    with serve(accounts) as url:
        yield url


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_who_is_signed_in_is_answered_as_documented(method, path, url, there):
    operation = document(credentials=False)[path][method]
    for case in just_outside(operation, there.ids):
        answered = answer(case, url, there)
        assert answered.status_code == 422, case.as_curl_command()
    try_out(operation, url, most=30, there=there)


@pytest.mark.parametrize("method", sorted({method for method, _ in OPERATIONS}))
def test_who_is_not_signed_in_is_answered_as_documented(method, url):
    for path in (path for one, path in OPERATIONS if one == method):
        try_out(document(credentials=True)[path][method], url, most=4)
