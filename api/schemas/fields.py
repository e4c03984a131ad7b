"""Kinds of values that several schemas share."""

from decimal import Decimal
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, Field, PlainSerializer, StringConstraints

from worker.text import one_line

T = TypeVar("T")


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("a NUL character cannot be stored")
    return text


def _joined(lines: str | list[str]) -> str:
    return _without_nul(lines if isinstance(lines, str) else "\n".join(lines))


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


Words = Annotated[str, StringConstraints(max_length=500), AfterValidator(_without_nul)]
Address = Annotated[str, StringConstraints(min_length=1, max_length=2_000), AfterValidator(_without_nul)]
Name = Annotated[
    str, StringConstraints(max_length=1_000), AfterValidator(one_line), Field(min_length=1, max_length=200)
]
FilterText = Annotated[str | list[str], AfterValidator(_joined)]
"""Title filters as one text or as a list of lines; a text once validated."""
Number = Annotated[Decimal, PlainSerializer(_number, return_type=int | float, when_used="json")]


class Part(BaseModel, Generic[T]):
    """A part of a list; `next_cursor` leads to the next one, null at the end."""

    items: list[T]
    next_cursor: str | None = Field(examples=["Y29tcGFuaWVzOjEwMA"])
