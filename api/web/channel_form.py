"""A channel as fields of a form: what it is told and when, and where it leads."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, NaiveDatetime

from api.schemas.channels import MUTE_YEARS, ChannelPlan, Destination
from api.web.forms import Faulty, Form
from worker.channels import forms as services
from worker.errors import InvalidInput
from worker.store.channels import Wish

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVENTS = {"opened": "opens", "updated": "is changed", "closed": "closes", "reopened": "opens again"}
OTHER = "other"
"""The form of any address that has no form of its own."""


class PlanForm(ChannelPlan):
    """The fields of a plan: a box that is not ticked is not sent. `mute` is by the clock of `time_zone`.

    `tells` stands for `matches`: a field of that name would hide the method that forms have in browsers.
    """

    enabled: bool = False
    tells: bool = False
    mute: Annotated[NaiveDatetime | None, Field(description="Until then nothing is sent")] = None
    version: int | None = None

    def planned(self) -> Wish:
        """Return it as it is stored. Raises Faulty."""
        if self.mute is None:
            return replace(self.wish(), matches=self.tells, muted_until=None)
        if self.mute.year not in MUTE_YEARS:
            raise Faulty({"mute": "A mute ends between the years 2000 and 2200."})
        until = self.mute.replace(tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)
        return replace(self.wish(), matches=self.tells, muted_until=until)


@cache
def zones() -> list[str]:
    """Return the names of time zones that are offered."""
    named = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return ["UTC", *sorted(named)]


def filled(channel: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the fields for a stored channel."""
    muted = channel["muted_until"]
    at_home = muted.astimezone(ZoneInfo(channel["time_zone"])) if muted and muted > datetime.now(UTC) else None
    clocks = {name: f"{channel[name]:%H:%M}" if channel[name] else "" for name in ("quiet_from", "quiet_to")}
    return {**channel, **clocks, "mute": f"{at_home:%Y-%m-%dT%H:%M}" if at_home else ""}


def fresh() -> dict[str, Any]:
    """Return the values of the fields of a new channel."""
    usual = Wish("")
    values = {name: getattr(usual, name) for name in Wish.__dataclass_fields__}
    return {**values, "quiet_from": "", "quiet_to": "", "mute": "", "version": ""}


def sent(form: Form) -> dict[str, Any]:
    """Return what a form sent, to fill it again; secrets are not among it."""
    hidden = {f"field-{field.name}" for one in services.SERVICES.values() for field in one.fields if field.secret} | {
        "address"
    }
    values = {name: "" if name in hidden else value for name, value in form.values.items()}
    ticked = {"enabled": form.get("enabled") == "on", "matches": form.get("tells") == "on"}
    numbers = {name: [int(one) for one in form.all(name) if one.isdecimal()] for name in ("digest_days", "group_ids")}
    return {**fresh(), **values, **ticked, **numbers, "events": form.all("events")}


def address(form: Form) -> str | None:
    """Return the address that the form gives, None where it gives none. Raises InvalidInput."""
    named = form.get("service")
    if named in services.SERVICES:
        given = {field.name: form.get(f"field-{field.name}") for field in services.SERVICES[named].fields}
        return services.compose(named, given)
    text = form.get("address").strip()
    try:
        return Destination(address=text).found() if text else None
    except ValueError:
        raise InvalidInput("an address has at most 2,000 characters") from None
