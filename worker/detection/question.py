"""What a person typed: an address, a bare domain or a company's name."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from worker import detect
from worker.errors import InvalidInput
from worker.text import one_line

LONGEST_NAME = 200
_HOST = re.compile(r"(?:[\w-]+(?:\.[\w-]+)*\.[a-z][\w-]+|[\d.]+\.\d+|\[.*\])(?::\d+)?", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: a web address, or the name of a company."""

    what: str
    url: str | None = None
    name: str | None = None


def question(what: str) -> Question:
    """Tell an address from a name. Raises InvalidInput for what is neither, UnsafeAddress for one that is not public.

    `acme.com`, `Booking.com` and `acme.com/jobs` are addresses; `Acme`, `St. Gallen AG` and `A/B Testing Inc.` are
    names.
    """
    text = one_line(what)
    bare = detect.as_typed(text)
    if _SCHEME.match(bare) or (" " not in bare and _HOST.fullmatch(re.split(r"[/?#]", bare)[0])):
        return Question(text, url=_with_path(detect.web_address(what)))
    if not re.search(r"\w", text):
        raise InvalidInput("give the address of a careers page, a company's domain or its name")
    if len(text) > LONGEST_NAME:
        raise InvalidInput(f"a company's name has at most {LONGEST_NAME} letters; this has {len(text)}")
    return Question(text, name=text)


def _with_path(url: str) -> str:
    parts = urlsplit(url)
    return url if parts.path else parts._replace(path="/").geturl()
