"""Start the stand-in stack, watch it, and look at what is left of it."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import worker
from worker.local.ports import free_port

CHECKOUT = Path(worker.__file__).parent.parent


class Stack:
    """A running stand-in and what it said so far."""

    def __init__(self, folder, **options):
        options.setdefault("port", free_port())
        self.folder = Path(folder)
        self.port = options["port"]
        self.said = []
        self._lines = queue.SimpleQueue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.local.stand_in", json.dumps({"folder": str(folder), **options})],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=CHECKOUT,
            env={k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, text, seconds=60):
        """Return the first line, from now on, that contains the text."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{text!r} did not come in:\n" + "\n".join(self.said)) from None
            if line is None:
                raise AssertionError(f"it ended without {text!r}:\n" + "\n".join(self.said))
            self.said.append(line)
            if text in line:
                return line

    def interrupt(self, number=signal.SIGINT):
        self.process.send_signal(number)

    def ended(self, seconds=60):
        """Wait for its end; return the exit code."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError("it did not end:\n" + "\n".join(self.said)) from None
        self._reader.join(5)
        while (line := self._lines.get()) is not None:
            self.said.append(line)
        return code


@contextmanager
def stack(folder, *, alone=True, **options):
    """A stand-in that is gone afterwards, whatever happens. `alone`: no other one works in the folder."""
    started = Stack(folder, **options)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.kill()
        started.process.wait(30)
        started._reader.join(10)
        started.process.stdout.close()
        if alone:
            until(lambda: not processes_of(folder), 30, "processes were left")


def processes_of(folder):
    """Ids and commands of the processes that work in this folder or name it on their command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            cwd = str((entry / "cwd").readlink())
        except OSError:
            continue
        if f"{folder}" in command or cwd.startswith(f"{folder}"):
            found[int(entry.name)] = command
    return found


def until(condition, seconds, otherwise):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)
