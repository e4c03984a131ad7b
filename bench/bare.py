"""The other sides of the comparison: a bare Celery task that only GETs, and the seed of the idea, five threads."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

import requests
from celery import Celery

app = Celery("bare")
app.config_from_object("celeryconfig")
app.conf.imports = ()

_local = threading.local()


@app.task(name="bare.get")
def get(url: str) -> None:
    """GET with `requests`, a session per thread, as its documentation shows."""
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    response = _local.session.get(url, timeout=30)
    response.raise_for_status()
    _ = response.content


@app.task(name="bare.nothing")
def nothing() -> None:
    """What Celery itself costs."""


def fetch(url: str) -> int:
    """GET as the seed of the idea did."""
    response = requests.get(url, timeout=30)
    response.raise_for_status()
    return len(response.content)


if __name__ == "__main__":
    with ThreadPoolExecutor(max_workers=5) as threads:
        done = [
            future.result() for future in as_completed(threads.submit(fetch, url) for url in sys.stdin.read().split())
        ]
    sys.stdout.write(f"{len(done)} {os.times().user + os.times().system}\n")
