"""What people wish for: criteria, settings of companies, groups, and trying criteria out."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.fields import Address, Body, FilterText, Name, Number, ThingId, Words
from api.schemas.postings import BriefPosting
from worker import criteria, wish
from worker.posting import SalaryPeriod, Workplace

PlaceName = Annotated[Words, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Position = Annotated[int, Field(ge=0, le=10_000, description="The lower one has its say first")]


def _text(lines: str | list[str] | None) -> str | None:
    return "\n".join(lines) if isinstance(lines, list) else lines


Filters = Annotated[FilterText | None, AfterValidator(_text)]


class Pay(BaseModel):
    """Pay of at least so much, in whole units of a currency."""

    model_config = ConfigDict(from_attributes=True)

    amount: Number = Field(ge=0, le=10**9, examples=[80000])
    currency: Currency = Field(examples=["EUR"])
    period: SalaryPeriod = "YEAR"


class Criteria(BaseModel):
    """What a posting should be. `null` leaves a criterion to the company's groups, an empty value means any."""

    model_config = ConfigDict(from_attributes=True)

    title_filters: Filters = Field(default=None, examples=["python engineer\n-intern"])
    places: list[PlaceName] | None = Field(
        default=None, max_length=criteria.PLACES_MOST, examples=[["Berlin", "Portugal", "EU"]],
        description="Cities, regions, countries, or EU, EEA, DACH, Benelux, Nordics, Baltics; any of them",
    )  # fmt: skip
    workplaces: list[Workplace] | None = Field(default=None, max_length=3, examples=[["remote", "hybrid"]])
    pay: Pay | None = None
    max_age_days: int | None = Field(
        default=None, ge=0, le=3650, examples=[30],
        description="How old a posting may have been when it was first seen; 0 means any",
    )  # fmt: skip
    languages: list[Language] | None = Field(default=None, max_length=50, examples=[["en", "de"]])
    text_filters: Filters = Field(
        default=None, examples=["kubernetes\n-clearance"], description="Like title filters, over the description"
    )
    strict: bool | None = Field(
        default=None, examples=[False], description="Whether what a board does not say keeps a posting out"
    )

    def read(self) -> criteria.Criteria:
        """Return the criteria as they are judged by. Raises InvalidInput, FilterSyntaxError."""
        pay = criteria.LeastPay(Decimal(self.pay.amount), self.pay.currency, self.pay.period) if self.pay else None
        found = criteria.Criteria(
            title_filters=_text(self.title_filters),
            places=None if self.places is None else tuple(self.places),
            workplaces=None if self.workplaces is None else tuple(self.workplaces),
            pay=pay,
            max_age_days=self.max_age_days,
            languages=None if self.languages is None else tuple(self.languages),
            text_filters=_text(self.text_filters),
            strict=self.strict,
        )
        wish.check(found)
        return found


class SettingWish(Body, Criteria):
    """A person's wish for one company. `enabled`: watch it, hide it, or (null) as its groups have it."""

    enabled: bool | None = True


class Effective(Criteria):
    """What all layers come to: whether the company is watched, and which layer each criterion comes from."""

    watched: bool
    sources: dict[str, str] = Field(examples=[{"title": "company", "place": "group Europe"}])


class Setting(Criteria):
    """A person's wish for a company as stored, and what it comes to together with the company's groups."""

    company_id: int = Field(examples=[1])
    enabled: bool | None
    updated_at: datetime | None = Field(description="null where nothing is stored")
    effective: Effective


class GroupWish(Body, Criteria):
    """A group as it is to be. The group of all companies can be made once."""

    name: Name = Field(examples=["Europe"])
    position: Position = 0
    enabled: bool = True


class NewGroup(GroupWish):
    """A new group, with the companies that are to be in it."""

    all_companies: bool = False
    company_ids: list[ThingId] = Field(default_factory=list, max_length=10_000, examples=[[1, 2]])


class Group(Criteria):
    """A group of companies with what they inherit."""

    id: int = Field(examples=[1])
    name: str = Field(examples=["Europe"])
    position: int
    all_companies: bool
    enabled: bool
    company_ids: list[int] = Field(examples=[[1, 2]])
    created_at: datetime
    updated_at: datetime


class Groups(BaseModel):
    """All groups of a person, in the order in which they have their say."""

    items: list[Group]


class Companies(Body):
    """Companies, by id."""

    company_ids: list[ThingId] = Field(min_length=1, max_length=10_000, examples=[[1, 2]])


class PreviewWish(Body, Criteria):
    """Criteria to try out on what is open: at some companies, at a group's, or at all."""

    company_ids: list[ThingId] | None = Field(default=None, max_length=1_000)
    group_id: ThingId | None = None
    most: int = Field(default=10, ge=1, le=100, description="The most postings of either kind to show")


class DryRun(Body, Criteria):
    """What is to be tried. Without any criterion, what you wish of each company applies."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"urls": ["https://jobs.lever.co/acme"], "title_filters": "python -intern"}]}
    )

    urls: list[Address] = Field(default=[], max_length=20)
    company_ids: list[ThingId] = Field(default=[], max_length=20)

    def given(self) -> criteria.Criteria | None:
        """Return the criteria, None where nothing is said. Raises InvalidInput, FilterSyntaxError."""
        found = self.read()
        return None if found == criteria.Criteria() else found


class Reason(BaseModel):
    """What one criterion says of a posting."""

    model_config = ConfigDict(from_attributes=True)

    criterion: Literal["title", "workplace", "place", "language", "pay", "age", "text"]
    passed: bool
    detail: str = Field(examples=['let in by "python engineer"'])
    source: str = Field(examples=["group Europe"], description="The layer that the criterion comes from")
    decided: bool = Field(description="False where the board does not say enough")


class Previewed(BaseModel):
    """A posting, and the reasons for what becomes of it."""

    posting: BriefPosting
    reasons: list[Reason]


class Explained(BaseModel):
    """Why a posting is a match, or why it is none."""

    posting_id: int
    match_id: int | None
    watched: bool = Field(description="Whether you watch its company")
    passed: bool
    reasons: list[Reason]


class Example(BaseModel):
    """Criteria to begin with."""

    name: str
    explanation: str
    criteria: Criteria


class Examples(BaseModel):
    """Ready-made criteria."""

    items: list[Example]


class Preview(BaseModel):
    """What criteria let in: `matched` of the `looked_at` newest of `found` open postings; the first of each kind."""

    found: int = Field(examples=[3210])
    looked_at: int = Field(examples=[3210])
    matched: int = Field(examples=[14])
    matches: list[Previewed]
    rejected: list[Previewed]
