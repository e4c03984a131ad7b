"""The simulated internet in a background thread, for tests."""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

import requests

from tests.boards.certificates import Certificates
from tests.boards.company import Change, Company
from tests.boards.faults import Fault, Faults
from tests.boards.origin import Origin
from tests.boards.server import Seen, Server
from tests.boards.wire import Answer, Request, html_answer
from tests.boards.world import World


class Internet:
    """A context manager: `with Internet(seed=1, companies=30) as net:`. Further options are those of `World`.

    The clients to be tested reach it through `proxy_url` and trust `ca_path`; `env` holds both for child processes.
    """

    def __init__(
        self, seed: int = 1, companies: int = 30, *, latency: float = 0.0, port: int = 0, world: World | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        self.world = world or World(seed, companies, **options)
        self.faults = Faults()
        self.server = Server(Origin(self.world, self.faults), Certificates(), latency=latency)
        self.ca_path = Path()
        self._wanted_port = port
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="simulated-internet", daemon=True)
        self._folder = tempfile.TemporaryDirectory(prefix="boards-")

    def __enter__(self) -> Self:
        self.ca_path = Path(self._folder.name) / "ca.pem"
        self.server.certificates.write(self.ca_path)
        self._thread.start()
        try:
            self._run(self.server.start(self._wanted_port))
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self.server.stop())
        self._end()
        if self.server.failures and error is None:
            raise self.server.failures[0]

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=30)
        self._loop.close()
        self._folder.cleanup()

    @property
    def proxy_url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def env(self) -> dict[str, str]:
        """The environment of a process that shall live in this internet; loopback itself stays direct."""
        proxied = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), self.proxy_url)
        trusted = {name: str(self.ca_path) for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")}
        direct = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
        return {**os.environ, **proxied, **trusted, **direct}

    def session(self) -> requests.Session:
        """Return a client that lives in this internet. Close it, or use `with`."""
        session = requests.Session()
        session.trust_env = False
        session.proxies = {"http": self.proxy_url, "https": self.proxy_url}
        session.verify = str(self.ca_path)
        return session

    def direct_url(self, host: str, path: str) -> str:
        """Return an address that needs neither proxy nor TLS."""
        return f"{self.proxy_url}/~{host}{path}"

    def page(self, address: str, page: str | Answer | Callable[[Request], Answer]) -> None:
        """Put a page at an address (`https://www.acme.example/careers`), of a host that need not exist otherwise."""
        place = address.removeprefix("https://")
        self.server.origin.pages[place] = html_answer(page) if isinstance(page, str) else page

    @property
    def requests(self) -> list[Seen]:
        """Every request so far, the oldest first; the control endpoint's among them."""
        return list(self.server.log)

    def counts(self) -> Counter[tuple[str, int]]:
        """Return how many requests there were by (host, status); status 0 is a cut or refused connection."""
        return Counter((seen.host, seen.status) for seen in self.requests)

    def asked(self, company: str | Company) -> list[Seen]:
        """Return the requests for a company's board."""
        slug = self.world[company].slug
        return [seen for seen in self.requests if seen.company == slug]

    def advance(self, rounds: int = 1) -> list[Change]:
        """Let time pass; return what changed."""
        return self.world.advance(rounds)

    def fault(
        self, target: str | Company, kind: str, *, requests: int | None = None, after: int = 0, path: str = "",
        **options: Any,
    ) -> Fault:  # fmt: skip
        """Set a fault on a company, a host, or `*`: for so many requests after so many, else until cleared."""
        company = target if isinstance(target, Company) else self.world.get(target)
        name, vendor = (company.slug, company.vendor) if company else (target, None)
        return self.faults.add(name, kind, vendor=vendor, requests=requests, after=after, path=path, **options)

    def clear(self, target: str | Company | None = None) -> None:
        """Remove the faults of a company or host, or all."""
        company = target if isinstance(target, Company) or target is None else self.world.get(target)
        self.faults.clear(company.slug if company else target)
