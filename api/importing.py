"""The body of an import: text, CSV, OPML, or JSON that holds one of them; and the file of an export."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from fastapi import Request, Response

from api.errors import UnsupportedMediaType
from worker.errors import InvalidInput
from worker.importing import LineResult
from worker.list_files import FORMS, decode, written
from worker.store.lists import Listed

_TEXT = {"schema": {"type": "string"}, "example": "https://jobs.lever.co/acme\nGlobex, https://globex.recruitee.com\n"}
_TABLE = {"schema": {"type": "string"}, "example": "name,url,groups\nAcme,https://jobs.lever.co/acme,Europe; Robots\n"}
_OPML = {
    "schema": {"type": "string"},
    "example": '<opml version="2.0"><head/><body><outline text="Europe"><outline text="Acme" '
    'url="https://jobs.lever.co/acme"/></outline></body></opml>',
}
EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {form.media_type.partition(";")[0]: {"schema": {"type": "string"}} for form in FORMS.values()},
    }
}
"""What an export answers, for the documentation."""
_JSON = {
    "schema": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
    "example": {"text": "https://jobs.lever.co/acme"},
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {"text/plain": _TEXT, "text/csv": _TABLE, "text/x-opml": _OPML, "application/json": _JSON},
    }
}


Form = Literal["txt", "csv", "opml"]


async def get_text(request: Request) -> str:
    """Return the text to import. Raises UnsupportedMediaType for forms, InvalidInput for none or JSON without one."""
    kind = request.headers.get("content-type", "text/plain").partition(";")[0].strip().lower()
    if kind.startswith("multipart/"):
        raise UnsupportedMediaType("send the file itself as text/csv, text/x-opml or text/plain, not as a form")
    content = await request.body()
    if not content:
        raise InvalidInput("the request has no body, so there is nothing to import; send the list as its body")
    if kind != "application/json":
        return decode(content)
    try:
        text = json.loads(content)["text"]
    except (ValueError, LookupError, TypeError, RecursionError):
        text = None
    if not isinstance(text, str):
        raise InvalidInput('the JSON is not of the form {"text": "…"}')
    return text.encode(errors="replace").decode()  # JSON can hold half of a surrogate pair


def summary(lines: Sequence[LineResult], scan: int | None) -> dict[str, Any]:
    """Return what became of the lines, with how many there were of each."""
    statuses = [line.status for line in lines]
    counts = {"added": statuses.count("added"), "known": statuses.count("known"), "errors": statuses.count("error")}
    return {**counts, "scan_id": scan, "lines": lines}


def download(companies: Iterable[Listed], form: Form) -> Response:
    """Return companies as a file to keep."""
    name = f"rolecall-companies.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written(form, companies), media_type=FORMS[form].media_type, headers=headers)
