"""A board that is known to be there."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class Entry(BaseModel):
    """A board of the catalogue: a fact gathered elsewhere, which nobody vouches for."""

    model_config = ConfigDict(from_attributes=True)

    name: str = Field(examples=["Figma"])
    ats: str = Field(examples=["greenhouse"])
    url: str = Field(examples=["https://job-boards.greenhouse.io/figma"])
    open_jobs: int | None = Field(description="How many were open when it was looked at")
    checked: date | None = Field(description="When that was")
    standing: str = Field(examples=["seen open on 2026-08-24", "unverified"])
