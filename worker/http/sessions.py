"""Sessions of `requests`, kept open between tasks so that hosts are not greeted anew for every board."""

import os
import threading
import urllib.request

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from worker.http.transport import GuardedAdapter, TrustContext

_IDLE_MOST = 128
KEPT_MOST = 2
"""Connections to one host that a session keeps."""


class SessionPool:
    """Lends sessions out, one borrower at a time.

    The proxies and certificate bundles of the environment are read once, when the pool is made: `requests` would read
    them anew for every request. `checked_out` counts the sessions that are lent. With `allow_private` they reach this
    machine and its network, too.
    """

    def __init__(self, *, user_agent: str, allow_loopback: bool, allow_private: bool = False) -> None:
        self._headers = {"User-Agent": _in_ascii(user_agent), "Accept-Encoding": "gzip"}
        self._allow_loopback = allow_loopback
        self._allow_private = allow_private
        self._proxies = urllib.request.getproxies()
        self._trust = TrustContext.load(
            os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
        )
        self._lock = threading.Lock()
        self._idle: list[requests.Session] = []
        self._closed = False
        self.checked_out = 0

    def acquire(self) -> requests.Session:
        """Lend a session: the one returned last, whose connections are the warmest, or a new one."""
        with self._lock:
            session = self._idle.pop() if self._idle else self._open()
            self.checked_out += 1
            return session

    def release(self, session: requests.Session) -> None:
        """Take a session back. What a host set in it (cookies) does not reach the next borrower."""
        session.cookies.clear()
        with self._lock:
            self.checked_out -= 1
            if len(self._idle) < _IDLE_MOST and not self._closed:
                self._idle.append(session)
                return
        session.close()

    def close(self) -> None:
        """Close every session: those that are lent as soon as they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    def _open(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.proxies = dict(self._proxies)
        session.headers.clear()
        session.headers.update(self._headers)
        adapter = GuardedAdapter(
            allow_loopback=self._allow_loopback,
            allow_private=self._allow_private,
            trust=self._trust,
            no_proxy=self._proxies,
            pool_connections=4,
            pool_maxsize=KEPT_MOST,
        )
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session


def _in_ascii(words: str) -> str:
    """Return words as a header can carry them: a contact may be written in any script."""
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in words)
