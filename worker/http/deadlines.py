"""Total deadlines for exchanges, whatever they are waiting for.

A socket's own time-out starts anew with every byte, so a host that drips could hold a thread for days. One watcher per
process shuts the socket of an exchange that has outlived its deadline; the waiting thread then sees the end.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

_PERIOD = 0.5


class Exchange:
    """One request and its answer: the socket it uses, and until when it may."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.socket: socket.socket | None = None
        self.expired = False

    @property
    def remaining(self) -> float:
        """Seconds left."""
        return self.until - time.monotonic()

    def expire(self) -> None:
        """End the exchange: the thread that waits on its socket sees the connection closed."""
        self.expired = True
        if self.socket is not None:
            with contextlib.suppress(OSError):
                # An SSL socket's own shutdown drops its state under the reading thread; the plain one does not.
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


class Watcher:
    """Ends exchanges that outlive their deadline, from one daemon thread that lives while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._exchanges: set[Exchange] = set()
        self._thread: threading.Thread | None = None
        self._current = threading.local()

    @contextlib.contextmanager
    def exchange(self, seconds: float) -> Iterator[Exchange]:
        """Watch what this thread does on the network until the block ends."""
        exchange = Exchange(seconds)
        self._current.exchange = exchange
        with self._lock:
            self._exchanges.add(exchange)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
        try:
            yield exchange
        finally:
            self._current.exchange = None
            with self._lock:
                self._exchanges.discard(exchange)

    def uses(self, used: socket.socket | None) -> None:
        """Note the socket that this thread's exchange runs over."""
        exchange = getattr(self._current, "exchange", None)
        if exchange is not None and used is not None:
            exchange.socket = used

    def _watch(self) -> None:
        idle = 0
        while True:
            time.sleep(_PERIOD)
            with self._lock:
                late = [exchange for exchange in self._exchanges if exchange.remaining < 0]
                idle = 0 if self._exchanges else idle + 1
                if idle > 20:  # noqa: PLR2004 - ten quiet seconds
                    self._thread = None
                    return
            for exchange in late:
                exchange.expire()


WATCHER = Watcher()
