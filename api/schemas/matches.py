"""Matches, and what people make of them."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas.fields import Body, Day, Moment, ThingId, Words
from api.schemas.postings import BriefPosting

State = Literal["new", "seen", "saved", "applied", "hidden"]
Ids = Annotated[list[ThingId], Field(min_length=1, max_length=10_000)]


class Why(BaseModel):
    """Why a posting is a match: one criterion, what it says, and the layer it comes from."""

    criterion: str = Field(examples=["title"])
    detail: str = Field(examples=['let in by "python engineer"'])
    source: str = Field(default="", examples=["company"])


class Earlier(BaseModel):
    """The match of the same role that a further listing, or a repost, repeats."""

    id: int
    posting_id: int
    state: State
    applied_on: date | None


class Match(BaseModel):
    """A posting that passes a person's wishes, and what the person made of it."""

    id: int = Field(examples=[1])
    state: State
    state_at: datetime | None
    applied_on: date | None
    note: str | None
    why: list[Why]
    fits: bool = Field(description="False where it was saved, applied to or hidden and would not pass any more")
    found_at: datetime
    repeats: Earlier | None = Field(description="Set where it is no news: its role was a match before")
    posting: BriefPosting


class MatchChange(Body):
    """What a person makes of a match."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "applied", "note": "by mail to Ada"}]})

    state: State
    applied_on: Day | None = Field(default=None, description="Only with `applied`; today where nothing is said")
    note: Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")] | None = None

    @model_validator(mode="after")
    def _date_belongs_to_applied(self) -> "MatchChange":
        if self.applied_on is not None and self.state != "applied":
            raise ValueError("applied_on belongs to the state applied")
        return self


class ChangedMatch(Match):
    """A match, and the action under which the change can be undone."""

    action_id: int


class MatchesWanted(Body):
    """Which matches are meant; what is left out means any."""

    states: list[State] = Field(default=["new", "seen"], min_length=1, max_length=5)
    company_id: ThingId | None = None
    group_id: ThingId | None = None
    open: bool | None = None
    repeats: bool | None = None
    since: Moment | None = None
    older_than: Moment | None = None
    text: Words | None = None


class Mark(Body):
    """Matches by id, or all that are meant, and the state they are to have."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"state": "seen", "all": {"older_than": "2026-11-01T00:00:00Z"}}]}
    )

    state: State
    ids: Ids | None = None
    all: MatchesWanted | None = None

    @model_validator(mode="after")
    def _one_way_to_say_which(self) -> "Mark":
        if (self.ids is None) == (self.all is None):
            raise ValueError("name matches either by `ids` or by `all`")
        return self


class Marked(BaseModel):
    """How many matches were changed, and the action under which that can be undone."""

    action_id: int
    changed: int


class Undo(Body):
    """An action that is to be undone."""

    action_id: ThingId = Field(examples=[1])


class Undone(BaseModel):
    """How many matches are as they were; those that were changed again since stay as they are."""

    changed: int


class Count(BaseModel):
    """How many matches, and how many of them are still open."""

    matches: int
    open: int


class Counts(BaseModel):
    """Matches by state."""

    new: Count
    seen: Count
    saved: Count
    applied: Count
    hidden: Count
