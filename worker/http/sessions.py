"""Sessions of `requests`, kept open between tasks so that hosts are not greeted anew for every board."""

import os
import urllib.request
from collections import deque
from typing import Any

import requests

from worker.http.transport import GuardedAdapter

_IDLE_MOST = 128


class SessionPool:
    """Lends sessions out, one borrower at a time.

    The proxies and certificate bundles of the environment are read once, when the pool is made: `requests` would read
    them anew for every request. `checked_out` counts the sessions that are lent.
    """

    def __init__(self, *, user_agent: str, allow_loopback: bool) -> None:
        self._idle: deque[requests.Session] = deque(maxlen=_IDLE_MOST)
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip"}
        self._allow_loopback = allow_loopback
        self._proxies = urllib.request.getproxies()
        self._verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self.checked_out = 0

    def acquire(self) -> requests.Session:
        """Lend a session: the one returned last, whose connections are the warmest, or a new one."""
        self.checked_out += 1
        try:
            return self._idle.pop()
        except IndexError:
            return self._open()

    def release(self, session: requests.Session) -> None:
        """Take a session back. What a host set in it (cookies) does not reach the next borrower."""
        self.checked_out -= 1
        session.cookies.clear()
        if len(self._idle) == _IDLE_MOST:
            session.close()
        else:
            self._idle.append(session)

    def close(self) -> None:
        """Close every session that is not lent."""
        while self._idle:
            self._idle.pop().close()

    def _open(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.proxies = dict(self._proxies)
        session.verify = self._verify
        session.headers.clear()
        session.headers.update(self._headers)
        adapter: Any = GuardedAdapter(allow_loopback=self._allow_loopback, pool_connections=4, pool_maxsize=2)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session
