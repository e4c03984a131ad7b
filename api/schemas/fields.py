"""Kinds of values that several schemas share."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from worker.text import one_line

T = TypeVar("T")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character cannot be stored")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("half of a surrogate pair is no character")
    return text


def _joined(lines: str | list[str]) -> str:
    return _storable(lines if isinstance(lines, str) else "\n".join(lines))


def _written(moment: Any) -> Any:
    """A bare number would be taken for seconds since 1970: `since=2026` for half an hour into that year."""
    if isinstance(moment, date) or (isinstance(moment, str) and _DATE.match(moment)):
        return moment
    raise ValueError("a date is written 2026-11-30, a time 2026-11-30T18:00:00Z")


def _in_utc(moment: datetime) -> datetime:
    """Postgres does not know every offset that Python does."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("this time is before the year 1 or after the year 9999") from None


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


Words = Annotated[str, StringConstraints(max_length=500), AfterValidator(_storable)]
Address = Annotated[str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(_storable)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(one_line), Field(min_length=1)]
FilterText = Annotated[str | list[str], AfterValidator(_joined)]
"""Title filters as one text or as a list of lines; a text once validated."""
Day = Annotated[date, Field(strict=False), BeforeValidator(_written)]
Moment = Annotated[datetime, Field(strict=False), BeforeValidator(_written), AfterValidator(_in_utc)]
"""A time; without an offset UTC is meant."""
ThingId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Number = Annotated[Decimal, PlainSerializer(_number, return_type=int | float, when_used="json")]


class Body(BaseModel):
    """What a client sends: a number is neither a text nor a flag, and a flag is no number."""

    model_config = ConfigDict(strict=True)


class Part(BaseModel, Generic[T]):
    """A part of a list; `next_cursor` leads to the next one, null at the end."""

    items: list[T]
    next_cursor: str | None = Field(examples=["Y29tcGFuaWVzOjEwMA"])
