"""The supervisor over children of a few lines, without servers."""

import asyncio
import io
import os
import re
import signal
import sys
import time

import pytest

from worker.errors import StartRefused
from worker.local.child import Child, Stage
from worker.local.log import KEPT_FILES, LONGEST_LINE, TAIL_LINES, Lines, Log
from worker.local.supervisor import Backoff, Supervisor

READY = "print('ready', flush=True)\n"
SLEEP = "import time\ntime.sleep(60)\n"
DEAF = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"


class Watched:
    """A supervisor, what it said and what its children printed."""

    def __init__(self, folder, backoff=None):
        self.said = []
        self.terminal = io.StringIO()
        self.log = Log(folder / "log", self.terminal)
        self.supervisor = Supervisor(self.log, self.said.append, backoff)

    def child(self, program, name="part", stage=Stage.WORKERS, **more):
        return Child(name, (sys.executable, "-I", "-c", program), stage, **{"steady_seconds": 0, **more})

    def printed(self, text):
        return lambda: text in self.terminal.getvalue()

    async def until(self, condition, seconds=10):
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - processes set no event
                await asyncio.sleep(0.01)


@pytest.fixture
def watched(tmp_path):
    """Run a test's coroutine with a supervisor that is stopped at the end."""

    def run(test, **options):
        async def body():
            watched = Watched(tmp_path, **options)
            try:
                await test(watched)
            finally:
                watched.supervisor.hurried.set()
                await watched.supervisor.stop()
                watched.log.close()

        asyncio.run(body())

    return run


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_that_dies_is_started_again_after_longer_and_longer_pauses(watched):
    async def test(w):
        await w.supervisor.start(w.child("print('lived')"))
        await w.until(lambda: len(w.said) >= 4)
        assert [line.removeprefix("part ended (exit code 0); it is started again in ") for line in w.said[:4]] == [
            "0.01 s.",
            "0.02 s.",
            "0.04 s.",
            "0.04 s.",
        ]
        assert w.terminal.getvalue().count("part     | lived\n") >= 4

    async def settled(w):
        w.supervisor.settle()
        await test(w)

    watched(settled, backoff=Backoff(first=0.01, longest=0.04))


def test_a_child_that_lived_long_enough_is_forgiven():
    backoff = Backoff()
    pauses = [None]
    for lived in (0, 0, 0, 0, 0, 0, 59, 60, 0):
        pauses.append(backoff.following(pauses[-1], lived))
    assert pauses[1:] == [1, 2, 4, 8, 16, 30, 30, 1, 2]


def test_a_child_that_answers_again_is_announced(watched):
    async def test(w):
        w.supervisor.settle()
        await w.supervisor.start(w.child("import time\ntime.sleep(0.3)", ready=lambda: True))
        await w.until(lambda: "part answers again." in w.said)

    watched(test, backoff=Backoff(first=0.01))


def test_a_pause_does_not_hold_up_the_stop(watched):
    async def test(w):
        w.supervisor.settle()
        await w.supervisor.start(w.child("pass"))
        await w.until(lambda: w.said)
        began = time.monotonic()
        await w.supervisor.stop()
        assert time.monotonic() - began < 10

    watched(test, backoff=Backoff(first=60))


def test_stages_stop_one_after_the_other(watched):
    async def test(w):
        slow = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), sys.exit()))\n"
        last = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: (print('asked'), sys.exit()))\n"
        first = slow + "import atexit\natexit.register(print, 'gone')\n" + READY + SLEEP
        await w.supervisor.start(
            w.child(last + READY + SLEEP, "last", Stage.DATABASE, ready=w.printed("last     | ready")),
            w.child(first, "first", Stage.TRIGGERS, ready=w.printed("first    | ready")),
        )
        await w.supervisor.stop()
        lines = w.terminal.getvalue().splitlines()
        assert lines.index("first    | gone") < lines.index("last     | asked")

    watched(test)


def test_a_deaf_child_is_urged_and_at_last_killed(watched):
    async def test(w):
        deaf = DEAF + "signal.signal(signal.SIGQUIT, lambda *_: print('urged', flush=True))\n" + READY
        deaf += "while True: signal.pause()"
        urge = ((0.3, signal.SIGQUIT), (0.8, signal.SIGKILL))
        await w.supervisor.start(w.child(deaf, ready=w.printed("ready"), urge=urge))
        began = time.monotonic()
        await w.supervisor.stop()
        assert 0.8 <= time.monotonic() - began < 10
        assert "part     | urged" in w.terminal.getvalue()

    watched(test)


def test_a_hurry_does_not_wait(watched):
    async def test(w):
        await w.supervisor.start(w.child(DEAF + READY + SLEEP, ready=w.printed("ready"), urge=()))
        stopping = asyncio.create_task(w.supervisor.stop())
        await asyncio.sleep(0.2)
        assert not stopping.done()
        w.supervisor.hurried.set()
        async with asyncio.timeout(15):
            await stopping

    watched(test)


