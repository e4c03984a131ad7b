"""Which board an address belongs to, told from the address alone."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from worker.errors import InvalidInput, UnsupportedSite
from worker.extractor import Extractor
from worker.extractors import extractor, extractors, recognise
from worker.http.guard import refuse_unsafe_url
from worker.posting import BoardKey
from worker.text import storable

_LONGEST = 2_000
_SAYS_NOTHING = frozenset({
    "apply", "career", "careers", "hiring", "job", "jobs", "join", "karriere", "people", "recruiting", "stellen",
    "talent", "team", "work", "www",
})  # fmt: skip
"""First labels of hosts that are not the company's name: careers.acme.com."""
_SAID_ANYWAY = re.compile(
    r"(?:(https://[^/?#@]+?)\.?(?::443)?|(http://[^/?#@]+?)\.?(?::80)?)(?=[/?#]|$)", re.IGNORECASE
)
"""A host with what changes nothing behind it: the dot that ends a full name, the port that the scheme has anyway."""
_MARKDOWN = re.compile(r"\[[^\]]*\]\(<?(https?://\S+?)>?\)", re.IGNORECASE)
_OPENING = "<([{\"'\u00ab\u201c\u201e\u2018"
"""What begins no address (RFC 3986, appendix C)."""
_CLOSING = frozenset(">]}\"',;!\u00bb\u201d\u2019")
"""What ends no address, but a full stop: some boards' names end with one."""
_CUT_OFF = ("\u2026", "...")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A board as it is stored: its ATS, its key as one string, its public address, and a name to begin with."""

    ats: str
    key: str
    url: str
    name: str


def from_address(address: str) -> Recognised:
    """Recognise the board of a pasted address: board page, posting page, API address or embed.

    Raises InvalidInput for what is no web address, UnsafeAddress for one that is not public, UnsupportedSite (with what
    was tried) when no ATS is recognised.
    """
    url = web_address(address)
    found = recognise(url)
    if not found:
        raise UnsupportedSite(
            f"{url} is not the address of a board that Rolecall can read. Paste the address of the company's job list "
            "or of one of its postings as the browser shows it, or let `rolecall detect` look for the board behind it. "
            f"Tried: {', '.join(extractors())}"
        )
    if len(found) > 1:
        names = " and ".join(ats for ats, _ in found)
        raise UnsupportedSite(f"{url} could be a board of {names}; name the ATS and the board instead")
    ats, key = found[0]
    one = extractor(ats)
    if not names_a_board(one, key):
        raise UnsupportedSite(
            f"{url} names a company at {ats}, but none of its boards there; `rolecall detect` looks which there are, "
            "or paste the address of one of its postings as the browser shows it"
        )
    return from_key(ats, key)


def from_name(ats: str, board: str) -> Recognised:
    """Return the board of an ATS by its key, as `recognise` writes it. Raises InvalidInput for an impossible one."""
    return from_key(ats, extractor(ats).key(board))


def from_key(ats: str, key: BoardKey) -> Recognised:
    """Return the board that a whole key names. Raises InvalidInput for one that could not be stored."""
    one = extractor(ats)
    text = one.key_text(key)
    name = _of_host(key["host"]) if one.fields[0] == "host" else _name(key[one.fields[0]])
    return Recognised(ats, text, one.board_url(one.key(text)), name)


def names_a_board(one: Extractor, key: BoardKey) -> bool:
    """Whether a key names one board, and not only whose boards there are."""
    return all(key[name] for name in one.fields if name not in one.defaults)


def web_address(address: str) -> str:
    """Return what was pasted as a web address, its scheme added where it was left out.

    Raises InvalidInput for what is none, UnsafeAddress for one that is not public.
    """
    text = address.strip()
    if not text or len(text) > _LONGEST or any(ord(letter) < 32 for letter in text):  # noqa: PLR2004 - control characters
        raise InvalidInput("this is not a web address; paste one like https://boards.greenhouse.io/acme")
    text = as_typed(storable(text))
    if text.endswith(_CUT_OFF):
        raise InvalidInput(f"{text[:200]!r} ends in an ellipsis: it was cut off where you copied it; paste it whole")
    if "://" not in text:
        text = f"https://{text}"
    text = _SAID_ANYWAY.sub(r"\1\2", text, count=1)
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        host = ""
    are_several = re.search(r"\s\S*://", text)
    is_a_word = "." not in host and not re.search(r"[:\d]|^localhost$", host)
    if are_several or is_a_word or not text.lower().startswith(("http://", "https://")):
        raise InvalidInput(f"{address.strip()[:200]!r} is not a web address; paste one like https://jobs.lever.co/acme")
    refuse_unsafe_url(text, allow_loopback=False)
    return text


def as_typed(text: str) -> str:
    """Return an address without what letters and Markdown put around it: `<…>`, `(…),`, `[Acme](…)`."""
    linked = _MARKDOWN.fullmatch(text)
    url = linked[1] if linked else text.lstrip(_OPENING)
    while url and (url[-1] in _CLOSING or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1].rstrip()
    return url


def _name(board: str) -> str:
    """Make a board's name presentable until somebody gives the company's own: `acme-corp` becomes `Acme Corp`."""
    if board.count(".") > 1:
        return _of_host(board)
    words = re.sub(r"[-_+]+", " ", unquote(board)).strip()
    return words.title() if words == words.lower() else words


def _of_host(host: str) -> str:
    """Make a name of a host: `careers.acme-corp.com` becomes `Acme Corp`."""
    *labels, _ = unquote(host).split(".")
    return _name(next((label for label in labels if label not in _SAYS_NOTHING), host.replace(".", " ")))
