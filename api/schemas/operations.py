"""What an operator sees."""

from datetime import date, datetime

from pydantic import BaseModel, Field


class Drift(BaseModel):
    """A share that is far from its level: of postings that say a field, of skipped rows, of unexpected answers."""

    ats: str = Field(examples=["greenhouse"])
    what: str = Field(description="A field, `skipped postings` or `unexpected answers`", examples=["department"])
    day: date
    level: float = Field(ge=0, le=1, description="The share over the month before")
    share: float = Field(ge=0, le=1, description="The share of that day")
    created_at: datetime
