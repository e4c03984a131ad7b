"""Total deadlines for exchanges, whatever they are waiting for.

A socket's own time-out starts anew with every byte, so a host that drips could hold a thread for days. One watcher per
process shuts the socket of an exchange that has outlived its deadline; the waiting thread then sees the end.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator


class Exchange:
    """One request and its answer: the socket it uses, whether that was connected for it, and until when it may."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.socket: socket.socket | None = None
        self.is_new = False
        self.expired = False

    @property
    def remaining(self) -> float:
        """Seconds left."""
        return self.until - time.monotonic()

    def hurry(self, seconds: float) -> None:
        """Bring the deadline forward to at most so many seconds from now."""
        self.until = min(self.until, time.monotonic() + seconds)

    def expire(self) -> None:
        """End the exchange: the thread that waits on its socket sees the connection closed."""
        self.expired = True
        if self.socket is not None:
            with contextlib.suppress(OSError):
                # An SSL socket's own shutdown drops its state under the reading thread; the plain one does not.
                socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


class Watcher:
    """Ends exchanges that outlive their deadline, from one daemon thread that lives while there are any.

    It looks every `period` seconds, and ends `linger` seconds after the last exchange.
    """

    def __init__(self, *, period: float = 0.5, linger: float = 10.0) -> None:
        self._period = period
        self._linger = linger
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
            if self._thread is None or not self._thread.is_alive():  # not alive: this process was forked
                self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
        try:
            yield exchange
        finally:
            self._current.exchange = None
            with self._lock:
                self._exchanges.discard(exchange)

    def uses(self, used: socket.socket | None, *, is_new: bool = False) -> None:
        """Note the socket that this thread's exchange runs over; a new one has just been connected."""
        exchange = getattr(self._current, "exchange", None)
        if exchange is not None and used is not None:
            exchange.socket = used
            exchange.is_new |= is_new

    def seconds_left(self) -> float | None:
        """Return what this thread's exchange has left, None outside of one."""
        exchange = getattr(self._current, "exchange", None)
        return None if exchange is None else exchange.remaining

    def _watch(self) -> None:
        busy = time.monotonic()
        while True:
            time.sleep(self._period)
            now = time.monotonic()
            with self._lock:
                if self._exchanges:
                    busy = now
                elif now - busy > self._linger:
                    self._thread = None
                    return
                # Under the lock: an exchange that has just ended may have given its socket to another thread's.
                for exchange in self._exchanges:
                    if exchange.until < now and not exchange.expired:
                        exchange.expire()


WATCHER = Watcher()
