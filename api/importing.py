"""The body of an import: text, CSV, or JSON that holds the text."""

import json
from collections.abc import Sequence
from typing import Any

from fastapi import Request

from api.errors import UnsupportedMediaType
from worker.errors import InvalidInput
from worker.importing import LineResult, decode

_TEXT = {"schema": {"type": "string"}, "example": "https://jobs.lever.co/acme\nGlobex, https://globex.recruitee.com\n"}
_JSON = {
    "schema": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
    "example": {"text": "https://jobs.lever.co/acme"},
}
BODY = {
    "requestBody": {
        "required": True,
        "content": {"text/plain": _TEXT, "text/csv": _TEXT, "application/json": _JSON},
    }
}


async def get_text(request: Request) -> str:
    """Return the text to import. Raises UnsupportedMediaType for forms, InvalidInput for JSON without a text."""
    kind = request.headers.get("content-type", "text/plain").partition(";")[0].strip().lower()
    if kind.startswith("multipart/"):
        raise UnsupportedMediaType("send the file itself as text/csv or text/plain, not as a form")
    content = await request.body()
    if kind != "application/json":
        return decode(content)
    try:
        text = json.loads(content)["text"]
    except (ValueError, LookupError, TypeError, RecursionError):
        text = None
    if not isinstance(text, str):
        raise InvalidInput('the JSON is not of the form {"text": "…"}')
    return text


def summary(lines: Sequence[LineResult], scan: int | None) -> dict[str, Any]:
    """Return what became of the lines, with how many there were of each."""
    statuses = [line.status for line in lines]
    counts = {"added": statuses.count("added"), "known": statuses.count("known"), "errors": statuses.count("error")}
    return {**counts, "scan_id": scan, "lines": lines}
