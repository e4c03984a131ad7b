"""Which addresses may be connected to: the public internet, and nothing that lies behind the worker."""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from worker.errors import UnsafeAddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that IANA has given out for the internet. Python calls more than that global (`fec0::`, `::127.0.0.1`)."""
_NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocol assignments; Oracle's metadata service answers there
        "168.63.129.16/32",  # Azure's platform, seen from inside a virtual machine only
        "3fff::/20",  # documentation (RFC 9637), which Python 3.11 takes for global
    )
)

_NAME = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
)
_LOOKS_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+)){0,3}", re.IGNORECASE)
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)", re.IGNORECASE)
_LOOPBACK_NAMES = ("localhost", ".localhost", "localhost.localdomain")
_PRIVATE_NAMES = (
    *_LOOPBACK_NAMES,
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".private",
    ".corp",
    ".home",
    ".home.arpa",
    ".lan",
)


def refuse_private(address: str, *, allow_loopback: bool, allow_private: bool = False) -> None:
    """Raise UnsafeAddress unless an IP address is public (or loopback, where a test allows it).

    `allow_private` is for what a person says of their own machine and network; a cloud's services for its machines
    (169.254.169.254) are no part of these.
    """
    ip = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if (allow_loopback or allow_private) and ip.is_loopback:
        return
    if allow_private and ip.is_private and not (ip.is_link_local or ip.is_unspecified or ip.is_reserved):
        return
    if not _is_public(ip):
        raise UnsafeAddress(f"{address} is on this machine or a private network, so Rolecall does not connect to it")


def refuse_unsafe_url(url: str, *, allow_loopback: bool, allow_private: bool = False) -> None:
    """Raise UnsafeAddress for an address that is not http(s) or literally names a private place.

    Names are checked when they are resolved, by the connection; behind a proxy that is the proxy's to do. With
    `allow_private` names of the own machine and network may be used.
    """
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        raise UnsafeAddress(f"{url[:200]!r} is not a web address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UnsafeAddress(f"{url[:200]!r} is not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise UnsafeAddress("an address with a user name or password in it is not fetched")
    if literal := _literal(host):
        refuse_private(literal, allow_loopback=allow_loopback, allow_private=allow_private)
    elif not _NAME.fullmatch(host) or _ENDS_IN_NUMBER.fullmatch(host):
        raise UnsafeAddress(f"{url[:200]!r} does not name a host of the internet")
    elif allow_private or (allow_loopback and host.endswith(_LOOPBACK_NAMES)):
        return
    elif "." not in host or host.endswith(_PRIVATE_NAMES):
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


def _is_public(ip: IPAddress) -> bool:
    if any(ip in network for network in _NEVER) or ip.is_multicast or not ip.is_global:
        return False
    return ip.version == 4 or ip in _GLOBAL_UNICAST  # noqa: PLR2004


def _unwrapped(ip: IPAddress) -> IPAddress:
    """Return the IPv4 address that an IPv6 address carries (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
