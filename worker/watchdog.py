"""Threads have no time limits: a process with a task that outlives every deadline ends itself, to be started anew.

Its runs' leases expire and other workers take them over; nothing is lost by ending.
"""

import os
import threading
import time

import structlog

from worker.settings import get_settings

log = structlog.get_logger()

_GRACE = 60.0
_PERIOD = 5.0
EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h."""

_began: dict[str, float] = {}


def begin(task_id: str) -> None:
    """Note that a task has begun."""
    _began[task_id] = time.monotonic()


def end(task_id: str) -> None:
    """Note that a task has ended."""
    _began.pop(task_id, None)


def start(*, grace: float = _GRACE, period: float = _PERIOD) -> None:
    """Watch this process's tasks from a thread of its own: every `period` seconds, for some past lease and grace."""
    limit = get_settings().lease_seconds + grace
    threading.Thread(target=_watch, args=(limit, period), name="watchdog", daemon=True).start()


def overdue(limit: float) -> list[str]:
    """Return the tasks that have been running for over `limit` seconds."""
    now = time.monotonic()
    return [task_id for task_id, began in list(_began.items()) if now - began > limit]


def _watch(limit: float, period: float) -> None:
    while True:
        time.sleep(period)
        if late := overdue(limit):
            try:
                log.critical("a task outlived the hard limit; this process ends", tasks=late, seconds=limit)
            finally:  # also when there is nowhere to write it
                os._exit(EXIT_CODE)
