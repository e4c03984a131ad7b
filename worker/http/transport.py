"""Connections that look where they go before they connect, for `requests`."""

import socket
import ssl
import time
import urllib.request
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidProxyURL
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.poolmanager import PoolManager, ProxyManager
from urllib3.util.connection import create_connection
from urllib3.util.timeout import Timeout

from worker.errors import StartRefused
from worker.http.deadlines import WATCHER
from worker.http.guard import refuse_private

_CONNECT_SECONDS = 10.0
_LEAST_SECONDS = 0.001


class _Guarded:
    """Resolves a name once, refuses private addresses, and connects to what it has checked."""

    allow_loopback = False
    allow_private = False

    def _new_conn(self: Any) -> socket.socket:
        addresses = _resolve(self)
        if self.proxy is None:
            for address in addresses:
                refuse_private(address, allow_loopback=self.allow_loopback, allow_private=self.allow_private)
        connected = _connect(self, addresses)
        WATCHER.uses(connected, is_new=True)
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
    """Connect to the first address that answers; the time-out is for all of them together."""
    last: OSError | None = None
    # urllib3 keeps its own sentinel for "no time-out given"; Timeout resolves it.
    limits = (Timeout.resolve_default_timeout(connection.timeout), WATCHER.seconds_left())
    until = time.monotonic() + min((limit for limit in limits if limit is not None), default=_CONNECT_SECONDS)
    for address in addresses:
        left = until - time.monotonic()
        if last is not None and left <= 0:
            break
        try:
            return create_connection(
                (address, connection.port),
                max(left, _LEAST_SECONDS),
                connection.source_address,
                connection.socket_options,
            )
        except OSError as error:
            last = error
    if isinstance(last, TimeoutError):
        raise ConnectTimeoutError(connection, f"no connection to {connection.host} in time") from last
    raise NewConnectionError(connection, f"no connection to {connection.host}: {last}") from last


@cache
def _pool_classes(*, allow_loopback: bool, allow_private: bool) -> dict[str, type[HTTPConnectionPool]]:
    allowed = {"allow_loopback": allow_loopback, "allow_private": allow_private}
    plain = type("GuardedHTTPConnection", (_Guarded, HTTPConnection), allowed)
    secure = type("GuardedHTTPSConnection", (_Guarded, HTTPSConnection), allowed)
    return {
        "http": type("GuardedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("GuardedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }


class TrustContext(ssl.SSLContext):
    """What every connection of a process trusts: a bundle of certificates, read once.

    Left alone, `requests` reads the bundle anew for every connection, which costs twenty times a small request.
    """

    _chosen: list[str] | None = None

    @classmethod
    def load(cls, bundle: str) -> "TrustContext":
        """Read a file or a folder of certificates. Raises StartRefused when there are none."""
        context = cls(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2  # whatever the system would still allow
        context.hostname_checks_common_name = False
        context.options |= ssl.OP_NO_TICKET
        try:
            if Path(bundle).is_dir():
                context.load_verify_locations(capath=bundle)
            else:
                context.load_verify_locations(cafile=bundle)
        except OSError as error:
            raise StartRefused(
                f"the certificates in {bundle} cannot be read ({error.strerror or error}); "
                "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names a file or folder in PEM, or is not set"
            ) from error
        return context

    def set_alpn_protocols(self, alpn_protocols: Any) -> None:
        """Set them once: urllib3 repeats it for each connection, while another thread may be connecting."""
        chosen = list(alpn_protocols)
        if chosen != self._chosen:
            super().set_alpn_protocols(chosen)
            self._chosen = chosen


class GuardedAdapter(HTTPAdapter):
    """An adapter of `requests` whose connections, also those through a proxy, are guarded and watched.

    `no_proxy` is what `urllib.request.getproxies` found in the environment; its hosts are connected to directly.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool,
        trust: ssl.SSLContext,
        no_proxy: Mapping[str, str],
        allow_private: bool = False,
        **kwargs: Any,
    ) -> None:
        self._classes = _pool_classes(allow_loopback=allow_loopback, allow_private=allow_private)
        self._trust = trust
        self._no_proxy = no_proxy
        super().__init__(**kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let the pools open guarded connections."""
        super().init_poolmanager(*args, **kwargs)
        _use(self.poolmanager, self._classes)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> ProxyManager:
        """Let the pools behind a proxy open watched connections."""
        if proxy.lower().startswith("socks"):
            raise InvalidProxyURL("SOCKS proxies are not supported; name an http proxy, or none")
        manager: ProxyManager = super().proxy_manager_for(proxy, proxy_ssl_context=self._trust, **kwargs)
        _use(manager, self._classes)
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request, directly where NO_PROXY names its host: `requests` sees to that only with `trust_env`."""
        if kwargs.get("proxies") and _without_proxy(urlsplit(str(request.url)).netloc, self._no_proxy):
            kwargs["proxies"] = {}
        return super().send(request, *args, **kwargs)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """Let all connections share one context."""
        place, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return place, {"cert_reqs": "CERT_REQUIRED", "ssl_context": self._trust}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the connections' certificates to the shared context."""


def _use(manager: PoolManager, classes: dict[str, type[HTTPConnectionPool]]) -> None:
    manager.pool_classes_by_scheme = classes


def _without_proxy(netloc: str, no_proxy: Mapping[str, str]) -> bool:
    return bool(urllib.request.proxy_bypass_environment(netloc, no_proxy))  # type: ignore[attr-defined]  # undocumented
