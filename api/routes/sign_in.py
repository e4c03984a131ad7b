"""The pages a browser signs in on: where a link leads, and where Google's form does. What goes wrong is a page, too."""

import hmac
import json
import secrets
from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api import google, problems, sessions
from api.auth import Refuser
from api.dependencies import CurrentSettings, DbSession
from api.errors import Forbidden
from api.google import Transport
from api.limiting import count_sign_in
from api.loopback import require_accounts
from api.origins import require_own_page
from api.web.rendering import render
from worker import accounts
from worker.errors import RolecallError

_FORM_MOST = 20_000
_FIELDS_MOST = 20
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_BEGAN = "g_csrf_token"
"""The cookie, and the field of the button of Google's own, that show that this browser began the sign-in."""
_BEGAN_SECONDS = 600


class _Page(APIRoute):
    """Answers errors with a page, since whoever sees them is a person with a browser."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_in_words(request: Request) -> Response:
            try:
                return await handle(request)
            except (RolecallError, HTTPException, RequestValidationError) as error:
                answer = await problems.answer(request, error)
                detail = json.loads(bytes(answer.body))["detail"]
                return _page(request, "sign_in_failed.html", answer.status_code, detail=detail)

        return handle_in_words


router = APIRouter(
    prefix="/sign-in",
    route_class=_Page,
    include_in_schema=False,
    dependencies=[Depends(require_accounts)],
)


async def get_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form that was sent. Raises Forbidden for what is none."""
    try:
        text = (await request.body())[:_FORM_MOST].decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_MOST))
    except ValueError:
        raise Forbidden("this is not the form that Google's sign-in sends; sign in again") from None


@router.get("/google")
async def begin_with_google(settings: CurrentSettings) -> Response:
    """Lead to Google's page, which sends the browser back with a form."""
    began = secrets.token_urlsafe(32)
    answer = RedirectResponse(google.page(settings, began), status_code=303)
    # Google's form comes from elsewhere, and browsers send it no cookie that is stricter.
    answer.set_cookie(_BEGAN, began, max_age=_BEGAN_SECONDS, path="/sign-in", secure=True, httponly=True,
                      samesite="none")  # fmt: skip
    return answer


@router.get("/{token}")
async def confirm_sign_in(request: Request) -> Response:
    """Show a button: programs that look at the links in mails open them, and must not use them up."""
    return _page(request, "sign_in_link.html")


@router.post("/google", dependencies=[Depends(count_sign_in)])
def sign_in_with_google_form(
    form: Annotated[Mapping[str, str], Depends(get_form)],
    request: Request,
    db: DbSession,
    settings: CurrentSettings,
    transport: Transport,
) -> Response:
    """Take the form that Google's page sends, or that of Google Identity Services in their redirect mode.

    It comes from Google's page; that ours began it shows in the token that is both in the form and in a cookie.
    """
    sent, kept = form.get("state") or form.get(_BEGAN, ""), request.cookies.get(_BEGAN, "")
    if not sent or not hmac.compare_digest(sent.encode(), kept.encode()):
        raise Forbidden("this sign-in was not begun in this browser; open Rolecall and sign in from there")
    nonce = google.nonce(sent) if "state" in form else None
    account = google.verify(form.get("credential") or form.get("id_token", ""), settings, transport, nonce=nonce)
    person = accounts.by_google(db, settings, sub=account.sub, email=account.email, name=account.name)
    return _signed_in(person, request, db, settings)


@router.post("/{token}", dependencies=[Depends(count_sign_in)])
def sign_in_with_link(
    token: str, request: Request, db: DbSession, settings: CurrentSettings, refusals: Refuser
) -> Response:
    """Use a link up, and let the browser in."""
    require_own_page(request.headers, settings)
    person = accounts.by_link(db, settings, token)
    if person is None:
        raise refusals.refusal(accounts.DEAD_LINK)
    return _signed_in(person, request, db, settings)


def _signed_in(person: accounts.Person, request: Request, db: DbSession, settings: CurrentSettings) -> Response:
    answer = RedirectResponse("/", status_code=303)
    sessions.start(db, settings, request, answer, person["id"])
    db.commit()
    return answer


def _page(request: Request, name: str, status: int = 200, **values: str) -> Response:
    answer = render(request, name, status, **values)
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer
