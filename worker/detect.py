"""Which board an address belongs to, told from the address alone."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from worker.errors import InvalidInput, UnsupportedSite
from worker.extractors import extractor, extractors, recognise
from worker.http.guard import refuse_unsafe_url

_LONGEST = 2_000


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
    url = _web_address(address)
    found = recognise(url)
    if not found:
        raise UnsupportedSite(
            f"{url} is not the address of a board that Rolecall can read. Tried: {', '.join(extractors())}. "
            "Paste the address of the company's job list or of one of its postings as the browser shows it"
        )
    if len(found) > 1:
        names = " and ".join(ats for ats, _ in found)
        raise UnsupportedSite(f"{url} could be a board of {names}; name the ATS and the board instead")
    ats, key = found[0]
    return _recognised(ats, extractor(ats).key_text(key))


def from_name(ats: str, board: str) -> Recognised:
    """Return the board of an ATS by its key, as `recognise` writes it. Raises InvalidInput for an impossible one."""
    one = extractor(ats)
    return _recognised(ats, one.key_text(one.key(board)))


def _recognised(ats: str, key: str) -> Recognised:
    one = extractor(ats)
    return Recognised(ats, key, one.board_url(one.key(key)), _name(one.key(key)[one.fields[0]]))


def _web_address(address: str) -> str:
    text = address.strip()
    if not text or len(text) > _LONGEST or any(ord(letter) < 32 for letter in text):  # noqa: PLR2004 - control characters
        raise InvalidInput("this is not a web address; paste one like https://boards.greenhouse.io/acme")
    if "://" not in text:
        text = f"https://{text}"
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        host = ""
    is_a_word = "." not in host and not re.search(r"[:\d]|^localhost$", host)
    if is_a_word or not text.lower().startswith(("http://", "https://")):
        raise InvalidInput(f"{address.strip()[:200]!r} is not a web address; paste one like https://jobs.lever.co/acme")
    refuse_unsafe_url(text, allow_loopback=False)
    return text


def _name(board: str) -> str:
    """Make a board's name presentable until somebody gives the company's own: `acme-corp` becomes `Acme Corp`."""
    words = re.sub(r"[-_+]+", " ", unquote(board)).strip()
    return words.title() if words == words.lower() else words
