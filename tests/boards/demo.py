"""`make demo`: `rolecall up` over the simulated internet, in a folder of its own."""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from worker.local.process import spawn

FOLDER = Path(".rolecall-demo")
START_SECONDS = 60.0
OUR_OPTIONS = ("every", "companies", "seed")


def main() -> None:
    """Start the simulation, then become `rolecall up`; the simulation ends when that does, however it ends."""
    parser = argparse.ArgumentParser(prog="make demo", description=main.__doc__, allow_abbrev=False)
    parser.add_argument("--every", type=float, default=30, help="seconds between changes (default: %(default)s)")
    parser.add_argument("--companies", type=int, default=60, help="(default: %(default)s)")
    parser.add_argument("--seed", type=int, default=7, help="equal seeds give equal worlds (default: %(default)s)")
    ours, for_up = parser.parse_known_args()
    folder = FOLDER.absolute()
    folder.mkdir(exist_ok=True)
    proxy = start(folder, [f"--{name}={getattr(ours, name)}" for name in OUR_OPTIONS])
    os.environ.update(settings(folder, proxy))
    os.execv(sys.executable, [sys.executable, "-m", "worker.cli", "up", "--folder", str(folder), *for_up])


def start(folder: Path, options: list[str]) -> str:
    """Start the simulation and return its address once it listens. It ends with this process (Linux)."""
    ready = folder / "boards.json"
    ready.unlink(missing_ok=True)
    files = [f"--ca={folder / 'ca.pem'}", f"--list={folder / 'companies.txt'}", f"--ready={ready}"]
    command = [sys.executable, "-m", "tests.boards", "--port=0", *files, *options]
    simulation = spawn(command, stdout=None)
    deadline = time.monotonic() + START_SECONDS
    while not ready.exists():
        if simulation.poll() is not None or time.monotonic() > deadline:
            simulation.kill()
            sys.exit("The simulated internet did not start; what it said stands above.")
        time.sleep(0.05)
    return str(json.loads(ready.read_text())["proxy"])


def settings(folder: Path, proxy: str) -> dict[str, str]:
    """Return the environment that makes the simulation the internet. Small letters too: they win over capitals."""
    proxies = {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "NO_PROXY": "127.0.0.1,localhost"}
    return {
        **proxies,
        **{name.lower(): value for name, value in proxies.items()},
        "REQUESTS_CA_BUNDLE": str(folder / "ca.pem"),
        "ROLECALL_COMPANIES": str(folder / "companies.txt"),
        "ROLECALL_SCAN_INTERVAL": "30",
    }


if __name__ == "__main__":
    main()
