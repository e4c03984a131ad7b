"""Asking a host for its robots.txt, as RFC 9309 §2.3.1 wants it done."""

import time
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from urllib.parse import urljoin

import requests

from worker.errors import BoardUnavailable, UnexpectedPayload, UnsafeAddress
from worker.http import body
from worker.http.client import REDIRECTS, BoardClient

BYTES_MOST = 500 * 1024
SECONDS = 5.0
REDIRECTS_MOST = 5
_READ = partial(body.beginning, most=BYTES_MOST)


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What a host answered: the beginning of its file (nothing, if there is none), or why nobody knows."""

    content: bytes = b""
    unreachable: str | None = None


def fetch_robots(http: BoardClient, origin: str) -> RobotsFile:
    """Ask a host (`https://example.com`) for its robots.txt: 5 seconds, 500 KiB and 5 redirects to anywhere at most.

    A 4xx, or one redirect too many, means that there is no such file; 5xx and 429 that nobody knows. Raises
    BoardUnavailable when the run has too little time left to tell, UnsafeAddress for a host that is not public.
    """
    url, left = f"{origin}/robots.txt", SECONDS
    for hop in range(1 + REDIRECTS_MOST):
        seconds = http.turn(left)
        http.traffic.robots += 1
        began = time.monotonic()
        try:
            response, content = http.transfer(http.prepared("GET", url, {}), seconds, _READ)
        except UnsafeAddress as error:
            if hop == 0:
                raise
            return RobotsFile(unreachable=str(error))
        except (BoardUnavailable, UnexpectedPayload) as error:
            if seconds < left:  # the run has ended sooner than the host's time
                raise
            return RobotsFile(unreachable=str(error))
        if response.status_code not in REDIRECTS or "Location" not in response.headers:
            return _of_answer(response, content)
        url = urljoin(url, response.headers["Location"])
        left = max(left - (time.monotonic() - began), 0.001)
    return RobotsFile()


def _of_answer(response: requests.Response, content: bytes) -> RobotsFile:
    status = response.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return RobotsFile(unreachable=f"it answered with status {status}")
    return RobotsFile(content)
