"""Addresses without what is secret in them, and answers without what an address keeps secret."""

import base64
import re
from collections.abc import Iterable
from urllib.parse import unquote, unquote_plus, urlsplit

from worker.text import one_line

ANSWER_MOST = 1_000
_PARTS = re.compile(r"[/:@?&=,;+#]+")
_SECRET_LEAST = 4
"""Shorter parts of an address are in every other word."""


def masked(url: str) -> str:
    """Return a web address as it may be shown: its path may be all that protects it."""
    parts = urlsplit(url)
    rest = "/…" if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{rest}"


def secrets(address: str, shown: str) -> set[str]:
    """Return the parts of an address that are not shown, in the forms in which an answer may repeat them."""
    open_ = set(_PARTS.split(unquote(shown)))
    hidden = {part for part in _PARTS.split(address.partition("://")[2]) if unquote(part) not in open_}
    user, _, password = urlsplit(address).netloc.rpartition("@")[0].partition(":")
    basic = {base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()} if password else set()
    return hidden | set(map(unquote, hidden)) | set(map(unquote_plus, hidden)) | basic


def tidy(answer: str, hidden: Iterable[str]) -> str:
    """Return an answer as one line of at most 1,000 characters, without what is hidden."""
    for secret in sorted((one for one in hidden if len(one) >= _SECRET_LEAST), key=len, reverse=True):
        answer = answer.replace(secret, "…")
    return one_line(answer)[:ANSWER_MOST]
