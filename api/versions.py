"""ETag and If-Match (RFC 9110, 8.8.3 and 13.1.1): nobody overwrites what they have not seen."""

from typing import Annotated

from fastapi import Header, Response

from worker.errors import InvalidInput


def tag(response: Response, version: int) -> None:
    """Tell the version of what is answered."""
    response.headers["ETag"] = f'"{version}"'


def expected_version(
    if_match: Annotated[
        str | None, Header(max_length=200, description="The ETag of what was read: 412 if it has changed since")
    ] = None,
) -> int | None:
    """Return the version a change is meant for, None for whichever is there. Raises InvalidInput."""
    if if_match is None or if_match.strip() == "*":
        return None
    number = if_match.strip().strip('"')
    if not (number.isascii() and number.isdecimal() and len(number) < 19):  # noqa: PLR2004 - digits of a bigint
        raise InvalidInput("If-Match is no ETag that Rolecall gave out; read the thing again and send its ETag")
    return int(number)
