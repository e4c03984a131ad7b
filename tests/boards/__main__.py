"""Run the simulated internet as a process of its own: `python -m tests.boards --ca ca.pem --list companies.txt`."""

import argparse
import asyncio
import errno
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.boards.certificates import Certificates
from tests.boards.company import Change
from tests.boards.control import described
from tests.boards.faults import Faults
from tests.boards.origin import Origin
from tests.boards.server import Server
from tests.boards.world import World

BUSY_BOARDS = 3
"""How many boards change in a round of a demo, give or take one, however many companies there are."""
VERBS = {"opened": "Opened", "updated": "Updated", "closed": "Closed", "reopened": "Reopened"}


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.boards",
        description="A simulated careers-site internet: an HTTP forward proxy that is every job board behind it.",
        epilog="Point a client at it: HTTPS_PROXY and HTTP_PROXY = its address, REQUESTS_CA_BUNDLE = the --ca file. "
        "Change it from outside at http://boards.control/ (see tests/boards/control.py).",
    )
    parser.add_argument("--port", type=int, default=9443, help="0: any free one (default: %(default)s)")
    parser.add_argument("--ca", type=Path, required=True, help="where to write the certificate authority to trust")
    parser.add_argument("--seed", type=int, default=7, help="equal seeds give equal worlds (default: %(default)s)")
    parser.add_argument("--companies", type=int, default=60, help="(default: %(default)s)")
    parser.add_argument(
        "--every", type=float, default=30, help="seconds between changes; 0: none (default: %(default)s)"
    )
    parser.add_argument("--busy", type=int, default=BUSY_BOARDS, help="boards that change each time, give or take one")
    parser.add_argument("--list", type=Path, help="where to write the companies' addresses, `Name, URL` a line")
    parser.add_argument("--latency", type=float, default=0, help="milliseconds before each answer")
    parser.add_argument(
        "--ready", type=Path, help="written once the proxy listens: JSON with port, proxy, ca, companies"
    )
    return parser.parse_args()


async def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT. Raises OSError when the port is taken or a file cannot be written."""
    world = World(
        options.seed,
        options.companies,
        pace=options.busy / max(1, options.companies),
        start=datetime.now(UTC),
        step=timedelta(seconds=options.every or 30),
    )
    certificates = Certificates()
    server = Server(Origin(world, Faults()), certificates, latency=options.latency / 1000)
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    port = await server.start(options.port)
    try:
        certificates.write(options.ca)
        _announce(options, world, port)
        await _live(world, options.every, stopping)
    finally:
        await server.stop()
        print(f"{_clock()}  Stopped after {len(server.log)} requests.", flush=True)


def _announce(options: argparse.Namespace, world: World, port: int) -> None:
    proxy = f"http://127.0.0.1:{port}"
    if options.list:
        lines = [f"{company.name}, {company.address}\n" for company in world.companies]
        options.list.write_text("# Companies of the simulated internet\n" + "".join(lines), encoding="utf-8")
    postings = sum(len(company.now.roles) for company in world.companies)
    count = len(world.companies)
    print(f"{_clock()}  {count} companies with {postings} postings behind {proxy}; trust {options.ca}", flush=True)
    if options.ready:
        facts = {"port": port, "proxy": proxy, "ca": str(options.ca.resolve()), "companies": count}
        unfinished = options.ready.with_name(f"{options.ready.name}.{os.getpid()}")
        unfinished.write_text(json.dumps(facts), encoding="utf-8")
        unfinished.replace(options.ready)


async def _live(world: World, every: float, stopping: asyncio.Event) -> None:
    """Let the world change every so many seconds, and say what changed, until told to stop."""
    while not stopping.is_set():
        try:
            await asyncio.wait_for(stopping.wait(), every or None)
        except TimeoutError:
            for change in world.advance():
                print(_sentence(world, change), flush=True)


def _sentence(world: World, change: Change) -> str:
    facts = described(world, change)
    return f"{_clock()}  {VERBS[change.kind]}: {facts['title']} at {facts['name']} ({facts['vendor']})"


def _clock() -> str:
    return f"{datetime.now().astimezone():%H:%M:%S}"


def main() -> None:
    """Run, and end with a sentence and status 1 where that is not possible."""
    options = arguments()
    try:
        asyncio.run(run(options))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(f"Port {options.port} is taken; choose another with --port, or 0 for any free one.")
        sys.exit(f"The simulated internet cannot run: {error}.")


if __name__ == "__main__":
    main()
