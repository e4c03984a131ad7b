"""The page where people sign in: with a link by mail, or with Google where that is set up."""

from fastapi import Request, Response
from pydantic import BaseModel

from api.dependencies import CurrentSettings
from api.links import LinkPostbox
from api.loopback import is_local
from api.web import forms
from api.web.forms import Faulty, MailAddress, SentForm
from api.web.rendering import redirect, render
from api.web.screen import screen
from worker import accounts
from worker.settings import Settings

router = screen()


class Asking(BaseModel):
    """Who wants a link."""

    email: MailAddress


@router.get("/sign-in")
def show_sign_in(request: Request, settings: CurrentSettings) -> Response:
    """Show the ways to sign in; where nobody signs in, the front page."""
    return redirect("/") if is_local(settings) else _page(request, settings)


@router.post("/sign-in")
def ask_for_link(request: Request, form: SentForm, settings: CurrentSettings, postbox: LinkPostbox) -> Response:
    """Have a link sent. What is answered does not tell whether somebody has the address."""
    if is_local(settings):
        return redirect("/")
    try:
        email = forms.read(Asking, form).email
    except Faulty as fault:
        return _page(request, settings, 422, values=form.values, errors=fault.errors)
    postbox.ask(settings, email)
    minutes = int(accounts.LINK_LIFETIME.total_seconds() // 60)
    said = f"If {email} may sign in here, a link is on its way there. It works once, within {minutes} minutes."
    return redirect("/sign-in", said)


def _page(
    request: Request,
    settings: Settings,
    status: int = 200,
    *,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> Response:
    return render(
        request,
        "sign_in.html",
        status,
        mails=settings.mail_url is not None,
        google=bool(settings.google_client_id),
        values=values or {},
        errors=errors or {},
    )
