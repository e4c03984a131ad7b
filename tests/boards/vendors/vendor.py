"""What one applicant-tracking system is to the simulation."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from uuid import UUID

from tests.boards.wire import Answer, Request, View, json_answer


def not_found(request: Request) -> Answer:
    """Answer as most vendors do where there is no such board."""
    return json_answer({"error": "not found"}, 404)


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """One ATS: where its boards live, and how it writes them.

    `routes` are (method, host pattern, path pattern, render). Their named groups besides `id` are the board's key;
    a group that did not match is an empty string. `names` are the host names on the certificate.
    """

    name: str
    names: tuple[str, ...]
    routes: tuple[tuple[str, str, str, Callable[[View, Request, str], Answer]], ...]
    key: Callable[[str, str, Random], dict[str, str]]
    """(slug, company name, randomness) -> the key of a new board."""
    address: Callable[[Mapping[str, str]], str]
    """The board's page as people paste it."""
    posting_id: Callable[[bytes, int], str]
    """(32 bytes that stand for the company, number of the posting) -> an id as this vendor gives them."""
    unknown: Callable[[Request], Answer] = not_found
    container: str | None = None
    """The field of the answer that holds the rows; None where the answer is a bare list or XML."""
    title_field: str = "title"
    etag: bool = True
    last_modified: bool = False
    shows_text: bool = True
    """Whether an edited description can be noticed without asking for every posting."""
    shows_pay: bool = False
    advertises_total: bool = False
    pages: bool = False
    title_suffixes: tuple[str, ...] = ("",)

    @cached_property
    def compiled(self) -> tuple[tuple[str, re.Pattern[str], re.Pattern[str], Callable[..., Answer]], ...]:
        """The routes, ready to match."""
        return tuple(
            (method, re.compile(host, re.IGNORECASE), re.compile(path, re.IGNORECASE), render)
            for method, host, path, render in self.routes
        )

    def hosts(self, host: str) -> bool:
        """Tell whether a host is this vendor's."""
        return any(name == host or (name[0] == "*" and host.endswith(name[1:])) for name in self.names)


def uuid(seed: bytes, number: int) -> str:
    """Return a UUID."""
    return str(UUID(bytes=hashlib.sha256(seed + str(number).encode()).digest()[:16], version=4))


def digits(count: int, first: str) -> Callable[[bytes, int], str]:
    """Return a maker of numbers with so many digits, each once within a company."""

    def make(seed: bytes, number: int) -> str:
        start, below = int.from_bytes(seed[:8], "big"), 10 ** (count - len(first))
        return first + str((start + number * 48_271) % below).zfill(count - len(first))

    return make


def stable_int(*parts: object, below: int = 10**7) -> int:
    """Return a number that depends on nothing but the parts."""
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:8], "big") % below


def stable_uuid(*parts: object) -> str:
    """Return a UUID that depends on nothing but the parts."""
    return uuid(repr(parts).encode(), 0)
