"""Which addresses may be connected to: the public internet, and nothing that lies behind the worker."""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from worker.errors import UnsafeAddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOOKS_NUMERIC = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}", re.IGNORECASE)
_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".home.arpa", ".lan")


def refuse_private(address: str, *, allow_loopback: bool) -> None:
    """Raise UnsafeAddress unless an IP address is public (or loopback, where a test allows it)."""
    ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if allow_loopback and ip.is_loopback:
        return
    if not ip.is_global or ip.is_multicast:
        raise UnsafeAddress(f"{address} is on this machine or a private network, so Rolecall does not connect to it")


def refuse_unsafe_url(url: str, *, allow_loopback: bool) -> None:
    """Raise UnsafeAddress for an address that is not http(s) or literally names a private place.

    Names are checked when they are resolved, by the connection; behind a proxy that is the proxy's to do.
    """
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise UnsafeAddress(f"{url[:200]!r} is not a web address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UnsafeAddress(f"{url[:200]!r} is not an http or https address")
    if parts.username or parts.password:
        raise UnsafeAddress("an address with a user name or password in it is not fetched")
    if literal := _literal(host):
        refuse_private(literal, allow_loopback=allow_loopback)
    elif host.endswith(_PRIVATE_NAMES) or (host == "localhost" and not allow_loopback):
        raise UnsafeAddress(f"{host} names a private place, so Rolecall does not connect to it")


def _literal(host: str) -> str | None:
    """Return the IP address a host literally is, in any notation the system's resolver takes."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    if _LOOKS_NUMERIC.fullmatch(host):
        try:
            return socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            return None
    return None


def _unwrapped(ip: IPAddress) -> IPAddress:
    """Return the IPv4 address that an IPv6 address carries (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
