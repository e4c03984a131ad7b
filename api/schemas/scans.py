"""Scans, their runs and what they add up to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.schemas.fields import Body, Part

Outcome = Literal["changed", "unchanged", "partial", "suspect", "gone", "failed"]


class NewScan(Body):
    """What is to be scanned: some companies, or all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"company_ids": [1, 2]}, {"all": True}]})

    company_ids: list[int] | None = Field(default=None, min_length=1, max_length=10_000)
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.company_ids is None) == (self.all is None):
            raise ValueError("give either `company_ids`, or `all`: true")
        if any(not 0 < company < 2**63 for company in self.company_ids or ()):
            raise ValueError("a company's id is a positive number")
        return self


class StartedScan(BaseModel):
    """A scan that was accepted."""

    id: int = Field(examples=[1])
    runs: int = Field(description="How many boards it will read", examples=[42])


class RunStates(BaseModel):
    """How far a scan's runs are."""

    total: int = Field(examples=[42])
    queued: int
    running: int
    finished: int


class Outcomes(BaseModel):
    """How many runs ended how."""

    changed: int
    unchanged: int
    partial: int
    suspect: int
    gone: int
    failed: int


class Counts(BaseModel):
    """What the runs found, and what it cost."""

    found: int
    opened: int
    updated: int
    closed: int
    reopened: int
    skipped: int
    requests: int
    bytes: int


class Scan(BaseModel):
    """One trigger and what became of it."""

    id: int = Field(examples=[1])
    trigger: str = Field(examples=["api"])
    state: Literal["running", "finished", "cancelled"]
    created_at: datetime
    finished_at: datetime | None
    cancelled_at: datetime | None
    runs: RunStates
    outcomes: Outcomes
    counts: Counts

    @classmethod
    def of(cls, row: Mapping[str, Any], **more: Any) -> Self:
        """Arrange a scan's row with its totals."""
        runs = {"total": row["runs"], **{name: row[name] for name in ("queued", "running", "finished")}}
        return cls.model_validate({**row, "runs": runs, "outcomes": row, "counts": row, **more})


class Run(BaseModel):
    """One board within a scan."""

    id: int = Field(examples=[1])
    scan_id: int
    board_id: int
    company_id: int
    company: str = Field(examples=["Acme"])
    ats: str = Field(examples=["greenhouse"])
    board: str = Field(examples=["acme"])
    url: str
    state: Literal["queued", "running", "finished"]
    outcome: Outcome | None
    attempt: int
    not_before: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    found: int
    opened: int
    updated: int
    closed: int
    reopened: int
    skipped: int
    details_pending: int
    requests: int
    bytes: int
    not_modified: bool
    milliseconds: int
    error_kind: str | None
    error: str | None
    notes: list[str]


class ScanWithRuns(Scan, Part[Run]):
    """A scan with a part of its runs."""
