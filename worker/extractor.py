"""The contract between Rolecall and one applicant-tracking system."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal, Protocol
from urllib.parse import quote, unquote

from worker.errors import BoardError, InvalidInput
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage


class Http(Protocol):
    """What an extractor may ask of the network; `worker.http.BoardClient` is the real one.

    Each call is one paced, bounded, guarded request and returns a decoded body. Raised: `BoardUnavailable`,
    `BoardNotFound`, `BoardRefused`, `UnexpectedPayload` (not JSON where JSON was asked for), `UnsafeAddress`.
    Redirects are followed only within the registered domain of the address asked, and never with
    `redirects=False`, where one means `BoardNotFound`.
    """

    def get_json(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        redirects: bool = True,
    ) -> Any:
        """GET a JSON document and return it decoded."""
        ...  # fmt: skip

    def post_json(self, url: str, body: Any, *, headers: Mapping[str, str] | None = None) -> Any:
        """POST a JSON document and return the decoded JSON answer."""
        ...

    def get_text(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        redirects: bool = True,
    ) -> str:
        """GET a document and return its text, decoded as its headers (else UTF-8) say."""
        ...  # fmt: skip

    def get_page(self, url: str, *, headers: Mapping[str, str] | None = None, anywhere: bool = False) -> WebPage:
        """GET a document and return it with the address it was found at in the end.

        With `anywhere` redirects to other sites are followed too, each guarded like the first address.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class About:
    """What a person should know of an ATS before relying on it; the table in docs/vendors.md is generated from it.

    `name` is the vendor's own spelling. `requests` counts those of one reading of a board with N postings (`1`,
    `⌈N/100⌉`, `⌈N/20⌉ + N`). `conditional` names the validators the host honours, `pay` what is read of it, `limits`
    what is known of the vendor's own limits. `checked` says what the reading was last held against: an answer recorded
    from a real board, the vendor's documentation, or only answers made by hand after what others report.
    `public_api` is the address of the documentation in which the vendor offers this endpoint to the public; where there
    is one, robots.txt (which speaks to crawlers of pages) is not asked for it.
    """

    name: str
    requests: str
    paging: str
    conditional: str
    pay: str
    limits: str
    checked: Literal["recorded", "documented", "handmade"]
    public_api: str | None = None


