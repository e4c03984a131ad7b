"""Channels that people are reached by, the services they lead to, and what became of each message."""

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.schemas.fields import Address, Body, Name, ThingId, Words
from worker.channels import forms
from worker.errors import InvalidInput
from worker.store import channels

Mode = Literal["instant", "digest"]
EventKind = Literal["opened", "updated", "closed", "reopened"]
DeliveryKind = Literal["matches", "changes", "test"]
DeliveryState = Literal["waiting", "sending", "sent", "dead", "skipped"]
Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Field(ge=1, le=7)]
MUTE_YEARS = range(2000, 2200)


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("this is no time zone of the IANA database, such as Europe/Berlin or America/New_York")
    return name


def _not_far_off(moment: datetime) -> datetime:
    if moment.year not in MUTE_YEARS:
        raise ValueError("a mute ends between the years 2000 and 2200")
    return moment


Zone = Annotated[Words, AfterValidator(_known_zone)]
Moment = Annotated[AwareDatetime, Field(strict=False), AfterValidator(_not_far_off)]


class ChannelPlan(BaseModel):
    """All of a channel but where it leads: what it is told, and when."""

    name: Name = Field(examples=["phone"])
    enabled: bool = Field(default=True, description="Turned off, it is told nothing, and what waits is forgotten")
    mode: Mode = Field(default="instant", description="At once, or together at `digest_hour`")
    digest_hour: int = Field(default=8, ge=0, le=23, description="By the clock of `time_zone`")
    digest_days: list[Weekday] = Field(
        default=[], max_length=7, examples=[[1, 4]], description="1 is Monday, 7 Sunday; none means every day"
    )
    time_zone: Zone = Field(default="UTC", examples=["Europe/Berlin"], description="IANA's name")
    quiet_from: Clock | None = Field(default=None, examples=["22:00"], description="Nothing is sent from then on")
    quiet_to: Clock | None = Field(default=None, examples=["07:00"], description="until then")
    muted_until: Moment | None = Field(
        default=None, description="Nothing is sent before; what came meanwhile is told once then"
    )
    most: int = Field(
        default=20, ge=1, le=100, description="Matches that one message tells in full; a webhook gets several messages"
    )
    group_ids: list[ThingId] = Field(
        default=[], max_length=200, description="Only matches of companies in these groups; none means all"
    )
    matches: bool = Field(default=True, description="Whether it is told of matches")
    events: list[EventKind] = Field(
        default=[], max_length=4, description="Changes of all companies that a webhook is told of, from now on"
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> "ChannelPlan":
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("quiet hours have a beginning and an end: give both quiet_from and quiet_to, or neither")
        if self.quiet_from is not None and self.quiet_from == self.quiet_to:
            raise ValueError("quiet hours that end when they begin would be none, or all day; to be silent, mute")
        return self

    def wish(self) -> channels.Wish:
        """Return it as it is stored."""
        given = {name: getattr(self, name) for name in channels.Wish.__dataclass_fields__}
        for name in ("digest_days", "group_ids", "events"):
            given[name] = sorted(set(given[name]))
        return channels.Wish(**given)


class Destination(BaseModel):
    """Where a channel leads: an address, or a service with its form filled in (GET /channels/services)."""

    address: Address | None = Field(
        default=None, examples=["ntfys://ntfy.sh/jobs-x7Gq2v"],
        description="Apprise's form of address; https://… is a webhook",
    )  # fmt: skip
    service: Words | None = Field(default=None, examples=["ntfy"])
    fields: dict[Words, Address | Literal[""]] = Field(default={}, max_length=20, examples=[{"topic": "jobs-x7Gq2v"}])

    @model_validator(mode="after")
    def _not_both(self) -> "Destination":
        if self.address is not None and (self.service is not None or self.fields):
            raise ValueError("give an address, or a service with its fields, not both")
        return self

    def found(self) -> str | None:
        """Return the address, None where none was given. Raises InvalidInput for a form that is not filled in."""
        if self.service is not None:
            return forms.compose(self.service, self.fields)
        if self.fields:
            raise InvalidInput("fields belong to a service; name it as well")
        return self.address


class NewChannel(Body, ChannelPlan, Destination):
    """A channel that is to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "phone", "service": "ntfy", "fields": {"topic": "jobs-x7Gq2v"}, "time_zone": "Europe/Berlin"}
            ]
        }
    )

    def leads_to(self) -> str:
        """Return the address. Raises InvalidInput."""
        if (address := self.found()) is None:
            raise InvalidInput("a channel has to lead somewhere: give an address, or a service with its fields")
        return address


class ChannelChange(Body, ChannelPlan, Destination):
    """A channel as it is to be; without an address or a service it leads where it did."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "phone", "mode": "digest", "digest_hour": 7, "digest_days": [1, 4]}]}
    )


class LastDelivery(BaseModel):
    """What became of the last message."""

    id: int
    state: DeliveryState
    error: str | None
    created_at: datetime


class Channel(ChannelPlan):
    """A channel. Its address is shown without what is secret in it."""

    id: int = Field(examples=[1])
    kind: Literal["apprise", "webhook"]
    address: str = Field(examples=["ntfys://ntfy.sh/jobs-x7Gq2v"])
    waiting: int = Field(description="Alerts that are still to be told; 10,000 stands for more, too")
    dead: int = Field(description="Messages that could not be sent and are not tried any more")
    last_delivery: LastDelivery | None
    created_at: datetime
    updated_at: datetime


class FreshChannel(Channel):
    """A new channel; a webhook's with the secret its messages are signed with, which is shown this once."""

    secret: str | None = Field(examples=["whsec_Kq7…"])


class TestResult(BaseModel):
    """What was answered to a test."""

    __test__ = False  # no test of pytest's

    ok: bool
    answer: str = Field(examples=["200 OK"])
    milliseconds: int


class FormField(BaseModel):
    """Something that a service's form asks for."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["topic"])
    label: str = Field(examples=["Topic"])
    help: str
    example: str
    required: bool
    secret: bool
    choices: list[str]


class ServiceForm(BaseModel):
    """A common service and its form."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["ntfy"])
    title: str = Field(examples=["ntfy"])
    help: str
    fields: list[FormField]


class ServiceForms(BaseModel):
    """The common services."""

    items: list[ServiceForm]


class Delivery(BaseModel):
    """A message to a channel, and what became of it."""

    id: int = Field(examples=[1])
    channel_id: int
    kind: DeliveryKind
    state: DeliveryState = Field(description="`skipped`: nothing was left to tell")
    attempts: int
    told: int = Field(description="Matches or changes that it tells in full")
    more: int = Field(description="Matches that it only counts")
    error: str | None = Field(description="What was answered last, if that was no success")
    next_try_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


class Try(BaseModel):
    """One try to send a message."""

    at: datetime
    ok: bool
    answer: str
    milliseconds: int


class DeliveryWithTries(Delivery):
    """A message with what it says, and its last 100 tries, the oldest first."""

    body: dict[str, Any]
    tries: list[Try]
