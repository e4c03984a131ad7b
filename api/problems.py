"""Every error as `application/problem+json` (RFC 9457), by one handler. The type of the error alone decides."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

import redis
import sqlalchemy.exc
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api import detections
from api.errors import Forbidden, InvalidCursor, NotSignedIn, TooManyRequests, UnsupportedMediaType
from worker.detection import NotOneBoard
from worker.errors import (
    BoardError,
    BoardUnavailable,
    Conflict,
    FilterSyntaxError,
    InvalidInput,
    NotFound,
    Outdated,
    RolecallError,
    SealBroken,
    ServiceUnavailable,
    SignInRefused,
    UnsafeAddress,
    UnsupportedSite,
)

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
_TRY_AGAIN_SECONDS = "5"


class Kind(NamedTuple):
    """A kind of problem: its status, the name its `type` ends in, and its title."""

    status: int
    name: str
    title: str


KINDS: dict[type[Exception], Kind] = {
    NotSignedIn: Kind(401, "not-signed-in", "Sign-in needed"),
    Forbidden: Kind(403, "forbidden", "Not allowed"),
    SignInRefused: Kind(403, "sign-in-refused", "Sign-in refused"),
    NotFound: Kind(404, "not-found", "Not found"),
    Outdated: Kind(412, "outdated", "Changed by somebody else"),
    SealBroken: Kind(409, "seal-broken", "Stored under another secret"),
    Conflict: Kind(409, "conflict", "Conflict"),
    sqlalchemy.exc.IntegrityError: Kind(409, "conflict", "Conflict"),
    UnsupportedMediaType: Kind(415, "unsupported-media-type", "Unsupported media type"),
    NotOneBoard: Kind(422, "not-one-board", "No board found, or several to choose from"),
    UnsupportedSite: Kind(422, "unsupported-site", "Not a board that Rolecall reads"),
    UnsafeAddress: Kind(422, "unsafe-address", "Address not allowed"),
    FilterSyntaxError: Kind(422, "filter-syntax", "Title filter cannot be read"),
    InvalidCursor: Kind(422, "invalid-cursor", "Invalid cursor"),
    InvalidInput: Kind(422, "invalid-input", "Invalid input"),
    TooManyRequests: Kind(429, "too-many-requests", "Too many requests"),
    BoardUnavailable: Kind(503, "board-unavailable", "Board unavailable"),
    BoardError: Kind(502, "board-error", "Board could not be read"),
    ServiceUnavailable: Kind(503, "service-unavailable", "Part of Rolecall is not there"),
    redis.RedisError: Kind(503, "service-unavailable", "Part of Rolecall is not there"),
    sqlalchemy.exc.DBAPIError: Kind(503, "service-unavailable", "Part of Rolecall is not there"),
    sqlalchemy.exc.TimeoutError: Kind(503, "service-unavailable", "Part of Rolecall is not there"),
}
_INVALID = Kind(422, "invalid-request", "Invalid request")
_INTERNAL = Kind(500, "internal", "Internal error")
# RFC 9110's; Python has them since 3.13, and what a problem is called must not depend on that.
_PHRASES = {413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}
# Not the person's doing, and what the driver says of it is for the log.
_OUTAGES = (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError, sqlalchemy.exc.TimeoutError,
            redis.RedisError)  # fmt: skip


def install(app: FastAPI) -> None:
    """Answer every error that reaches this application's routes as a problem."""
    handled = (RolecallError, HTTPException, RequestValidationError, sqlalchemy.exc.IntegrityError, *_OUTAGES)
    for kind in handled:
        app.add_exception_handler(kind, answer)


async def answer(request: Request, error: Exception) -> JSONResponse:
    """Return the problem that an error is."""
    if isinstance(error, RequestValidationError):
        errors = [_violation(one) for one in error.errors()]
        return problem(request.scope, _INVALID, "the request does not have the documented form", errors=errors)
    if isinstance(error, HTTPException):
        return _of_status(request, error)
    kind = _kind(error)
    if kind is None:
        raise error
    if isinstance(error, (*_OUTAGES, sqlalchemy.exc.IntegrityError)):
        log.warning("request failed", error=str(error)[:500], kind=type(error).__name__)
    return problem(request.scope, kind, _detail(error), headers=_headers(error, kind), errors=_places(error))


def internal(scope: Mapping[str, Any]) -> JSONResponse:
    """Return the problem of an error nobody foresaw: what it was stays in the log, under the request's id."""
    return problem(scope, _INTERNAL, f"something went wrong in Rolecall; its log has it as request {_id(scope)}")


def problem(
    scope: Mapping[str, Any],
    kind: Kind,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
) -> JSONResponse:
    """Return a problem as a response."""
    body = {
        "type": f"urn:rolecall:problem:{kind.name}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail.encode("utf-8", "replace").decode(),
        "instance": scope["path"],
        "request_id": _id(scope),
    }
    if errors:
        body["errors"] = list(errors)
    return JSONResponse(body, kind.status, dict(headers or {}), media_type=MEDIA_TYPE)


def of_status(status: int) -> Kind:
    """Return the kind of problem a bare HTTP status is."""
    phrase = _PHRASES.get(status) or HTTPStatus(status).phrase
    return Kind(status, phrase.lower().replace(" ", "-"), phrase)


def _of_status(request: Request, error: HTTPException) -> JSONResponse:
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return problem(request.scope, _INVALID, "the body cannot be read; it has to be JSON, in UTF-8")
    headers = dict(error.headers or {})
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"there is nothing at {request.url.path}; /docs lists what there is"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods(request))
        detail = f"{request.method} is not possible here; possible: {headers['Allow']}"
    return problem(request.scope, of_status(error.status_code), detail, headers=headers)


def _methods(request: Request) -> list[str]:
    """Return every method of a path: the router itself names only those of the first route that fits."""
    paths = request.app.openapi()["paths"]
    path = request.url.path
    fitting = [template for template in paths if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)]
    found = paths[min(fitting, key=lambda template: template.count("{"))] if fitting else {"get": None}
    return sorted(method.upper() for method in found)


def _kind(error: Exception) -> Kind | None:
    return next((KINDS[one] for one in type(error).__mro__ if one in KINDS), None)


def _detail(error: Exception) -> str:
    if isinstance(error, sqlalchemy.exc.IntegrityError):
        return "somebody else changed the same thing at the same time; try again"
    if isinstance(error, redis.RedisError):
        return "Redis does not answer right now; try again in a moment"
    if isinstance(error, _OUTAGES):
        return "the database does not answer right now; try again in a moment"
    return str(error)


def _headers(error: Exception, kind: Kind) -> dict[str, str]:
    if isinstance(error, TooManyRequests):
        return error.headers
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": "Bearer"}
    if kind.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": _TRY_AGAIN_SECONDS}
    return {}


def _places(error: Exception) -> list[dict[str, Any]]:
    if isinstance(error, FilterSyntaxError):
        return [{"detail": str(error), "line": error.line, "column": error.column}]
    if isinstance(error, NotOneBoard):
        return [{"detail": one.evidence, **detections.candidate(one)} for one in error.detection.candidates]
    return []


def _violation(error: Mapping[str, Any]) -> dict[str, Any]:
    """What was wrong and where; never the value itself, which may be a secret or no valid text."""
    place, *path = error["loc"]
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in path)
    detail = str(error["msg"]).removeprefix("Value error, ")
    return {"detail": detail, "in": str(place), "pointer": pointer.encode("utf-8", "replace").decode()}


def _id(scope: Mapping[str, Any]) -> str:
    return str(scope.get("state", {}).get("request_id", ""))
