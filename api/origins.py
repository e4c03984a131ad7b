"""Names and origins: under which name this installation is asked, and whether a request comes from a page of its own.

With accounts, a request must name the installation (ROLECALL_URL) or this machine in `Host`. A change that is made with
a cookie, which browsers send whoever asked them to, must come from a page of ours: its `Origin` says so, or
`Sec-Fetch-Site` where a page's referrer policy hides the origin. No page can set either header.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems
from api.errors import Forbidden
from api.loopback import host_of, is_local, is_loopback
from worker.settings import Settings, get_settings

_MISDIRECTED = 421
_ANY_NAME = ("/healthz", "/readyz")
"""Asked by monitors, under whatever address they know a process by."""


class OwnName:
    """Refuses requests that name another host than ours while people have accounts here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request that is meant for this installation."""
        if scope["type"] != "http" or scope["path"] in _ANY_NAME or _is_meant(scope, get_settings()):
            await self.app(scope, receive, send)
            return
        detail = (
            f"this installation is reached under {get_settings().public_url}, and the Host header names another host; "
            "ask there, or let ROLECALL_URL be the address that people use"
        )
        await problems.problem(scope, problems.of_status(_MISDIRECTED), detail)(scope, receive, send)


def require_own_page(headers: Headers, settings: Settings) -> None:
    """Raise Forbidden for a request that no page of this installation made."""
    if not is_own_page(headers, settings):
        raise Forbidden(
            f"only pages of {settings.public_url} may do this with a session's cookie, and this request does not come "
            "from one; open that address, or send an API key (X-API-Key) instead of the cookie"
        )


def is_own_page(headers: Headers, settings: Settings) -> bool:
    """Whether a request comes from a page of this installation."""
    origin = headers.get("origin", "null")
    if origin == "null":
        return headers.get("sec-fetch-site") == "same-origin"
    if origin == settings.public_url:
        return True
    return is_loopback(host_of(origin)) and urlsplit(origin).netloc == headers.get("host")


def _is_meant(scope: Scope, settings: Settings) -> bool:
    if is_local(settings):
        return True  # the loopback door looks at these
    host = host_of(f"//{Headers(scope=scope).get('host', '')}")
    return is_loopback(host) or host == host_of(settings.public_url)
