"""A real server in a process of its own, for benchmarks: the application without limits on how often one may ask."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from fastapi import FastAPI
from limits import parse

from api import limiting
from api.app import create_app, prepare

SECONDS_TO_START = 30


def unlimited() -> FastAPI:
    """Return the application; `uvicorn --factory bench.serving:unlimited` runs it."""
    for limit in ("_REQUESTS", "_SIGN_INS", "_DRY_RUNS"):
        setattr(limiting, limit, parse("1000000/second"))  # an override would cost each request 20 ms
    return create_app(on_start=prepare)


@contextmanager
def served() -> Iterator[str]:
    """Run the application with this process's environment; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", "bench.serving:unlimited", "--port", str(port)]
    server = subprocess.Popen([*command, "--log-level", "warning"])
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/healthz", server)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended"
        try:
            if requests.get(url, timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")
