"""Names of companies: compared with each other, and written as boards and domains are named."""

import re
from collections.abc import Iterable
from itertools import combinations
from typing import Literal

from worker.domains import site
from worker.text import fold

Likeness = Literal["same", "similar", "different"]
_LIKENESSES: tuple[Likeness, ...] = ("same", "similar", "different")

LEGAL_FORMS = frozenset({
    "ab", "ag", "aps", "as", "asa", "bv", "co", "company", "corp", "corporation", "cv", "doo", "ev", "gbr", "ggmbh",
    "gmbh", "holding", "holdings", "inc", "incorporated", "kft", "kg", "kgaa", "kk", "lda", "limited", "llc", "llp",
    "lp", "ltd", "mbh", "nv", "og", "ohg", "oy", "oyj", "plc", "pbc", "pte", "pty", "pvt", "sa", "sarl", "sas", "se",
    "sl", "spa", "spzoo", "srl", "sro", "ug", "zrt",
})  # fmt: skip
"""What a company's name may end in without being another's, punctuation left out."""

_FILLERS = frozenset({"the", "and", "und", "et", "y", "e"})
_OF_DOMAINS_ALONE = re.compile(r"^(?:get|try|join|use|with|hello|weare)(?=\w{3})|(?<=\w{3})\s?(?:hq|app|inc)$")
_SHORTEST_PART = 3


def words(name: str) -> list[str]:
    """Return a name's words in lower case, without accents, legal forms and fillers: `Acme & Sons GmbH`: acme, sons."""
    # A point or an apostrophe within a word is no gap: S.p.A., O'Reilly.
    found = re.findall(r"\w+", re.sub(r"(?<=\b\w)\.(?=\w\b)|['\u2019]", "", fold(name)).replace("_", " "))
    found = [word for word in found if word not in _FILLERS] or found
    while len(found) > 1 and found[-1] in LEGAL_FORMS:
        found.pop()
    return found


def likeness(wanted: str, found: str) -> Likeness:
    """Compare two names: `Acme Robotics` is the same as `acmerobotics Inc.`, and similar to `Acme`."""
    one, other = words(wanted), words(found)
    if not one or not other:
        return "different"
    if "".join(one) == "".join(other):
        return "same"
    shorter, longer = sorted((one, other), key=len)
    if longer[: len(shorter)] == shorter and len("".join(shorter)) >= _SHORTEST_PART:
        return "similar"
    return "different"


def is_named_in(wanted: str, title: str) -> bool:
    """Whether a page's title names a company: `Acme Robotics` or `acmerobotics` in `Open roles | Acme Robotics`."""
    whole, inside = "".join(words(wanted)), words(title)
    spans = combinations(range(len(inside) + 1), 2)
    return bool(whole) and any("".join(inside[start:end]) == whole for start, end in spans)


def slugs(owner: Iterable[str]) -> list[str]:
    """Return how boards of a company are likely named, the likeliest first: acmerobotics, acme-robotics, acme."""
    found: list[str] = []
    for parts in map(words, owner):
        found += ["".join(parts), "-".join(parts)]
        if len(parts) > 1 and len(parts[0]) > _SHORTEST_PART:
            found.append(parts[0])
    return [slug for slug in dict.fromkeys(found) if re.fullmatch(r"[a-z0-9][a-z0-9-]{1,60}", slug)]


def alike(owner: Iterable[str], found: str) -> Likeness:
    """Return the best likeness of a name to any of those that a company goes by."""
    return min((likeness(name, found) for name in owner), key=_LIKENESSES.index, default="different")


def site_label(host: str) -> str:
    """Return the label of a host that its owner chose: `acme` of careers.acme.co.uk."""
    return site(host).partition(".")[0]


def of_host(host: str) -> list[str]:
    """Return the names that a host's owner may go by: of getacme.com `getacme` and `acme`."""
    label = site_label(host).replace("-", " ").strip()
    return list(dict.fromkeys(name for name in (label, _OF_DOMAINS_ALONE.sub("", label).strip()) if name))
