"""Feeds."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas.fields import Body, FilterText, Name, ThingId
from worker.store.feeds import SCOPE


class FeedScope(Body):
    """What a feed is of: the person's matches (of a group, of a company), or all postings that pass a filter."""

    group_id: ThingId | None = Field(default=None, description="Matches of the companies of this group")
    company_id: ThingId | None = Field(default=None, description="Matches of this company")
    title_filters: FilterText | None = Field(default=None, description="Not matches: every posting whose title passes")

    @model_validator(mode="after")
    def _of_one_thing(self) -> Self:
        if sum(value is not None for value in self.scope.values()) > 1:
            raise ValueError(
                "a feed is of one thing: give one of `group_id`, `company_id` and `title_filters`, or none"
            )
        return self

    @property
    def scope(self) -> dict[str, Any]:
        """What was named, and None for the rest."""
        return {name: getattr(self, name) for name in SCOPE}


class NewFeed(FeedScope):
    """A feed to be made. Without a scope it is of all the person's matches."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Data roles", "title_filters": "data engineer"}]}
    )

    name: Name = Field(examples=["Data roles"])


class FeedChange(FeedScope):
    """What is to be changed of a feed; what is left out stays. A scope that is named takes the place of the other."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Data roles", "title_filters": "data -intern"}]})

    name: Name = Field(default="", validate_default=False)

    @property
    def names_scope(self) -> bool:
        """Whether anything is said of the scope."""
        return not self.model_fields_set.isdisjoint(SCOPE)


class Addresses(BaseModel):
    """Where a feed is read. Whoever knows an address can read it: there is no sign-in."""

    atom: str = Field(examples=["https://jobs.example.org/feeds/1-Wn0….atom"])
    json_feed: str = Field(examples=["https://jobs.example.org/feeds/1-Wn0….json"])
    calendar: str = Field(examples=["https://jobs.example.org/feeds/1-Wn0….ics"], description="Closing dates")


class Feed(BaseModel):
    """A feed of the person's; without group, company and filter it is of all matches."""

    id: int = Field(examples=[1])
    name: str = Field(examples=["Data roles"])
    group_id: int | None
    company_id: int | None
    title_filters: str | None = Field(examples=["data engineer"])
    addresses: Addresses
    created_at: datetime
    updated_at: datetime
    renewed_at: datetime | None = Field(description="When the addresses were changed last, and the old ones died")
