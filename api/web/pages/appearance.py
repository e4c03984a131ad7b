"""How pages look and which keys they take: a choice of this browser, kept in cookies that say nothing else."""

from typing import Literal

from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from api.web import forms
from api.web.forms import SentForm
from api.web.frame import KEYS_COOKIE, THEME_COOKIE, PageFrame
from api.web.rendering import local, redirect
from api.web.screen import screen

router = screen()
_A_YEAR = 365 * 86_400


class Appearance(BaseModel):
    """What is to change."""

    theme: Literal["auto", "light", "dark"] | None = None
    keys: Literal["on", "off"] | None = None
    back: str | None = None


@router.post("/appearance")
def change_appearance(form: SentForm, frame: PageFrame) -> RedirectResponse:
    """Keep the choice, and show the page again."""
    wish = forms.read(Appearance, form)
    response = redirect(local(wish.back, "/"))
    secure = frame.settings.secure
    for name, value in ((THEME_COOKIE, wish.theme), (KEYS_COOKIE, wish.keys)):
        if value is not None:
            response.set_cookie(name, value, max_age=_A_YEAR, path="/", secure=secure, httponly=True, samesite="lax")
    return response