def test_what_a_child_started_does_not_outlive_it(watched):
    async def test(w):
        program = "import subprocess, sys\n"
        program += "p = subprocess.Popen([sys.executable, '-I', '-c', 'import time; time.sleep(60)'])\n"
        program += "print('grandchild', p.pid, flush=True)\n" + SLEEP
        await w.supervisor.start(w.child(program, ready=w.printed("grandchild")))
        grandchild = int(w.terminal.getvalue().split()[-1])
        assert alive(grandchild)
        await w.supervisor.stop()
        await w.until(lambda: not alive(grandchild))

    watched(test)


def test_one_who_left_the_group_and_goes_on_talking_does_not_hold_up_the_end(watched):
    async def test(w):
        program = "import subprocess, sys\n"
        program += "p = subprocess.Popen([sys.executable, '-I', '-c', 'while True: print(0)'],"
        program += " start_new_session=True)\nprint('away', p.pid, flush=True)\n" + SLEEP
        await w.supervisor.start(w.child(program, ready=w.printed("away")))
        async with asyncio.timeout(15):
            await w.supervisor.stop()
        os.kill(int(re.search(r"away (\d+)", w.terminal.getvalue())[1]), signal.SIGKILL)

    watched(test)


def test_a_child_that_is_not_ready_in_time_ends_the_start(watched):
    async def test(w):
        late = w.child("print('so far', flush=True)\n" + SLEEP, ready=lambda: False, ready_seconds=0.5)
        with pytest.raises(StartRefused, match=r"^part did not answer within 0 s\. Its last lines:\nso far$"):
            await w.supervisor.start(late)

    watched(test)


def test_a_child_that_ends_while_starting_ends_the_start_at_once(watched):
    async def test(w):
        waiting = w.child(SLEEP, "other", ready=lambda: False)
        with pytest.raises(StartRefused, match=r"^part ended while starting \(exit code 7\)\. It printed nothing\.$"):
            await w.supervisor.start(waiting, w.child("raise SystemExit(7)"))

    watched(test)


def test_a_program_that_is_not_there_is_named(watched):
    async def test(w):
        with pytest.raises(StartRefused, match="No such file or directory: '/nonexistent'"):
            await w.supervisor.start(Child("part", ("/nonexistent",), Stage.WORKERS, ready=lambda: False))

    watched(test)


def test_a_command_is_run_to_its_end_and_given_up_when_late(watched):
    async def test(w):
        await w.supervisor.run(w.child("print('done')"))
        assert "done" in w.terminal.getvalue()
        with pytest.raises(StartRefused, match="part did not finish within 0 s"):
            await w.supervisor.run(w.child(SLEEP, ready_seconds=0.3))

    watched(test)


def test_children_do_not_hear_the_terminal_and_read_nothing(watched):
    async def test(w):
        program = "import os, sys\nprint('alone', os.getsid(0) == os.getpid(), repr(sys.stdin.read()))\n"
        await w.supervisor.run(w.child(program))
        assert "alone True ''" in w.terminal.getvalue()

    watched(test)


def test_lines_are_cut_where_they_end_or_grow_too_long():
    lines = Lines()
    assert lines.feed(b"one\r\ntw") == ["one"]
    assert lines.feed(b"o\n\nthree") == ["two", ""]
    assert lines.feed(b"x" * LONGEST_LINE) == ["three" + "x" * LONGEST_LINE]
    assert lines.feed(b"\xff") == []
    assert (lines.end(), lines.end()) == (["\N{REPLACEMENT CHARACTER}"], [])


def test_a_log_colours_names_keeps_a_tail_and_lets_no_control_characters_through(tmp_path):
    terminal = io.StringIO()
    log = Log(tmp_path, terminal, colour=True)
    for number in range(TAIL_LINES + 5):
        log.line("api", f"\x1b[31mrow\x1b[0m {number}\x07\x9b")
    log.close()
    assert terminal.getvalue().splitlines()[0] == "\x1b[36mapi      | \x1b[0mrow 0??"
    assert log.tail("api").splitlines()[0] == "row 5??"
    assert (tmp_path / "api.log").read_text().count("\n") == TAIL_LINES + 5


def test_older_logs_are_kept_for_a_while(tmp_path):
    for start in range(KEPT_FILES + 2):
        log = Log(tmp_path, io.StringIO())
        log.line("api", f"start {start}")
        log.close()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "api.log": "start 4\n",
        "api.log.1": "start 3\n",
        "api.log.2": "start 2\n",
        "api.log.3": "start 1\n",
    }


def test_a_terminal_that_went_away_costs_nothing_but_the_view(tmp_path):
    terminal = io.StringIO()
    terminal.close()
    log = Log(tmp_path, terminal)
    log.line("api", "still here")
    log.close()
    assert (tmp_path / "api.log").read_text() == "still here\n"