@dataclass(frozen=True, kw_only=True)
class Extractor:
    """One ATS: how its addresses look, how politely it is asked, and how its answers are read.

    `url` are patterns of every address people paste, with one named group per field of the board key; they are matched
    from the start of the address, case-insensitively in scheme and host. `examples` maps addresses to the keys they
    must give. `address` is the board's public page as a template over the fields, or as a function of the key where no
    template can say it, `defaults` the values of fields an address may leave out. `host` names what boards share for
    pacing: the API host of the ATS, or a template over the fields (`{host}`) where each board has a host of its own;
    `rate` is how many requests per second it is asked at most, `in_flight` how many at the same time. `detail_budget`
    bounds the detail requests of one run. `unknown_reads_empty` marks vendors that answer for any name alike.
    `statuses` maps HTTP statuses to the errors they mean with this vendor, where that is not what they mean in HTTP.

    Where a list says too little, `detail` asks for one posting (None: its row says everything), and `parse_detail` adds
    what the answer says. A row without a title is a lead: an address that may be a posting. It is stored once
    `parse_detail` has read it; None from there means that it is no posting. `reread_after` says after how long a
    posting's page is read again, because the list does not tell when it changes.

    For finding boards: `sniff` tells from a company's own page (its address and content, nothing is asked) the key of
    the board that stands behind it, where no address on the page does: custom domains, scripts with a token.
    `guessable` says that a key is likely to be the company's name written as a slug, and that an unknown one is
    `BoardNotFound`; `company` reads the company's name from a board's first page, to hold a guess against. `boards`
    asks which boards there are where an address names only whose they are, and a mandatory field of the key is empty.
    """

    url: tuple[str, ...]
    examples: Mapping[str, Mapping[str, str]]
    address: str | Callable[[BoardKey], str]
    host: str
    rate: float
    pages: Callable[[Http, BoardKey], Iterator[Page]]
    parse: Callable[[Page, BoardKey], Iterable[Posting | Skipped]]
    fields: tuple[str, ...] = ("board",)
    defaults: Mapping[str, str] = field(default_factory=dict)
    detail: Callable[[Http, BoardKey, Posting], Any] | None = None
    parse_detail: Callable[[Posting, Any], Posting | None] | None = None
    detail_budget: int = 50
    reread_after: Callable[[Posting], timedelta] | None = None
    unknown_reads_empty: bool = False
    in_flight: int = 2
    statuses: Mapping[int, type[BoardError]] = field(default_factory=dict)
    about: About | None = None
    sniff: Callable[[WebPage], BoardKey | None] | None = None
    guessable: bool = False
    company: Callable[[Page], str | None] | None = None
    boards: Callable[[Http, BoardKey], Iterable[BoardKey]] | None = None

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The compiled `url` patterns."""
        return tuple(re.compile(pattern, re.IGNORECASE) for pattern in self.url)

    def recognise(self, url: str) -> dict[str, str] | None:
        """Return the board key that an address names, or None if it is not this ATS's."""
        address = _ADDRESS.sub(_one_way, url.strip(), count=1)
        for pattern in self.patterns:
            if match := pattern.match(address):
                groups = match.groupdict()
                return {name: groups.get(name) or self.defaults.get(name, "") for name in self.fields}
        return None

    def key_text(self, key: BoardKey) -> str:
        """Write a board key as one string, trailing defaults left out: `acme`, `acme/eu`, `tenant/wd5/Site`."""
        values = [key[name] for name in self.fields]
        while len(values) > 1 and values[-1] == self.defaults.get(self.fields[len(values) - 1]):
            values.pop()
        return "/".join(values)

    def key(self, text: str) -> dict[str, str]:
        """Read a board key back from `key_text`. Raises InvalidInput when parts are missing or malformed."""
        parts = text.strip().split("/")
        values = dict(zip(self.fields, parts, strict=False))
        key = {name: values.get(name) or self.defaults.get(name, "") for name in self.fields}
        required = [name for name in self.fields if name not in self.defaults]
        if len(parts) > len(self.fields) or not all(key[name] for name in required):
            raise InvalidInput(f"{text!r} is not a board name here; it is written as {'/'.join(self.fields)}")
        if not all(re.fullmatch(r"[\w.%-]*", value) for value in key.values()):
            raise InvalidInput(f"{text!r} holds characters that no board name has; paste the board's address instead")
        return key

    def pace_host(self, key: BoardKey) -> str:
        """Return the name under which a board's requests are paced."""
        return self.host.format(**key)

    def board_url(self, key: BoardKey) -> str:
        """Return the board's public address."""
        return self.address(key) if callable(self.address) else self.address.format(**key)


_ADDRESS = re.compile(r"(?P<host>(?:[a-z]+://)?[^/?#]*)(?P<path>[^?#]*)", re.IGNORECASE)


def _one_way(address: re.Match[str]) -> str:
    """Write host and path of an address in one way, so that a board has one key: `Acme Corp` is `Acme%20Corp`."""
    return address["host"].lower() + "/".join(quote(unquote(part), safe="") for part in address["path"].split("/"))


def each(
    rows: Iterable[Any],
    read: Callable[[Any], Posting],
    *,
    id_field: str = "id",
    title_field: str = "title",
    leads: bool = False,
) -> Iterator[Posting | Skipped]:
    """Read rows one by one; a row that cannot be read is skipped with its reason and costs only itself.

    With `leads` a row may lack a title.
    """
    for row in rows:
        try:
            posting = read(row)
            named = _is_text(posting.external_id) and (_is_text(posting.title) or (leads and posting.title == ""))
            if posting.external_id == "None" or not named:
                raise ValueError("external id or title is empty")
            if not _is_text(posting.url):
                raise ValueError("url is empty")
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            yield _skipped(row, error, id_field, title_field)
        else:
            yield posting


def _is_text(*values: Any) -> bool:
    return all(isinstance(value, str) and value.strip() for value in values)


def _skipped(row: Any, error: Exception, id_field: str, title_field: str) -> Skipped:
    reason = f"missing {error}" if isinstance(error, KeyError) else f"{type(error).__name__}: {error}"
    known = row if isinstance(row, Mapping) else {}
    external_id, title = known.get(id_field), known.get(title_field)
    return Skipped(
        reason[:500],
        external_id=str(external_id) if isinstance(external_id, str | int) and external_id != "" else None,
        title=title if isinstance(title, str) and title else None,
    )
