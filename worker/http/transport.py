"""Connections that look where they go before they connect, for `requests`."""

import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.poolmanager import PoolManager, ProxyManager
from urllib3.util.connection import create_connection
from urllib3.util.timeout import Timeout

from worker.http.deadlines import WATCHER
from worker.http.guard import refuse_private


class _Guarded:
    """Resolves a name once, refuses private addresses, and connects to what it has checked."""

    allow_loopback = False

    def _new_conn(self: Any) -> socket.socket:
        addresses = _resolve(self)
        if self.proxy is None:
            for address in addresses:
                refuse_private(address, allow_loopback=self.allow_loopback)
        connected = _connect(self, addresses)
        WATCHER.uses(connected)
        return connected

    def request(self: Any, *args: Any, **kwargs: Any) -> None:
        WATCHER.uses(self.sock)
        super().request(*args, **kwargs)  # type: ignore[misc]


def _resolve(connection: Any) -> list[str]:
    host = connection._dns_host  # urllib3's own `_new_conn` reads it too
    try:
        found = socket.getaddrinfo(host.strip("[]"), connection.port, 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameResolutionError(host, connection, socket.gaierror(str(error))) from error
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def _connect(connection: Any, addresses: list[str]) -> socket.socket:
    last: OSError | None = None
    # urllib3 keeps its own sentinel for "no time-out given"; Timeout resolves it.
    timeout = Timeout.resolve_default_timeout(connection.timeout)
    for address in addresses:
        try:
            return create_connection(
                (address, connection.port), timeout, connection.source_address, connection.socket_options
            )
        except OSError as error:
            last = error
    if isinstance(last, TimeoutError):
        raise ConnectTimeoutError(connection, f"no connection to {connection.host} within {timeout} s") from last
    raise NewConnectionError(connection, f"no connection to {connection.host}: {last}") from last


def _pool_classes(*, allow_loopback: bool) -> dict[str, type[HTTPConnectionPool]]:
    plain = type("GuardedHTTPConnection", (_Guarded, HTTPConnection), {"allow_loopback": allow_loopback})
    secure = type("GuardedHTTPSConnection", (_Guarded, HTTPSConnection), {"allow_loopback": allow_loopback})
    return {
        "http": type("GuardedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("GuardedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


class GuardedAdapter(HTTPAdapter):
    """An adapter of `requests` whose connections, also those through a proxy, are guarded and watched."""

    def __init__(self, *, allow_loopback: bool, **kwargs: Any) -> None:
        self._classes = _pool_classes(allow_loopback=allow_loopback)
        super().__init__(**kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let the pools open guarded connections."""
        super().init_poolmanager(*args, **kwargs)
        _use(self.poolmanager, self._classes)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> ProxyManager:
        """Let the pools behind a proxy open watched connections."""
        manager: ProxyManager = super().proxy_manager_for(*args, **kwargs)
        _use(manager, self._classes)
        return manager


def _use(manager: PoolManager, classes: dict[str, type[HTTPConnectionPool]]) -> None:
    manager.pool_classes_by_scheme = classes
