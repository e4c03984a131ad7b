"""A screen's router: its routes are pages, and so are their errors."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

import redis
import sqlalchemy.exc
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.errors import NotSignedIn
from api.web import failures
from api.web.rendering import redirect
from worker.errors import RolecallError

_HANDLED = (RolecallError, HTTPException, RequestValidationError, sqlalchemy.exc.DBAPIError,
            sqlalchemy.exc.TimeoutError, redis.RedisError)  # fmt: skip


class _Page(APIRoute):
    """A route of a page: errors are pages, and who is not signed in is led to where that is done."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_in_words(request: Request) -> Response:
            try:
                return await handle(request)
            except NotSignedIn:
                wanted = request.url.path if request.method == "GET" else "/"
                return redirect(f"/sign-in?{urlencode({'next': wanted})}")
            except _HANDLED as error:
                return await failures.page(request, error)

        return handle_in_words


def screen() -> APIRouter:
    """Return the router of a screen, which is no part of the API's reference."""
    return APIRouter(include_in_schema=False, route_class=_Page)
