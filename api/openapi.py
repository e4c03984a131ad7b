"""The OpenAPI document: every operation names the problems it can answer with."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from api.problems import MEDIA_TYPE, of_status

_ALWAYS = ("401", "403", "413", "422", "429", "500", "503")
_OPEN = ("/healthz",)


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
    """Let every operation document its problems under their media type."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for path, operations in plain()["paths"].items():
                for operation in operations.values():
                    _describe(path, operation["responses"])
        return plain()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _describe(path: str, responses: dict[str, Any]) -> None:
    common = () if path in _OPEN else ("500", "503") if path == "/readyz" else _ALWAYS
    named = ("404",) if "{" in path else ()
    failures = [status for status in responses if status >= "400"]
    for status in sorted({*failures, *common, *named}):
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses[status] = {"description": of_status(int(status)).title, "content": content}
