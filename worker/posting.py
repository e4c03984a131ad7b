"""A posting: one open role as a board gives it, and the row of a board that could not be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

Workplace = Literal["onsite", "hybrid", "remote"]
EmploymentType = Literal[
    "FULL_TIME", "PART_TIME", "CONTRACTOR", "TEMPORARY", "INTERN", "VOLUNTEER", "PER_DIEM", "OTHER"
]
SalaryPeriod = Literal["HOUR", "DAY", "WEEK", "MONTH", "YEAR"]


@dataclass(frozen=True, slots=True)
class Salary:
    """Pay as the board states it, in whole currency units; either bound may be missing.

    `currency` is ISO 4217. `period` is a `SalaryPeriod` (schema.org's `unitText`) once normalised, before that the
    board's own word (`1 YEAR`, `per-year-salary`, `two_weeks`).
    """

    min: Decimal | None
    max: Decimal | None
    currency: str | None
    period: str | None


@dataclass(slots=True, kw_only=True)
class Posting:
    """One open role. `None` (or an empty list) means that the board does not say.

    Extractors fill it with what the board says, in the board's own words; `normalise` cleans every field and maps
    `workplace`, `employment_type`, `country_codes` and the salary's period to the values named below.
    Only `external_id`, `title` and `url` are mandatory.
    """

    external_id: str
    title: str
    url: str
    apply_url: str | None = None
    locations: list[str] = field(default_factory=list)
    workplace: str | None = None
    """A `Workplace` once normalised."""
    country_codes: list[str] = field(default_factory=list)
    """ISO 3166-1 alpha-2 once normalised; a board may say `us`, `USA` or `Canada`."""
    department: str | None = None
    team: str | None = None
    employment_type: str | None = None
    """An `EmploymentType` (schema.org's values) once normalised."""
    salary: Salary | None = None
    posted_at: datetime | None = None
    """First published, never last edited; aware."""
    closes_at: datetime | None = None
    language: str | None = None
    """BCP 47, as the board says."""
    requisition_id: str | None = None
    description_html: str | None = None
    description_text: str | None = None
    extras: dict[str, Any] = field(default_factory=dict)
    """What else the board says of the role, JSON-able; nothing that changes by itself (ages, counters)."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row of a board that is not a readable posting, and why.

    `external_id` or `title` are given when they could be read: a skipped row may still protect a
    posting that is already known from being taken for closed.
    """

    reason: str
    external_id: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One decoded answer of a board, before parsing.

    `data` is decoded JSON, or text for XML, RSS and HTML. `total` is the number of postings the board
    advertises over all pages, where it says so. `truncated` names why later pages are missing.
    """

    data: Any
    total: int | None = None
    truncated: str | None = None


@dataclass(frozen=True, slots=True)
class WebPage:
    """A document of the web: where it was found after redirects, and what it holds.

    `text` is `content` decoded as the headers (else UTF-8) say. `content_type` is without parameters, in lower case.
    """

    url: str
    content: bytes
    text: str
    content_type: str


BoardKey = Mapping[str, str]
"""What identifies a board at its vendor, by field: `{"board": "acme"}`, `{"tenant": …, "site": …}`."""
