"""What passes between the server and the vendors: a request, what a board shows at that moment, an answer."""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from tests.boards.roles import Role

if TYPE_CHECKING:
    from tests.boards.company import Company

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are in lower case."""

    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def number(self, name: str, default: int) -> int:
        """Read a whole number from the query, the default where it is missing or none."""
        value = self.query.get(name, "")
        return int(value) if value.isdecimal() else default


@dataclass(frozen=True, slots=True)
class View:
    """What a board shows: its state at one moment, as a fault may have bent it."""

    company: "Company"
    roles: tuple[Role, ...]
    noise: int
    """Counts the changes that no reader would notice: another row order, another `updated_at`."""
    changed: datetime
    """When the board last changed, be it by noise."""
    now: datetime
    """The world's clock."""
    name: str
    advertised: int
    """The total that the vendor states, where it states one."""
    wrap: int | None = None
    """Offsets start again from the first page after this many rows."""

    def window(self, offset: int, limit: int) -> Sequence[Role]:
        """Return one page of roles."""
        if self.wrap:
            offset %= self.wrap
            limit = min(limit, self.wrap - offset)
        return self.roles[offset : offset + limit]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, and how it goes over the wire."""

    status: int = 200
    body: bytes = b""
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0
    """Seconds before the first byte."""
    reset: bool = False
    """Cut the connection instead of answering."""
    cut: float | None = None
    """Send only this share of the bytes that Content-Length promises, then hang up."""
    drip: tuple[int, float] | None = None
    """Send so many bytes at a time, with a pause of so many seconds."""
    stream: Callable[[], Iterator[bytes]] | None = None
    """Makes up the body while it is sent; then `length` is its size."""
    length: int = 0
    encoding: str = ""
    """Content-Encoding of a stream."""
    zipped: list[bytes] = field(default_factory=list)
    """The gzipped body, once somebody asked for it."""

    def gzipped(self) -> bytes:
        """Return the body gzipped, worked out once."""
        if not self.zipped:
            self.zipped.append(gzip.compress(self.body, 1, mtime=0))
        return self.zipped[0]

    def bent(self, **changes: Any) -> "Answer":
        """Return the answer with some fields changed."""
        return replace(self, **({"zipped": []} if "body" in changes else {}), **changes)


def json_answer(data: Any, status: int = 200, **headers: str) -> Answer:
    """Return data as a JSON answer."""
    return Answer(status, orjson.dumps(data), headers=headers)


def html_answer(markup: str, status: int = 200) -> Answer:
    """Return an HTML page."""
    return Answer(status, markup.encode(), HTML)


def redirect(location: str, status: int = 302) -> Answer:
    """Return a redirect."""
    return Answer(status, kind=HTML, headers={"Location": location})
