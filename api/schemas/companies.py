"""Companies, their boards, and many of them at once."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas.fields import Address, Body, Name, Words


class NewCompany(Body):
    """A company to be watched: the address of its board, or its ATS and the board's name there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"url": "https://boards.greenhouse.io/acme", "name": "Acme"},
                {"ats": "lever", "board": "acme", "scan": False},
            ]
        }
    )

    url: Address | None = None
    ats: Words | None = None
    board: Words | None = None
    name: Name | None = None
    scan: bool = Field(default=True, description="Read the board at once if it is new")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.url is None) == (self.ats is None) or (self.ats is None) != (self.board is None):
            raise ValueError("give either `url`, or `ats` and `board`")
        return self


class CompanyChange(Body):
    """What is to be changed of a company; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Acme Robotics", "enabled": True, "interval_seconds": 1800}]}
    )

    name: Name = Field(default="", validate_default=False)
    enabled: bool = Field(default=True, description="Whether its boards are scanned by schedule")
    interval_seconds: int | None = Field(
        default=None, ge=60, le=2_592_000, description="Seconds between scheduled scans; null for the installation's"
    )


class Board(BaseModel):
    """One company on one ATS, and how reading it went last."""

    id: int = Field(examples=[1])
    company_id: int = Field(examples=[1])
    company: str = Field(examples=["Acme"])
    ats: str = Field(examples=["greenhouse"])
    board: str = Field(examples=["acme"])
    url: str = Field(examples=["https://boards.greenhouse.io/acme"])
    enabled: bool
    interval_seconds: int | None
    next_scan_at: datetime
    last_run_at: datetime | None
    last_read_at: datetime | None
    last_outcome: str | None = Field(examples=["changed"])
    open_postings: int = Field(examples=[42])
    details_pending: int
    failures: int = Field(description="Failed runs in a row")
    error_kind: str | None
    error: str | None
    gone_at: datetime | None
    created_at: datetime


class Company(BaseModel):
    """Who hires, with its boards."""

    id: int = Field(examples=[1])
    name: str = Field(examples=["Acme"])
    created_at: datetime
    open_postings: int = Field(examples=[42])
    boards: list[Board]


class AddedCompany(Company):
    """A company that is now watched."""

    scan_id: int | None = Field(description="The scan that reads it, if one was started", examples=[1])


class ImportLine(BaseModel):
    """What became of a line."""

    model_config = ConfigDict(from_attributes=True)

    line: int = Field(examples=[1])
    address: str = Field(examples=["https://jobs.lever.co/acme"])
    status: Literal["added", "known", "error"]
    company_id: int | None = Field(examples=[1])
    reason: str | None


class Imported(BaseModel):
    """What became of an import, line by line."""

    added: int = Field(examples=[1])
    known: int
    errors: int
    scan_id: int | None = Field(description="The scan that reads what was added, if one was started")
    lines: list[ImportLine]


class Ats(BaseModel):
    """A vendor whose boards can be read."""

    ats: str = Field(examples=["greenhouse"])
    board: str = Field(description="How a board is named", examples=["tenant/server/site"])
    host: str = Field(description="The host that is asked", examples=["boards-api.greenhouse.io"])
    examples: list[str] = Field(description="Addresses as people paste them")
