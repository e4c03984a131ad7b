"""What went wrong on the network, in words for the person who reads them."""

import re
import socket
import ssl
from collections.abc import Iterator
from http.client import IncompleteRead
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, NameResolutionError
from urllib3.exceptions import IncompleteRead as CutShort

from worker.errors import BoardUnavailable

NETWORK_ERRORS = (requests.RequestException, HTTPError, OSError)
"""All that `requests`, urllib3 and sockets raise when a host, or what lies between, fails."""

_BROKEN_OFF = (ConnectionResetError, BrokenPipeError)
_CAUSES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((NameResolutionError, socket.gaierror), "no address is known for its name"),
    ((IncompleteRead, CutShort), "its answer was cut short"),
    ((requests.Timeout, TimeoutError), "it did not answer in time"),
    ((ConnectionRefusedError,), "it refuses connections"),
    (_BROKEN_OFF, "it broke the connection off"),
)
_OBJECTS = re.compile(r"<[^>]*>:?\s*|\w+\([^()]*\):\s*|\(_ssl\.c:\d+\)|0x[0-9a-f]{6,}")


def unreachable(url: str, error: Exception) -> BoardUnavailable:
    """Return the error that a failed exchange means for the board."""
    return BoardUnavailable(f"{urlsplit(url).hostname} could not be read: {cause(error)}")


def broke_off(error: BaseException) -> bool:
    """Say whether the connection ended under an exchange."""
    return any(isinstance(one, _BROKEN_OFF) for one in _nested(error))


def cause(error: BaseException) -> str:
    """Return why an exchange failed, as half a sentence."""
    chain = list(_nested(error))
    for one in chain:
        if isinstance(one, ssl.SSLCertVerificationError):
            return (
                f"its certificate is not to be trusted ({one.verify_message}). If a proxy here signs anew what passes, "
                "let REQUESTS_CA_BUNDLE name the file with its certificate"
            )
    for kinds, words in _CAUSES:
        if any(isinstance(one, kinds) for one in chain):
            return words
    innermost = chain[-1]
    words = _OBJECTS.sub("", str(innermost.args[-1] if innermost.args else ""))
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(printable.split())[:300] or type(innermost).__name__


def _nested(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those inside it: libraries keep them as `reason` or among the arguments."""
    inner: object = error
    while isinstance(inner, BaseException):
        yield inner
        candidates = (getattr(inner, "reason", None), *inner.args, inner.__cause__)
        inner = next((one for one in candidates if isinstance(one, BaseException)), None)
