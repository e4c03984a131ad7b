"""Start a process that cannot outlive whoever started it, and recognise one that somehow did."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from worker.local.account import Account, credentials

PR_SET_PDEATHSIG = 1
KILL_SECONDS = 10.0
# Looked up before any fork: between fork and exec nothing may be imported or resolved.
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    stdout: int | IO[bytes] | None = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start the command in a session of its own, so that the terminal's Ctrl-C does not reach it.

    On Linux it gets `death_signal` when the calling *thread* ends, kill -9 included; call from one that lives long.
    """
    return subprocess.Popen(  # noqa: S603 - the commands are Rolecall's own
        [str(part) for part in argv],
        env=None if env is None else dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        umask=0o077,
        start_new_session=True,
        preexec_fn=_die_with_parent(death_signal),  # noqa: PLW1509 - a single system call, resolved beforehand
        **credentials(account),
    )


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    if _prctl is None:
        return None
    prctl, parent, number = _prctl, os.getpid(), int(death_signal)

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it died before it could be watched
            os._exit(1)

    return in_child


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill what is left of the process and of those it started in its group, and take note of its end."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(KILL_SECONDS)


def command_of(pid: int) -> list[str]:
    """Return the command line of a process in its words; empty if there is none, or none that we may see."""
    try:
        return [os.fsdecode(word) for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return []
    except (ProcessLookupError, PermissionError):
        return []
    listed = subprocess.run(  # noqa: S603 - macOS has no /proc
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
    )
    return listed.stdout.split()


def end_leftover(pid: int, argument: str, steps: Sequence[tuple[signal.Signals, float]]) -> bool:
    """Send each signal in turn, waiting its seconds, until no such process is left. False if one still is."""
    for number, seconds in steps:
        deadline = time.monotonic() + seconds
        if argument in command_of(pid):
            os.kill(pid, number)
        while argument in command_of(pid):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        else:
            return True
    return False
