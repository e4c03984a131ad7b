"""Reaching somebody, whichever way a channel goes."""

from typing import Any

from worker.channels import apprising, webhooks
from worker.channels.answers import Answer
from worker.channels.services import scheme_of
from worker.settings import Settings

WEBHOOK, APPRISE = "webhook", "apprise"


def look(settings: Settings, address: str) -> tuple[str, str]:
    """Return the kind of an address, and how it may be shown. Raises InvalidInput, UnsafeAddress."""
    if scheme_of(address) in ("http", "https"):
        return WEBHOOK, webhooks.look(settings, address)
    return APPRISE, apprising.look(settings, address)


def send(settings: Settings, address: str, secret: str | None, *, delivery: int, body: dict[str, Any]) -> Answer:
    """Send a delivery. Raises Busy where it was not tried, and InvalidInput or UnsafeAddress where it never will go."""
    if secret is not None:
        return webhooks.send(settings, address, secret, delivery=delivery, body=body)
    return apprising.send(settings, address, apprising.Message(str(delivery), body))
