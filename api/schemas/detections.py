"""Looking for the board of a company."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Address, Body, Words
from api.schemas.postings import DryError


class NewDetection(Body):
    """What to look for: an address, a bare domain or a company's name; at one ATS only if it is given."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"what": "https://www.acme.com/careers"}, {"what": "Acme", "ats": "lever"}]}
    )

    what: Address
    ats: Words | None = None


class Candidate(BaseModel):
    """A board that may be the one that is meant. `ats` and `board`, or `url`, add it."""

    ats: str = Field(examples=["greenhouse"])
    board: str = Field(examples=["acme"])
    url: str = Field(examples=["https://job-boards.greenhouse.io/acme"])
    name: str = Field(description="The company's, as far as is known", examples=["Acme"])
    certainty: Literal["certain", "likely", "possible"]
    evidence: str = Field(description="Why, in words", examples=["https://www.acme.com/careers embeds it"])
    open_postings: int | None = Field(description="Null where the board could not be read", examples=[42])
    at_least: bool = Field(description="Whether there may be more postings than that")
    titles: list[str] = Field(description="Five at most", examples=[["Python Engineer"]])
    error: DryError | None = Field(description="Why the board could not be read")


class Detection(BaseModel):
    """What was found, the surest first, and what was tried. Nothing was written."""

    what: str
    chosen: Candidate | None = Field(description="The board that adding would take; null if none is clearly meant")
    candidates: list[Candidate]
    tried: list[str] = Field(examples=[["https://www.acme.com/careers: a board in it"]])
    requests: int = Field(examples=[3])
    seconds: float = Field(examples=[1.9])
