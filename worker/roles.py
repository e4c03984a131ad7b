"""One role, many listings: what tells that two postings of a company offer the same role.

Two postings are listings of one role when they share one of these, within one company:

- a requisition: a number of its own (`JR1988777`), or any other word of the employer's together with the title;
- an address together with the title: of the posting, or of the form behind it, often another board's posting;
- the words: title and description alike. It is how reposts, and copies for ten cities, are recognised.

Never title and place alone: a company may well have two openings for "Engineer" in Berlin.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from worker.lenient import text
from worker.posting import Posting
from worker.text import fold, words

SHORTEST_DESCRIPTION = 200
"""Characters under which a description is too general to tell roles apart."""

_KEY_BYTES = 8
_DIGITS = re.compile(r"\d")
_FEWEST_DIGITS = 5
_AN_ID = re.compile(r"\d{4,}|[0-9a-f]{8}-[0-9a-f]{4}-")
_FORM = re.compile(r"/(?:apply|application|new|bewerben|candidature)?/?$")
_GENDERS = re.compile(r"[(\[][mwfdxhnia](?:\s*[/|,*]\s*[mwfdxhnia]){1,3}[)\]]", re.IGNORECASE)
_BETWEEN_PLACES = re.compile(r"[,;/|()\u2013-]")
_EMPLOYERS_IDS = ("internal_job_id", "requisition_uuid")


@dataclass(frozen=True, slots=True)
class Listing:
    """A posting, and the keys of which any is enough to know its role by: digests of 64 bits."""

    external_id: str
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """The role of each posting by external id, the keys that are new, and roles that turned out to be older ones.

    New roles are numbered -1, -2 and so on, down to `-new`.
    """

    roles: Mapping[str, int]
    keys: Mapping[int, int]
    joined: Mapping[int, int]
    new: int


def listings(postings: Collection[Posting]) -> list[Listing]:
    """Return the keys of postings that were read together. An address that several of them share tells nothing."""
    own = [_address(one.url) for one in postings]
    forms = [None if one.apply_url in (None, one.url) else _address(one.apply_url) for one in postings]
    shared = {address for addresses in (own, forms) for address, times in Counter(addresses).items() if times > 1}
    return [
        Listing(one.external_id, tuple(_key(*parts) for parts in _parts(one, {*addresses} - shared - {None})))
        for one, *addresses in zip(postings, own, forms, strict=True)
    ]


def assign(
    found: Sequence[Listing], known: Mapping[int, int], current: Mapping[str, int] = MappingProxyType({})
) -> Assigned:
    """Give each listing its role: the oldest that one of its keys leads to, else its current one, else a new one.

    `known` are the roles that the company's keys lead to already, `current` those of postings that were there before.
    A listing whose keys lead to several roles makes one of them, the oldest.
    """
    leads = dict(known)
    roles: dict[str, int] = {}
    joined: dict[int, int] = {}
    new = 0
    for listing in found:
        candidates = {_last(leads[key], joined) for key in listing.keys if key in leads}
        if not candidates and listing.external_id in current:
            candidates = {_last(current[listing.external_id], joined)}
        if not candidates:
            new += 1
            candidates = {-new}
        role = min(candidates, key=_age)
        joined |= dict.fromkeys(candidates - {role}, role)
        roles[listing.external_id] = role
        leads |= dict.fromkeys(listing.keys, role)
    return Assigned(
        {name: _last(role, joined) for name, role in roles.items()},
        {key: _last(role, joined) for key, role in leads.items() if key not in known},
        {role: _last(role, joined) for role in joined if role > 0},
        new,
    )


def _age(role: int) -> tuple[bool, int]:
    """Sorts the oldest role first: those that are stored, then those made now."""
    return role < 0, abs(role)


def _last(role: int, joined: Mapping[int, int]) -> int:
    """Return the role that a role has been joined with in the end."""
    while role in joined:
        role = joined[role]
    return role


def _parts(posting: Posting, addresses: Iterable[str | None]) -> Iterable[tuple[str, ...]]:
    title = _title(posting)
    if requisition := posting.requisition_id:
        own = len(_DIGITS.findall(requisition)) >= _FEWEST_DIGITS
        yield ("requisition", fold(requisition), "" if own else title)
    for name in _EMPLOYERS_IDS:
        if name in posting.extras and (employers := text(posting.extras[name])):
            yield (name, employers)
    for address in addresses:
        yield ("address", str(address), title)
    if len(posting.description_text or "") >= SHORTEST_DESCRIPTION:
        yield ("words", title, posting.description_text or "")


def _key(*parts: str) -> int:
    digest = hashlib.blake2b("\x00".join(parts).encode(), digest_size=_KEY_BYTES).digest()
    return int.from_bytes(digest, signed=True)


def _address(url: str | None) -> str | None:
    """Return an address as it is compared: without scheme and the way to the form; None if it holds nothing like an id.

    A form for everybody has no id in its address.
    """
    address = (url or "").partition("#")[0].partition("://")[2].lower()
    host, _, place = address.partition("/")
    if not _AN_ID.search(place):
        return None
    path, _, query = place.partition("?")
    return f"{host.removeprefix('www.')}{_FORM.sub('', f'/{path}')}?{query}"


def _title(posting: Posting) -> str:
    """Return a title without the places of its posting: `Engineer (m/w/d) - Berlin` is `engineer` in Berlin."""
    title = f" {words(_GENDERS.sub(' ', posting.title))} "
    places = {part for place in posting.locations for part in _names(place)}
    for place in sorted(places, key=len, reverse=True):
        title = title.replace(f" {place} ", " ")
    return title.strip()


@lru_cache(maxsize=10_000)
def _names(place: str) -> frozenset[str]:
    """Return the words of a place and of its parts: postings name the same few again and again."""
    return frozenset({words(part) for part in (place, *_BETWEEN_PLACES.split(place))} - {""})
