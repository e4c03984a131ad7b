"""A board in place of one that is gone."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class Suggestion(BaseModel):
    """A board that may have taken the place of one that is gone or leads elsewhere."""

    id: int
    company_id: int
    company: str = Field(examples=["Acme"])
    board_id: int = Field(description="The board that is gone")
    old_url: str
    ats: str = Field(examples=["ashby"])
    board: str = Field(examples=["acme"])
    url: str = Field(examples=["https://jobs.ashbyhq.com/acme"])
    certainty: Literal["certain", "likely"]
    evidence: str = Field(description="Why, in a sentence")
    open_postings: int | None = Field(description="How many are open there, where it was read")
    created_at: datetime
