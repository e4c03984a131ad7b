"""The OpenAPI document: every operation names the problems it can answer with, and the headers of its answers."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from api.problems import MEDIA_TYPE, of_status

_ALWAYS = ("401", "403", "413", "421", "422", "429", "500", "503")
_OPEN = ("/healthz",)
_LIMITS = ("RateLimit", "RateLimit-Policy")
_HEADERS = {
    "ETag": ("The version of what is answered; a change sends it back as If-Match", '"7"'),
    "RateLimit": ("What is left by each policy (draft-ietf-httpapi-ratelimit-headers-10)", '"person";r=1180;t=42'),
    "RateLimit-Policy": ("How many requests (`q`) a policy allows in how many seconds (`w`)", '"person";q=1200;w=60'),
    "Retry-After": ("Seconds to wait before the request is tried again", "5"),
}


class ProblemError(BaseModel):
    """One thing that is wrong with a request, and where."""

    model_config = ConfigDict(extra="allow")

    detail: str = Field(examples=["Input should be greater than or equal to 60"])
    pointer: str = Field(default="", description="JSON pointer, or `/name` of a parameter")


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:rolecall:problem:not-found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no company 12"])
    instance: str = Field(examples=["/api/v1/companies/12"])
    request_id: str = Field(description="Under this id the log has it, too")
    errors: list[ProblemError] | None = Field(default=None, description="What is wrong, where several things can be")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of problems that are a route's own."""
    return {status: {"model": Problem} for status in statuses}


def document(app: FastAPI) -> None:
    """Let every operation document its problems under their media type, and the headers of its answers."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = plain()
            statuses = set[str]()
            for path, operations in found["paths"].items():
                edited = any(_takes_version(operation) for operation in operations.values())
                for operation in operations.values():
                    statuses |= _describe_problems(path, operation["responses"])
                    _describe_headers(operation, edited=edited)
            found["components"]["responses"] = {_problem(status): _answer(status) for status in sorted(statuses)}
            found["components"]["headers"] = {name: _documented(*facts) for name, facts in _HEADERS.items()}
        return plain()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _describe_problems(path: str, responses: dict[str, Any]) -> set[str]:
    common = () if path in _OPEN else ("500", "503") if path == "/readyz" else _ALWAYS
    named = ("404",) if "{" in path else ()
    statuses = {*common, *named, *(status for status in responses if status >= "400")}
    for status in sorted(statuses):
        responses[status] = {"$ref": f"#/components/responses/{_problem(status)}"}
    return statuses


def _problem(status: str) -> str:
    return f"Problem{status}"


def _answer(status: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    named = [*_LIMITS, *(["Retry-After"] if status in ("429", "503") else [])]
    return {"description": of_status(int(status)).title, "content": content, "headers": _headers(*named)}


def _describe_headers(operation: Mapping[str, Any], *, edited: bool) -> None:
    limits = _LIMITS if "security" in operation else ()
    for status, response in operation["responses"].items():
        versions = ("ETag",) if edited and status in ("200", "201") else ()
        if status < "400" and (named := (*limits, *versions)):
            response["headers"] = _headers(*named)


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _takes_version(operation: Mapping[str, Any]) -> bool:
    return any(one["name"] == "if-match" for one in operation.get("parameters", ()))


def _documented(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}, "example": example}
