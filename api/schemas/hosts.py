"""Hosts: how they are treated, and how they treat Rolecall."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _FromAttributes(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Refusal(_FromAttributes):
    """A host whose robots.txt does not let Rolecall ask for a path, or could not be read for a reason."""

    origin: str = Field(examples=["https://careers.acme.example"])
    path: str | None = Field(examples=["/jobs"])
    reason: str | None


class Robots(_FromAttributes):
    """What is known of the robots.txt of a host, or of all hosts whose boards share its pace."""

    read: int = Field(description="How many files were read, or are not there", examples=[1])
    refusing: int = Field(description="How many of them refused something that was wanted")
    unreachable: int = Field(description="How many could not be read the last time")
    crawl_delay: float | None = Field(description="The longest, in seconds")
    checked_at: datetime | None = Field(description="When the oldest copy was read")
    troubled: list[Refusal] = Field(description="The first of those that refuse or could not be read")


class Host(_FromAttributes):
    """A host, under the name by which its requests are paced."""

    host: str = Field(examples=["boards-api.greenhouse.io"])
    rate: float | None = Field(description="Requests per second at most", examples=[6])
    tokens: float | None = Field(description="How many requests might go at once")
    places: int | None = Field(description="How many runs may read it at the same time", examples=[2])
    in_flight: int = Field(description="How many do")
    waiting: int = Field(description="How many workers wait for one of them to leave")
    blocked_until: datetime | None = Field(description="It asked to be left alone until then (429, Retry-After)")
    circuit: Literal["closed", "open", "half-open"] = Field(
        description="Open: it failed time after time and is left alone; half-open: one run finds out whether it answers"
    )
    failures: int = Field(description="In a row")
    failed_at: datetime | None
    error: str | None = Field(description="Of the last failure")
    open_until: datetime | None
    robots: Robots | None = Field(description="null: nobody asked, its API is offered to the public or not read yet")
