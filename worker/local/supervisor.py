"""Starts children, shows what they print, starts them again when they die and stops them in order.

Everything happens in one thread with an event loop: the kernel ties "kill me when my parent dies" to the thread that
started a process, and nothing here needs a lock.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from worker.errors import StartRefused
from worker.local.child import Child
from worker.local.log import Lines, Log
from worker.local.process import end_group, spawn

WATCH_SECONDS = 0.1
CHUNK_BYTES = 65536
LAST_CHUNKS = 4  # more than a pipe holds


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before a dead child is started again, in seconds."""

    first: float = 1.0
    longest: float = 30.0
    forgiven_after: float = 60.0

    def following(self, last: float | None, lived: float) -> float:
        """Return the next pause, given the last one and how long the child lived since."""
        return self.first if last is None or lived >= self.forgiven_after else min(last * 2, self.longest)


class Supervisor:
    """Keeps children alive between `start` and `stop`."""

    def __init__(self, log: Log, announce: Callable[[str], None], backoff: Backoff | None = None) -> None:
        self.log = log
        self.announce = announce
        self.backoff = backoff or Backoff()
        self._kept: list[_Kept] = []
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._settled = False
        self.stopping = asyncio.Event()
        self.hurried = asyncio.Event()

    async def start(self, *children: Child) -> None:
        """Start the children side by side and return when each is ready.

        Raises StartRefused, with its last lines, when one ends or is not ready in time.
        """
        kept = [_Kept(child, self) for child in children]
        self._kept += kept
        for each in kept:
            each.begin()
        await self._unless_failed(asyncio.gather(*(each.until_ready() for each in kept)))

    async def run(self, child: Child) -> None:
        """Run a command to its end, such as the migrations. Raises StartRefused when it fails or takes too long."""
        await self._unless_failed(asyncio.ensure_future(self._run(child)))

    def settle(self) -> None:
        """The start is over: from now on a child that dies is started again instead of ending everything."""
        if self._failure.done():
            self._failure.result()
        self._settled = True

    async def stop(self) -> None:
        """Stop the children, stage by stage. Afterwards none of them, nor of their process groups, is left.

        Whoever is in a hurry sets `hurried`, before or meanwhile.
        """
        self.stopping.set()
        began = asyncio.get_running_loop().time()
        for stage in sorted({each.child.stage for each in self._kept}):
            await asyncio.gather(*(each.stop(began) for each in self._kept if each.child.stage == stage))
        if self._failure.done():
            self._failure.exception()  # seen, or overtaken by the stop

    def launch(self, child: Child) -> "subprocess.Popen[bytes]":
        """Start the child's process."""
        environment = {**os.environ, **child.env}
        return spawn(child.argv, env=environment, cwd=child.cwd, account=child.account, death_signal=child.on_our_death)

    def may_begin_again(self, child: Child, end: str) -> bool:
        """Take note that a child ended; say whether it is to be started again."""
        if self.stopping.is_set():
            return False
        if not self._settled and not self._failure.done():
            self._failure.set_exception(self.refusal(child, f"ended while starting ({end})"))
        return self._settled

    def refusal(self, child: Child, what: str) -> StartRefused:
        """Return the error for a child that does not work, with what it said last."""
        tail = self.log.tail(child.name)
        return StartRefused(f"{child.name} {what}." + (f" Its last lines:\n{tail}" if tail else " It printed nothing."))

    async def _run(self, child: Child) -> None:
        process = self.launch(child)
        try:
            async with asyncio.timeout(child.ready_seconds):
                await show(process, child.name, self.log)
        except TimeoutError:
            raise self.refusal(child, f"did not finish within {child.ready_seconds:.0f} s") from None
        finally:
            end_group(process)
        if process.returncode != 0:
            raise self.refusal(child, f"failed ({how_it_ended(process.returncode)})")

    async def _unless_failed(self, work: "asyncio.Future[Any]") -> None:
        """Wait for the work, or raise as soon as any child has failed."""
        try:
            await asyncio.wait({work, self._failure}, return_when=asyncio.FIRST_COMPLETED)
            if self._failure.done():
                self._failure.result()
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


