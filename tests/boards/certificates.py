"""Certificates for the simulated hosts: one for all vendors, one more for each other host that is asked for."""

import ssl
from pathlib import Path

import trustme

from tests.boards.vendors import VENDORS


class Certificates:
    """A certificate authority, and server contexts by host."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        names = [name for vendor in VENDORS.values() for name in vendor.names]
        self._vendors = self._context(*names)
        self._others: dict[str, ssl.SSLContext] = {}

    def write(self, path: Path) -> None:
        """Write the authority that clients must trust, as PEM."""
        self._authority.cert_pem.write_to_path(str(path))

    def context(self, host: str, *, of_vendor: bool) -> ssl.SSLContext:
        """Return the server context for a host."""
        if of_vendor:
            return self._vendors
        if host not in self._others:
            self._others[host] = self._context(host)
        return self._others[host]

    def _context(self, *names: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.set_alpn_protocols(["http/1.1"])
        self._authority.issue_cert(*names).configure_cert(context)
        return context
