"""Postings, what happened to them, and dry runs."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Number
from worker.posting import Seniority

Kind = Literal["opened", "updated", "closed", "reopened"]


class Salary(BaseModel):
    """Pay in whole currency units; either bound may be missing."""

    model_config = ConfigDict(from_attributes=True)

    min: Number | None = Field(examples=[70000])
    max: Number | None = Field(examples=[90000])
    currency: str | None = Field(examples=["EUR"])
    period: str | None = Field(examples=["YEAR"])
    source: Literal["board", "text"] = Field(
        description="Whether the board states it in a field of its own, or it was read out of the description"
    )


class Place(BaseModel):
    """A place of work, as far as a location says."""

    model_config = ConfigDict(from_attributes=True)

    city: str | None = Field(examples=["Munich"])
    region: str | None = Field(examples=["Bavaria"])
    country: str | None = Field(examples=["DE"], description="ISO 3166-1 alpha-2")


class Role(BaseModel):
    """What a board says of a role, descriptions left out; null where it says nothing."""

    model_config = ConfigDict(from_attributes=True)

    external_id: str = Field(examples=["4012345"])
    title: str = Field(examples=["Python Engineer"])
    url: str = Field(examples=["https://boards.greenhouse.io/acme/jobs/4012345"])
    apply_url: str | None
    locations: list[str] = Field(examples=[["Berlin"]])
    workplace: str | None = Field(examples=["hybrid"])
    country_codes: list[str] = Field(examples=[["DE"]])
    places: list[Place] = Field(description="What the locations say, in names that are the same for every board")
    department: str | None
    team: str | None
    employment_type: str | None = Field(examples=["FULL_TIME"])
    salary: Salary | None
    posted_at: datetime | None
    closes_at: datetime | None
    seniority: Seniority | None = Field(description="The board's word for it, else what the title says")
    language: str | None = Field(examples=["en"], description="BCP 47; as the board says, else the description's")
    requisition_id: str | None


class BriefPosting(Role):
    """A posting without its descriptions and extras."""

    id: int = Field(examples=[1])
    company_id: int
    company: str = Field(examples=["Acme"])
    ats: str = Field(examples=["greenhouse"])
    board: str = Field(examples=["acme"])
    board_id: int
    state: Literal["open", "closed"]
    first_seen: datetime
    last_seen: datetime
    closed_at: datetime | None
    role_id: int | None = Field(description="Postings of the same role share it, on whatever board")


class Posting(BriefPosting):
    """A posting with all that is known of it."""

    description_html: str | None
    description_text: str | None
    extras: dict[str, Any]


class Event(BaseModel):
    """Something that happened to a posting, with `[old, new]` of each field that changed."""

    id: int = Field(examples=[1])
    kind: Kind
    baseline: bool = Field(description="Whether it was found at the board's first reading, so that it is no news")
    news: Literal["listing", "repost"] | None = Field(
        description="Why a posting that opened may be no news: its role is open elsewhere, or was open before"
    )
    changes: dict[str, list[Any]] = Field(examples=[{"title": ["Engineer", "Senior Engineer"]}])
    at: datetime


class PostingEvent(Event):
    """An event of a posting, and the run that found it."""

    scan_run_id: int


class RoleListing(BaseModel):
    """Another posting of the same role."""

    id: int
    ats: str = Field(examples=["greenhouse"])
    board: str = Field(examples=["acme"])
    external_id: str
    title: str
    url: str
    locations: list[str]
    state: Literal["open", "closed"]
    first_seen: datetime
    closed_at: datetime | None


class PostingWithEvents(Posting):
    """A posting with its history and the other listings of its role, both oldest first."""

    events: list[PostingEvent]
    listings: list[RoleListing]


class Change(Event):
    """An event with the posting it happened to."""

    posting_id: int
    external_id: str
    title: str
    url: str
    company_id: int
    company: str
    ats: str
    board: str


class Changes(BaseModel):
    """Events after a cursor. `next_cursor` is always there: keep it to ask for what comes later."""

    items: list[Change]
    next_cursor: str = Field(examples=["Y2hhbmdlczo3NDE6MTI"])
    more: bool = Field(description="Whether further events are there already")


class DryPosting(Role):
    """A posting that would pass, the line of the title filter that lets it in (null: none does), and why it passes."""

    filter: str | None = Field(examples=["python"])
    reason: str = Field(examples=['let in by "python"'])


class Rejected(BaseModel):
    """A posting that would not pass, the line that keeps it out (null: none does), and why it does not pass."""

    external_id: str
    title: str
    url: str
    filter: str | None = Field(examples=["-intern"])
    reason: str = Field(examples=["no line matches"])


class DryError(BaseModel):
    """Why a board could not be read."""

    kind: str = Field(examples=["BoardNotFound"])
    message: str


class DryAnswer(BaseModel):
    """What a board said."""

    given: str = Field(description="The address, or the company's id, that was asked for")
    company_id: int | None
    company: str | None
    ats: str | None
    board: str | None
    url: str | None
    found: int
    matched: int
    skipped: int
    postings: list[DryPosting] = Field(description="Those that match, at most 1,000")
    rejected: list[Rejected] = Field(description="The first 10 that do not")
    incomplete: str | None = Field(description="Why postings may be missing")
    notes: list[str]
    milliseconds: int
    error: DryError | None


class DryAnswers(BaseModel):
    """An answer per board, in the order asked for. Nothing was written."""

    items: list[DryAnswer]
