"""What goes wrong, as a page: whoever sees it is a person with a browser."""

import json

from fastapi import FastAPI, Request, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Scope

from api import problems
from api.web.rendering import render

_NO_PAGES = ("/api/", "/docs", "/static/", "/healthz", "/readyz", "/openapi.json")


def install(app: FastAPI) -> None:
    """Answer addresses that lead nowhere with a page where a browser asks for one."""
    app.add_exception_handler(HTTPException, _answer)


async def page(request: Request, error: Exception) -> Response:
    """Return the page that says what an error means. Its session is over, so the frame says nothing."""
    answer = await problems.answer(request, error)
    return _page(request, answer)


def internal(scope: Scope) -> Response:
    """Return what an error nobody foresaw is to whoever asked: a problem, or a page that says the same."""
    problem = problems.internal(scope)
    return _page(Request(scope), problem) if _wants_page(scope) else problem


async def _answer(request: Request, error: Exception) -> Response:
    if _wants_page(request.scope):
        return await page(request, error)
    return await problems.answer(request, error)


def _wants_page(scope: Scope) -> bool:
    return not scope["path"].startswith(_NO_PAGES) and "text/html" in Headers(scope=scope).get("accept", "")


def _page(request: Request, answer: Response) -> Response:
    request.state.frame = None
    said = json.loads(bytes(answer.body))
    response = render(
        request,
        "error.html",
        answer.status_code,
        title=said["title"],
        detail=said["detail"].removesuffix("; /docs lists what there is"),
        errors=[one["detail"] for one in said.get("errors", ()) if one["detail"] != said["detail"]],
        request_id=said["request_id"],
    )
    for name in ("Retry-After", "Allow"):
        if name in answer.headers:
            response.headers[name] = answer.headers[name]
    return response
