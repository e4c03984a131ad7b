"""What an action says on the page it leads to: carried by a cookie that only we can make, shown once."""

import base64
import binascii
import hmac
from dataclasses import asdict, dataclass
from typing import Literal

import orjson
from fastapi import Request, Response

from worker.secret import derived
from worker.settings import Settings

COOKIE = "rolecall_notice"
_KEPT_SECONDS = 60
_LETTERS_MOST = 500
_SIGNATURE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence about what was done.

    `undo` is the number of an action of `match_actions` that can be undone, `follow` the address of a page where one
    can see what becomes of it.
    """

    text: str
    kind: Literal["done", "problem"] = "done"
    undo: int | None = None
    follow: str | None = None


def leave(response: Response, settings: Settings, notice: Notice) -> None:
    """Let the next page that this browser asks for show a notice."""
    said = orjson.dumps({**asdict(notice), "text": notice.text[:_LETTERS_MOST]})
    value = base64.urlsafe_b64encode(_signature(settings, said) + said).decode().rstrip("=")
    _set(response, settings, value, _KEPT_SECONDS)


def left(request: Request, settings: Settings) -> Notice | None:
    """Return the notice that was left for this browser, None where there is none of ours."""
    value = request.cookies.get(COOKIE, "")
    try:
        read = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    signature, said = read[:_SIGNATURE_BYTES], read[_SIGNATURE_BYTES:]
    if not said or not hmac.compare_digest(signature, _signature(settings, said)):
        return None
    return Notice(**orjson.loads(said))


def forget(response: Response, settings: Settings) -> None:
    """Let the browser forget the notice that it has been shown."""
    _set(response, settings, "", 0)


def _set(response: Response, settings: Settings, value: str, seconds: int) -> None:
    response.set_cookie(COOKIE, value, max_age=seconds, path="/", secure=settings.secure, httponly=True, samesite="lax")


def _signature(settings: Settings, said: bytes) -> bytes:
    return hmac.digest(derived(settings, "notice"), said, "sha256")
