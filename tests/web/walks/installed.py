"""A whole installation for one walk: the API on loopback, a worker and beat as people start them, and their world."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from redis import Redis

from tests.e2e.installation import ROOT, wait_for
from worker import heartbeat
from worker.local.process import end_group, spawn

BRISK = {
    "ROLECALL_PACE_SCALE": "100",
    "ROLECALL_RETRY_SECONDS": "0.2",
    "ROLECALL_MAX_ATTEMPTS": "5",
    "ROLECALL_REQUEST_SECONDS": "30",
    "ROLECALL_SWEEP_SECONDS": "3",
    "ROLECALL_SCAN_INTERVAL": "86400",
}
"""Hosts that are read fast, a beat that looks often, and no scan but those that the walk asks for."""
_STOP_SECONDS = 20


class Program:
    """One of Rolecall's processes."""

    def __init__(self, arguments: list[str], env: Mapping[str, str], log: Path) -> None:
        self._command, self._env, self._log = [sys.executable, "-m", *arguments], env, log
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._running = spawn(self._command, env=self._env, cwd=ROOT, stdout=log)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        running, self._running = self._running, None
        if running is None:
            return
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            end_group(running)


class Installed:
    """An installation: its address, the environment of its processes, and the worker, which may stop and come back."""

    def __init__(self, url: str, env: Mapping[str, str], folder: Path, redis: Redis) -> None:
        self.url, self._env, self._redis = url, env, redis
        self.worker = self._celery(folder, "worker", "-c", "8", "--without-mingle", "--without-gossip")
        self.beat = self._celery(folder, "beat", "--schedule", str(folder / "schedule"), "--pidfile=")

    def wait_for_worker(self) -> None:
        """Return once a worker says that it is there."""
        wait_for(lambda: bool(heartbeat.seen(self._redis)), "the worker to be there")

    def command(self, *arguments: str) -> str:
        """Return what a command of `rolecall` prints."""
        command = [sys.executable, "-m", "worker.cli", *arguments]
        return subprocess.check_output(command, env=self._env, cwd=ROOT, text=True, timeout=60)

    def _celery(self, folder: Path, *arguments: str) -> Program:
        return Program(["celery", "--quiet", "-A", "worker", *arguments], self._env, folder / f"{arguments[0]}.log")


@contextmanager
def running(installed: Installed) -> Iterator[Installed]:
    """Run the worker and beat; both have ended afterwards."""
    with ExitStack() as held:
        for program in (installed.worker, installed.beat):
            held.callback(program.stop)
            program.start()
        installed.wait_for_worker()
        yield installed