class _Kept:
    """One child that is kept alive."""

    def __init__(self, child: Child, supervisor: Supervisor) -> None:
        self.child = child
        self._supervisor = supervisor
        self._process: subprocess.Popen[bytes] | None = None
        self._life: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start the process, and again whenever it dies."""
        self._life = asyncio.create_task(self._live())

    async def until_ready(self) -> None:
        """Return when the child says that it is ready. Raises StartRefused after its time."""
        if self.child.ready is None:
            await asyncio.sleep(self.child.steady_seconds)
            return
        try:
            async with asyncio.timeout(self.child.ready_seconds):
                while not await asyncio.to_thread(self.child.ready):  # noqa: ASYNC110 - nobody tells us
                    await asyncio.sleep(WATCH_SECONDS)
        except TimeoutError:
            late = f"did not answer within {self.child.ready_seconds:.0f} s"
            raise self._supervisor.refusal(self.child, late) from None

    async def stop(self, began: float) -> None:
        """Ask the child to end, urge it as time passes since `began` (the loop's clock), and leave when it has."""
        process = self._process
        if process is not None and process.poll() is None:
            signal_to(process, self.child.stop)
            await self._urge(process, began)
        if self._life is not None:
            await self._life

    async def _urge(self, process: "subprocess.Popen[bytes]", began: float) -> None:
        steps, hurried = list(self.child.urge), False
        while process.poll() is None:
            if steps and asyncio.get_running_loop().time() - began >= steps[0][0]:
                signal_to(process, steps.pop(0)[1])
            if self._supervisor.hurried.is_set() and not hurried:
                hurried = True
                signal_to(process, self.child.hurry)
            await asyncio.sleep(WATCH_SECONDS)

    async def _live(self) -> None:
        clock = asyncio.get_running_loop().time
        pause = None
        while not self._supervisor.stopping.is_set():
            born = clock()
            end = await self._one_life(again=pause is not None)
            if not self._supervisor.may_begin_again(self.child, end):
                return
            pause = self._supervisor.backoff.following(pause, clock() - born)
            self._supervisor.announce(f"{self.child.name} ended ({end}); it is started again in {pause:g} s.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._supervisor.stopping.wait(), pause)

    async def _one_life(self, *, again: bool) -> str:
        """Run the process once and return how it ended."""
        try:
            self._process = self._supervisor.launch(self.child)
        except OSError as error:  # its program went away while we ran
            return str(error)
        telling = asyncio.create_task(self._tell_when_back()) if again else None
        try:
            await show(self._process, self.child.name, self._supervisor.log)
        finally:
            if telling:
                telling.cancel()
            end_group(self._process)
        return how_it_ended(self._process.returncode)

    async def _tell_when_back(self) -> None:
        if self.child.ready:
            with contextlib.suppress(StartRefused):  # a late one is only not announced
                await self.until_ready()
                self._supervisor.announce(f"{self.child.name} answers again.")


async def show(process: "subprocess.Popen[bytes]", name: str, log: Log) -> None:
    """Log what the process prints until it has ended, and what is left in the pipe then.

    The end of the process counts, not the end of its output: something it started may keep the pipe open.
    """
    loop, lines = asyncio.get_running_loop(), Lines()
    if process.stdout is None:
        raise ValueError("the process was started without a pipe")
    pipe = process.stdout.fileno()
    os.set_blocking(pipe, False)

    def read() -> bool:
        try:
            data = os.read(pipe, CHUNK_BYTES)
        except BlockingIOError:
            return False
        if not data:
            loop.remove_reader(pipe)
        for line in lines.feed(data):
            log.line(name, line)
        return bool(data)

    loop.add_reader(pipe, read)
    try:
        while process.poll() is None:  # noqa: ASYNC110 - a process sets no event
            await asyncio.sleep(WATCH_SECONDS)
        for _ in range(LAST_CHUNKS):
            if not read():
                break
        for line in lines.end():
            log.line(name, line)
    finally:
        loop.remove_reader(pipe)
        process.stdout.close()


def signal_to(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Send the signal; SIGKILL goes to the whole process group."""
    if number == signal.SIGKILL:
        end_group(process)
    else:
        process.send_signal(number)


def how_it_ended(returncode: int) -> str:
    """Return "exit code 1" or "SIGKILL"."""
    if returncode >= 0:
        return f"exit code {returncode}"
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return f"signal {-returncode}"
