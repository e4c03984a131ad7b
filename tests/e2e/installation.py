"""A whole installation of real processes: Celery workers and beat as people start them, on servers of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.boards import Internet

ROOT = Path(__file__).parents[2]

IMPATIENT = {
    "ROLECALL_PACE_SCALE": "1000",
    "ROLECALL_RETRY_SECONDS": "0.2",
    "ROLECALL_RUN_SECONDS": "6",
    "ROLECALL_REQUEST_SECONDS": "5",
    "ROLECALL_LEASE_SECONDS": "8",
    "ROLECALL_LOST_SECONDS": "3",
    "ROLECALL_SWEEP_SECONDS": "2",
    "ROLECALL_MAX_ATTEMPTS": "20",
}
"""Times short enough to see leases expire and sweeps find what was lost; the order among them is the real one."""


class Process:
    """One `celery -A worker …` process."""

    def __init__(self, arguments: list[str], env: dict[str, str], log: IO[bytes]) -> None:
        self._command = [sys.executable, "-m", "celery", "-A", "worker", *arguments]
        self._env, self._log = env, log
        self.running = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, cwd=ROOT, env=self._env, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def kill(self) -> None:
        """End it as a power cut would, and start it anew."""
        self.running.kill()
        self.running.wait()
        self.running = self._start()

    def stop(self) -> None:
        """End it for good."""
        if self.running.poll() is None:
            self.running.send_signal(signal.SIGTERM)
            try:
                self.running.wait(5)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()


@contextmanager
def installation(net: Internet, folder: Path, database_url: str, redis_url: str, *, workers: int = 2
                 ) -> Iterator[list[Process]]:  # fmt: skip
    """Run workers and a beat; yield the workers. The log of all lies in `folder`."""
    env = {**net.env, **IMPATIENT, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    env.pop("PYTEST_CURRENT_TEST", None)
    started: list[Process] = []
    with (folder / "log").open("ab") as log:
        try:
            for number in range(workers):
                options = ["-c", "16", "--hostname", f"w{number}@%h", "--without-mingle", "--without-gossip"]
                started.append(Process(["worker", *options], env, log))
            beat = ["beat", "--schedule", str(folder / "beat"), "--pidfile="]
            started.append(Process(beat, env, log))
            yield started[:-1]
        finally:
            for process in reversed(started):
                process.stop()


def wait_for(happened: Callable[[], bool], what: str, *, seconds: float = 120, every: float = 0.1) -> None:
    """Wait until something has happened; fail with its name when it does not."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, f"waited {seconds:.0f} s for {what}"
        time.sleep(every)


def free_environment() -> dict[str, str]:
    """Return the environment without what points to another installation."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("ROLECALL_", "DATABASE_", "REDIS_"))
    }
