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
SalarySource = Literal["board", "text"]
Seniority = Literal["intern", "entry", "mid", "senior", "lead", "manager", "director", "executive"]


@dataclass(frozen=True, slots=True)
class Salary:
    """Pay in whole currency units; either bound may be missing.

    `currency` is ISO 4217. `period` is a `SalaryPeriod` (schema.org's `unitText`) once normalised, before that the
    board's own word (`1 YEAR`, `per-year-salary`, `two_weeks`). `source` tells what the board states in a field of its
    own from what was read out of the description, which only normalising does.
    """

    min: Decimal | None
    max: Decimal | None
    currency: str | None
    period: str | None
    source: SalarySource = "board"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of work, as far as the location says: a city, its region, its country; at least one of them.

    `city` and `region` (the first-level division: a state, a Land, a county) are in the gazetteer's spelling, mostly
    English; `country` is ISO 3166-1 alpha-2.
    """

    city: str | None
    region: str | None
    country: str | None


@dataclass(slots=True, kw_only=True)
class Posting:
    """One open role. `None` (or an empty list) means that the board does not say.

    Extractors fill it with what the board says, in the board's own words; `normalise` cleans every field and maps
    `workplace`, `employment_type`, `seniority`, `country_codes` and the salary's period to the values named below.
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
    """ISO 3166-1 alpha-2 once normalised, with the countries of the places; a board may say `us`, `USA` or `Canada`."""
    places: list[Place] = field(default_factory=list)
    """What the locations say, read by `normalise`."""
    department: str | None = None
    team: str | None = None
    employment_type: str | None = None
    """An `EmploymentType` (schema.org's values) once normalised."""
    salary: Salary | None = None
    posted_at: datetime | None = None
    """First published, never last edited; aware."""
    closes_at: datetime | None = None
    seniority: str | None = None
    """A `Seniority` once normalised: the board's word for it, else what the title says."""
    language: str | None = None
    """BCP 47: as the board says, else that of the description."""
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
