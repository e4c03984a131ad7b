"""Local single-user mode: no accounts, so nobody but this machine, and no foreign web page in its browser, may ask.

A page from elsewhere can make a browser call 127.0.0.1 in two ways: under a name of its own that resolves here (the
Host header tells), or across origins (the Origin header tells). Both are refused.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api import problems
from api.dependencies import CurrentSettings
from worker.errors import NotFound, StartRefused
from worker.settings import Settings, get_settings

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
_MISDIRECTED = 421


def is_loopback(host: str) -> bool:
    """Whether a host, as a name or an address, is this machine itself."""
    name = host.strip("[]").partition("%")[0].lower()
    if name == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or bool(isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped
                                       and address.ipv4_mapped.is_loopback)  # fmt: skip


def host_of(address: str) -> str:
    """Return the host that an address names, without its port, in lower case; nothing for what is no address."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def is_local(settings: Settings) -> bool:
    """Whether this installation is one person's own, without sign-in."""
    return not settings.has_accounts


def require_accounts(settings: CurrentSettings) -> None:
    """Raise NotFound where nobody signs in."""
    if is_local(settings):
        raise NotFound(
            "there is no sign-in here: this installation is one person's own, and needs none; for several people set "
            "ROLECALL_ACCOUNTS=true and ROLECALL_SECRET_KEY"
        )


def check_start(settings: Settings) -> None:
    """Raise StartRefused where starting would leave the door open."""
    if is_local(settings) and not is_loopback(settings.host):
        raise StartRefused(
            f"Rolecall would listen on {settings.host} without sign-in; set GOOGLE_CLIENT_ID or "
            "ROLECALL_ACCOUNTS=true, and ROLECALL_SECRET_KEY, or listen on 127.0.0.1 (ROLECALL_HOST)."
        )
    if settings.has_accounts and settings.secret_key is None:
        variable = "GOOGLE_CLIENT_ID" if settings.google_client_id else "ROLECALL_ACCOUNTS"
        raise StartRefused(
            f"{variable} is set without ROLECALL_SECRET_KEY, which signs sessions and access tokens; set it to at "
            "least 32 random characters, for instance from "
            '`python -c "import secrets; print(secrets.token_urlsafe(48))"`.'
        )


class Loopback:
    """Refuses what does not come from this machine itself while there is no sign-in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request that may be made."""
        refusal = _refusal(scope) if scope["type"] == "http" and is_local(get_settings()) else None
        if refusal is None:
            await self.app(scope, receive, send)
            return
        status, detail = refusal
        await problems.problem(scope, problems.of_status(status), detail)(scope, receive, send)


def _refusal(scope: Scope) -> tuple[int, str] | None:
    headers = Headers(scope=scope)
    client = scope.get("client")
    if client is not None and not is_loopback(client[0]):
        return 403, "there is no sign-in here, so only this machine itself may ask"
    if not is_loopback(host_of(f"//{headers.get('host', '')}")):
        return _MISDIRECTED, "the Host header names another machine; use http://127.0.0.1 or http://localhost"
    origin = headers.get("origin")
    if origin is not None and scope["method"] not in SAFE_METHODS and not is_loopback(host_of(origin)):
        return 403, "a web page from elsewhere may not change anything here"
    return None
