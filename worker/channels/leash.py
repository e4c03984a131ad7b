"""What a library that opens its own connections may do in this process: reach whom it may, and touch nothing else.

For a process of its own (`worker.channels.child`), since what is put on stays on: Python's audit events, which tell of
every connection before it is made, by the very address it goes to.
"""

import contextlib
import os
import resource
import signal
import socket
import ssl
import sys
import sysconfig
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import TZPATH

from worker.errors import UnsafeAddress
from worker.http.guard import refuse_private

_MEMORY_MOST = 512 << 20
_PROCESSES = frozenset(("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn",
                        "subprocess.Popen"))  # fmt: skip
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SYSTEM = ("/etc/hosts", "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/resolv.conf", "/dev/urandom")


class Refusal(PermissionError):
    """The leash has held something back. An OSError, which libraries take for a failed connection."""


class Leash:
    """Keeps this process from starting others, and, unless it is `trusted`, from private addresses and from files.

    `refused` holds the address that was refused last. Proxies that the environment names may be anywhere.
    """

    def __init__(self, *, trusted: bool, allow_loopback: bool = False) -> None:
        self.refused: UnsafeAddress | None = None
        self._allow_loopback = allow_loopback
        self._watched: dict[str, Callable[..., None]] = {}
        if not trusted:
            self._proxies = frozenset(_proxies())
            self._readable = tuple(_readable())
            connecting = ("socket.connect", "socket.sendto", "socket.sendmsg")
            self._watched = {**dict.fromkeys(connecting, self._connects), "open": self._opens}

    def put_on(self, *, seconds: float) -> None:
        """Hold this process from now on; it ends after so many seconds at the latest. Cannot be undone."""
        with contextlib.suppress(ValueError, OSError):  # macOS knows this limit and refuses it
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MOST, _MEMORY_MOST))
        signal.setitimer(signal.ITIMER_REAL, seconds)
        sys.addaudithook(self._look)

    def _look(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _PROCESSES:
            raise Refusal(f"{event} is not for a channel to do")
        if watch := self._watched.get(event):
            watch(*arguments)

    def _connects(self, _: socket.socket, address: Any) -> None:
        if not isinstance(address, tuple):
            raise self._refusal(UnsafeAddress("a channel does not lead to a socket of this machine"))
        if address[:2] in self._proxies:
            return
        try:
            refuse_private(str(address[0]), allow_loopback=self._allow_loopback)
        except UnsafeAddress as error:
            raise self._refusal(error) from error
        except ValueError:  # a name, which would be resolved after it has been looked at
            raise self._refusal(UnsafeAddress(f"{address[0]!r} is no IP address")) from None

    def _refusal(self, error: UnsafeAddress) -> Refusal:
        self.refused = error
        return Refusal(str(error))

    def _opens(self, file: Any, _: str | None, flags: int) -> None:
        if isinstance(file, int):
            return
        path = os.path.realpath(os.fsdecode(file))
        if flags & _WRITES or not path.startswith(self._readable):
            raise Refusal(f"{path} is not for a channel to use")


def _proxies() -> Iterator[tuple[str, int]]:
    """Yield address and port of the proxies that the environment names."""
    for scheme, proxy in urllib.request.getproxies().items():
        if scheme in ("http", "https", "all"):
            parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
            for found in socket.getaddrinfo(parts.hostname, parts.port or 80, 0, socket.SOCK_STREAM):
                yield str(found[4][0]), int(found[4][1])


def _readable() -> Iterator[str]:
    """Yield what the paths begin with that Python itself and its libraries read."""
    trust = ssl.get_default_verify_paths()
    named = (os.environ.get(name) for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"))
    files: Iterable[str | None] = (*_SYSTEM, trust.cafile, *named)
    folders: Iterable[str | None] = (*sysconfig.get_paths().values(), *TZPATH, trust.capath,
                                     str(Path(__file__).parents[1]))  # fmt: skip
    yield from (os.path.realpath(file) for file in files if file)
    yield from (f"{os.path.realpath(folder)}{os.sep}" for folder in folders if folder)
