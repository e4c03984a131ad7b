"""Forms: read within bounds, checked by a pydantic model, and shown again with what was wrong beside the field."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any, TypeVar, get_origin
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from pydantic import AfterValidator, BaseModel, ValidationError
from pydantic.fields import FieldInfo
from starlette.datastructures import FormData, UploadFile

from worker import mail
from worker.errors import InvalidInput

FIELDS_MOST = 10_100
FILES_MOST = 2
_QUERY_MOST = 100
M = TypeVar("M", bound=BaseModel)

_IN_WORDS = {
    "missing": "Fill this in.",
    "int_parsing": "Write a whole number.",
    "date_from_datetime_parsing": "Write a date, as in 2026-11-09.",
    "date_parsing": "Write a date, as in 2026-11-09.",
    "too_short": "Choose at least one.",
    "decimal_parsing": "Write a number.",
    "literal_error": "Choose one of what is offered.",
}


class Form:
    """What a form sent: texts by the names of their fields, in the order in which they were sent."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def get(self, name: str, otherwise: str = "") -> str:
        """Return the text of a field, the last one of several, with LF as its line ends."""
        texts = self.all(name)
        return texts[-1] if texts else otherwise

    def all(self, name: str) -> list[str]:
        """Return every text of a field."""
        return [_lines(value) for value in self._data.getlist(name) if isinstance(value, str)]

    def file(self, name: str) -> UploadFile | None:
        """Return an uploaded file, None where none was chosen."""
        found = self._data.get(name)
        return found if isinstance(found, UploadFile) and found.filename else None

    def __contains__(self, name: str) -> bool:
        return name in self._data

    @property
    def values(self) -> dict[str, str]:
        """What to fill the fields with when the form is shown again."""
        return {name: self.get(name) for name in self._data}


async def get_form(request: Request) -> AsyncIterator[Form]:
    """Yield the fields of the form that was sent; its files are closed afterwards. Raises InvalidInput for no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise InvalidInput("a form was expected here; open the page and send the form on it")
    async with request.form(max_files=FILES_MOST, max_fields=FIELDS_MOST) as data:
        if any("\0" in part for name, value in data.multi_items() for part in (name, value) if isinstance(part, str)):
            raise InvalidInput("a NUL character cannot be stored; leave it out")
        yield Form(data)


SentForm = Annotated[Form, Depends(get_form)]


def _mail_address(text: str) -> str:
    if not re.fullmatch(mail.ADDRESS, text.strip()):
        raise ValueError("Write an e-mail address, as in ada@example.org.")
    return text.strip().lower()


MailAddress = Annotated[str, AfterValidator(_mail_address)]


class Faulty(InvalidInput):
    """A form or query whose fields do not hold what they should; `errors` has a sentence for each, by its name."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def read(schema: type[M], form: Form) -> M:
    """Return a form as a model: a list for a field that is one, nothing for one left empty. Raises Faulty."""
    values = {name: value for name, one in schema.model_fields.items() if (value := _value(name, one, form))}
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        raise Faulty({_field(one["loc"]): _sentence(one) for one in reversed(error.errors())}) from None


def read_query(schema: type[M], query: str) -> M:
    """Return an address's query as a model, as `read` does with a form. Raises Faulty."""
    pairs: list[tuple[str, str | UploadFile]]
    try:
        pairs = [*parse_qsl(query, max_num_fields=_QUERY_MOST)]
    except ValueError:
        raise InvalidInput("this address has too much in its query; open the page without it") from None
    return read(schema, Form(FormData(pairs)))


def _value(name: str, field: FieldInfo, form: Form) -> str | list[str] | None:
    if get_origin(field.annotation) in (list, tuple, set, frozenset):
        return [text for text in form.all(name) if text.strip()] or None
    text = form.get(name)
    return text if text.strip() else None


def _field(place: Sequence[Any]) -> str:
    return str(place[0]) if place else ""


def _sentence(error: Mapping[str, Any]) -> str:
    said = _IN_WORDS.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    said = said[:1].upper() + said[1:]
    return said if said.endswith((".", "?")) else f"{said}."


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
