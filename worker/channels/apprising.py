"""Sending through Apprise: each message, and each look at an address, in a process of its own (`child` says why)."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import orjson
import structlog

from worker.channels.answers import Answer
from worker.channels.services import PLUGINS, scheme_of
from worker.errors import InvalidInput, ServiceUnavailable, UnsafeAddress
from worker.settings import Settings

log = structlog.get_logger()

AT_ONCE = 4
"""Each takes half a second of a processor and 60 MB of memory."""
_LOOK_SECONDS = 20.0
_PLACES = BoundedSemaphore(AT_ONCE)
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy",
              "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")  # fmt: skip
"""Of the environment a child gets no more: the rest holds passwords."""
_PACKAGES = Path(__file__).parents[2]


class Busy(ServiceUnavailable):
    """As many messages as may be are being sent already."""


@dataclass(frozen=True, slots=True)
class Message:
    """A delivery as it is to be worded: what it says, and the id that it has on each try."""

    delivery: str
    body: dict[str, Any]


def look(settings: Settings, address: str) -> str:
    """Return an address without what is secret in it.

    Raises InvalidInput for one that Apprise does not understand or that not everybody may use, UnsafeAddress,
    ServiceUnavailable.
    """
    _refuse_scheme(settings, scheme_of(address))
    try:
        told = _ask(settings, address, None, seconds=_LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        raise ServiceUnavailable("the address could not be looked at in time; try again in a moment") from None
    if told["unsafe"]:
        raise UnsafeAddress(told["answer"])
    if not told["understood"]:
        raise InvalidInput(
            "this address is not complete, or has a part where none belongs; docs/alerts.md says how each service's is "
            "made, and the forms make it by themselves"
        )
    return str(told["shown"])


def send(settings: Settings, address: str, message: Message) -> Answer:
    """Send a message. Raises Busy, where it was not tried, InvalidInput and UnsafeAddress, where it never will work."""
    _refuse_scheme(settings, scheme_of(address))
    try:
        told = _ask(settings, address, message, seconds=settings.alert_seconds)
    except subprocess.TimeoutExpired:
        return Answer(ok=False, text=f"it took longer than {settings.alert_seconds:g} seconds")
    if told["unsafe"]:
        raise UnsafeAddress(told["answer"])
    if not told["understood"]:
        raise InvalidInput("Apprise does not understand this address (any more); enter it anew")
    return Answer(ok=told["ok"], text=told["answer"] or ("sent" if told["ok"] else "it failed without a word"))


def _refuse_scheme(settings: Settings, scheme: str) -> None:
    if settings.has_accounts and scheme not in PLUGINS:
        raise InvalidInput(
            f"{scheme}:// may not be used in an installation of several people; these may: "
            f"{', '.join(sorted(PLUGINS))}, and https:// for a webhook"
        )


def _ask(settings: Settings, address: str, message: Message | None, *, seconds: float) -> dict[str, Any]:
    """Return a child's answer. Raises Busy, subprocess.TimeoutExpired, ServiceUnavailable."""
    if not _PLACES.acquire(timeout=seconds / 2):
        raise Busy("many messages are being sent at this moment; this one is sent a little later")
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "worker.channels.child"],
            input=orjson.dumps(_question(settings, address, message, seconds)),
            capture_output=True,
            env=_environment(),
            timeout=seconds,
            check=False,
        )
    finally:
        _PLACES.release()
    if ended.returncode != 0 or not ended.stdout:
        log.error("a message's process failed", code=ended.returncode, said=_last_line(ended.stderr))
        raise ServiceUnavailable(f"the process that sends messages ended with {ended.returncode}; the log says why")
    told: dict[str, Any] = orjson.loads(ended.stdout)
    return told


def _question(settings: Settings, address: str, message: Message | None, seconds: float) -> dict[str, Any]:
    return {
        "address": address,
        "trusted": not settings.has_accounts,
        "allow_loopback": settings.allow_loopback,
        "seconds": seconds + 1,
        "delivery": message.delivery if message else "",
        "body": message.body if message else None,
    }


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": str(_PACKAGES), "PYTHONDONTWRITEBYTECODE": "1"}


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
