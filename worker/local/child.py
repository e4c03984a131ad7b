"""A child of the local stack, as data."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from worker.local.account import Account


class Stage(IntEnum):
    """When a child is stopped: what brings new work first, what the others need last."""

    TRIGGERS = 1
    WORKERS = 2
    MONITORS = 3
    QUEUE = 4
    DATABASE = 5


@dataclass(frozen=True, slots=True)
class Child:
    """One process to start, keep alive and stop."""

    name: str
    argv: tuple[str, ...]
    stage: Stage
    env: Mapping[str, str] = field(default_factory=dict)
    """Set in addition to our own environment."""
    cwd: Path | None = None
    account: Account | None = None
    ready: Callable[[], bool] | None = None
    """Asked, in a thread, until it says True. None: ready once it has lived for `steady_seconds`."""
    steady_seconds: float = 3.0
    ready_seconds: float = 60.0
    stop: signal.Signals = signal.SIGTERM
    """The polite way, when the stage's turn has come."""
    urge: tuple[tuple[float, signal.Signals], ...] = ((8.0, signal.SIGKILL),)
    """What follows if it still runs so many seconds after the stop of the whole stack began."""
    hurry: signal.Signals = signal.SIGKILL
    """What it gets when the person is in a hurry."""
    on_our_death: signal.Signals = signal.SIGKILL
    """What the kernel sends it when the supervisor itself is killed (Linux)."""
