"""One role, many listings: what tells that two postings of a company offer the same role.

Two postings are listings of one role when they share one of these, within one company:

- a requisition: a number of its own (`JR1988777`), or any other word of the employer's together with the title;
- an address: the posting itself, or the form behind it, which is often another board's posting;
- the words: title and description alike. It is how reposts, and copies for ten cities, are recognised.

Never title and place alone: a company may well have two openings for "Engineer" in Berlin.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from worker.lenient import text
from worker.posting import Posting
from worker.text import fold, words

SHORTEST_DESCRIPTION = 200
"""Characters under which a description is too general to tell roles apart."""

_KEY_BYTES = 12
_DIGITS = re.compile(r"\d")
_FEWEST_DIGITS = 4
_AN_ID = re.compile(r"\d{4,}|[0-9a-f]{8}-[0-9a-f]{4}-")
_FORM = re.compile(r"/(?:apply|application|new|bewerben|candidature)/?$", re.IGNORECASE)
_GENDERS = re.compile(r"[(\[][mwfdxhnia](?:\s*[/|,*]\s*[mwfdxhnia]){1,3}[)\]]", re.IGNORECASE)
_EMPLOYERS_IDS = ("internal_job_id", "requisition_uuid")


@dataclass(frozen=True, slots=True)
class Listing:
    """A posting, and the keys of which any is enough to know its role by."""

    external_id: str
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """The role of each posting by external id, and the keys that lead to another role than before.

    New roles are numbered -1, -2 and so on, down to `-new`.
    """

    roles: Mapping[str, int]
    keys: Mapping[bytes, int]
    new: int


def listings(postings: Collection[Posting]) -> list[Listing]:
    """Return the keys of postings that were read together. An address that several of them share tells nothing."""
    shared: set[str] = set()
    for addresses in ([_address(one.url) for one in postings], [_address(one.apply_url) for one in postings]):
        shared |= {address for address, times in Counter(addresses).items() if address and times > 1}
    return [Listing(one.external_id, tuple(_key(*parts) for parts in _parts(one, shared))) for one in postings]


def assign(
    found: Sequence[Listing], known: Mapping[bytes, int], current: Mapping[str, int] = MappingProxyType({})
) -> Assigned:
    """Give each listing its role: the oldest that one of its keys leads to, else its current one, else a new one.

    `known` are the roles that the company's keys lead to already, `current` those of postings that were there before.
    A listing whose keys lead to several roles makes later ones follow the oldest.
    """
    leads = dict(known)
    roles: dict[str, int] = {}
    new = 0
    for listing in found:
        candidates = {leads[key] for key in listing.keys if key in leads}
        if not candidates and listing.external_id in current:
            candidates = {current[listing.external_id]}
        if not candidates:
            new += 1
            candidates = {-new}
        stored = [role for role in candidates if role > 0]
        role = min(stored) if stored else max(candidates)
        roles[listing.external_id] = role
        leads |= dict.fromkeys(listing.keys, role)
    return Assigned(roles, {key: role for key, role in leads.items() if known.get(key) != role}, new)


def _parts(posting: Posting, shared: Collection[str]) -> Iterable[tuple[str, ...]]:
    if requisition := posting.requisition_id:
        own = len(_DIGITS.findall(requisition)) >= _FEWEST_DIGITS
        yield ("requisition", fold(requisition), "" if own else _title(posting))
    for name in _EMPLOYERS_IDS:
        if employers := text(posting.extras.get(name)):
            yield (name, employers)
    for address in {_address(posting.url), _address(posting.apply_url)} - {None}:
        if address not in shared:
            yield ("address", str(address))
    if len(posting.description_text or "") >= SHORTEST_DESCRIPTION:
        yield ("words", _title(posting), posting.description_text or "")


def _key(*parts: str) -> bytes:
    return hashlib.blake2b("\x00".join(parts).encode(), digest_size=_KEY_BYTES).digest()


def _address(url: str | None) -> str | None:
    """Return an address as it is compared: without scheme and the way to the form; None if it holds nothing like an id.

    A form for everybody has no id in its address.
    """
    parts = urlsplit(url or "")
    path = _FORM.sub("", parts.path).rstrip("/")
    address = f"{parts.netloc.removeprefix('www.')}{path}?{parts.query}".lower()
    return address if _AN_ID.search(address) else None


def _title(posting: Posting) -> str:
    """Return a title without the places of its posting: `Engineer (m/w/d) - Berlin` is `engineer` in Berlin."""
    title = f" {words(_GENDERS.sub(' ', posting.title))} "
    places = {words(part) for place in posting.locations for part in (place, *re.split(r"[,;/|()\u2013-]", place))}
    for place in sorted(places - {""}, key=len, reverse=True):
        title = title.replace(f" {place} ", " ")
    return " ".join(title.split())
