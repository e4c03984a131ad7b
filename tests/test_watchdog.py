"""The watchdog, in a process of its own: it ends the process it is in."""

import os
import signal
import subprocess
import sys
import time

import pytest

from worker import watchdog

AROUND = """
import os, sys, threading, time
from worker import watchdog
watchdog.start(grace=float(sys.argv[1]), period=0.01)
"""
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("ROLECALL_")},
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "ROLECALL_LEASE_SECONDS": "0.05",
}


def run(program: str, *, grace: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AROUND + program, str(grace)],
        capture_output=True,
        text=True,
        timeout=30,
        env=ENVIRONMENT,
        check=False,
    )


def test_a_process_with_an_overdue_task_ends_and_says_which():
    ended = run("watchdog.begin('task-17'); time.sleep(60)", grace=0.1)
    assert ended.returncode == watchdog.EXIT_CODE == os.EX_SOFTWARE
    assert "task-17" in ended.stdout + ended.stderr
    assert "outlived" in ended.stdout + ended.stderr


def test_it_ends_although_another_thread_holds_on():
    held = "threading.Thread(target=time.sleep, args=(60,)).start(); watchdog.begin('x'); sys.exit()"
    assert run(held, grace=0.1).returncode == watchdog.EXIT_CODE


def test_it_ends_although_nothing_can_be_written():
    assert run("watchdog.begin('x'); os.close(1); os.close(2); time.sleep(60)", grace=0.1).returncode == 70


def test_tasks_that_end_in_time_keep_the_process_alive():
    busy = """
for number in range(60):
    watchdog.begin(str(number)); time.sleep(0.01); watchdog.end(str(number))
watchdog.end('never begun')
time.sleep(0.1)
print('alive')
"""
    ended = run(busy, grace=5.0)
    assert (ended.returncode, ended.stdout) == (0, "alive\n")


def test_it_watches_from_the_lease_and_a_grace_on():
    long_lease = {**ENVIRONMENT, "ROLECALL_LEASE_SECONDS": "3600"}
    process = subprocess.Popen(
        [sys.executable, "-c", AROUND + "watchdog.begin('x'); print('begun', flush=True); time.sleep(60)", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=long_lease,
    )
    assert process.stdout is not None
    with process:
        assert process.stdout.readline() == "begun\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.send_signal(signal.SIGKILL)


def test_only_tasks_over_the_limit_are_overdue():
    watchdog.begin("old")
    time.sleep(0.02)
    watchdog.begin("new")
    try:
        assert watchdog.overdue(0.01) == ["old"]
        assert sorted(watchdog.overdue(-1)) == ["new", "old"]
        assert watchdog.overdue(3600) == []
    finally:
        watchdog.end("old")
        watchdog.end("new")
    assert watchdog.overdue(-1) == []
