"""`rolecall up`: both servers, then every part of Rolecall, until Ctrl-C."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from worker.local import children
from worker.local.children import Plan
from worker.local.folder import locked, plain_refusals
from worker.local.log import Log
from worker.local.options import StackOptions
from worker.local.ports import LOOPBACK, refuse_taken_port
from worker.local.running import RunningStack, forget
from worker.local.servers import Servers
from worker.local.supervisor import Supervisor
from worker.private_files import make_folder, secret
from worker.settings import address_of

__all__ = ["StackOptions", "run"]

Announce = Callable[[str], None]
OnReady = Callable[[RunningStack], None]
Planner = Callable[[StackOptions, RunningStack], Plan]

FLOWER_USER = "rolecall"


def run(
    options: StackOptions,
    *,
    announce: Announce | None = None,
    on_ready: OnReady | None = None,
    terminal: TextIO | None = None,
    planner: Planner = children.plan,
) -> int:
    """Run the stack until Ctrl-C or SIGTERM; return 0. Call it from the main thread.

    `announce` is told what happens (without it: a line on the terminal), `on_ready` is called in a thread of its own
    once the API answers, the children's output goes to `terminal` (standard output). Raises StartRefused when the stack
    cannot start; nothing is left then.
    """
    stream = terminal or sys.stdout
    folder = options.folder.absolute()
    with ExitStack() as held:
        with plain_refusals(folder):
            make_folder(folder, 0o711 if os.geteuid() == 0 else 0o700)
            held.enter_context(locked(folder))
            _refuse_taken_ports(options)
            options = replace(options, folder=folder, flower_basic_auth=_flower_login(options, folder))
            log = Log(folder / "log", stream, colour=stream.isatty() and "NO_COLOR" not in os.environ)
            held.enter_context(closing(log))
            announce = _unbreakable(announce or log.say)
            servers = Servers.of(options, held, announce)
        asyncio.run(_Stack(options, servers, log, announce, on_ready, planner).run())
    announce(f"Rolecall has stopped. Its data stay in {servers.home or 'the servers you gave it'}.")
    return 0


class _Stack:
    """One run of the stack, from the first server to the last goodbye."""

    def __init__(
        self,
        options: StackOptions,
        servers: Servers,
        log: Log,
        announce: Announce,
        on_ready: OnReady | None,
        planner: Planner,
    ) -> None:
        self._options = options
        self._servers = servers
        self._log = log
        self._announce = announce
        self._on_ready = on_ready
        self._planner = planner

    async def run(self) -> None:
        supervisor = Supervisor(self._log, self._announce)
        stop_asked = asyncio.Event()
        self._listen(supervisor, stop_asked)
        starting = asyncio.create_task(self._start(supervisor))
        asked = asyncio.create_task(stop_asked.wait())
        try:
            await asyncio.wait({starting, asked}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await asked
            self._announce("Stopping; a second Ctrl-C hurries.")
        finally:
            starting.cancel()
            asked.cancel()
            await asyncio.gather(starting, asked, return_exceptions=True)
            forget(self._options.folder)
            await supervisor.stop()

    def _listen(self, supervisor: Supervisor, stop_asked: asyncio.Event) -> None:
        def asked() -> None:
            if stop_asked.is_set():
                supervisor.hurried.set()
            stop_asked.set()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, asked)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means: stay
            loop.add_signal_handler(signal.SIGHUP, asked)

    async def _start(self, supervisor: Supervisor) -> None:
        self._announce("Starting the databases.")
        database_url, redis_url = await self._servers.start(supervisor)
        running = _running(self._options, database_url, redis_url)
        plan = self._planner(self._options, running)
        await supervisor.run(plan.migrate)
        self._announce("Starting the API, the workers, beat and Flower.")
        await supervisor.start(*plan.children)
        supervisor.settle()
        running.write(self._options.folder)
        self._announce(self._ready(running))
        if self._on_ready:
            threading.Thread(target=self._call_on_ready, args=(running, supervisor), daemon=True).start()

    def _ready(self, running: RunningStack) -> str:
        text = f"Rolecall is ready: open {running.api_url} (the API is described at {running.api_url}/docs)"
        if running.flower_url:
            text += f"  Flower {running.flower_url} ({_who_may_enter(self._options)})"
        return text

    def _call_on_ready(self, running: RunningStack, supervisor: Supervisor) -> None:
        try:
            if self._on_ready:
                self._on_ready(running)
        except Exception as error:  # noqa: BLE001 - the outermost door of this thread; the stack goes on without it
            if not supervisor.stopping.is_set():
                self._announce(f"What was to follow the start failed: {type(error).__name__}: {error}")


def _unbreakable(announce: Announce) -> Announce:
    """Return the same, but a terminal that went away must not keep the stack from stopping in order."""

    def say(text: str) -> None:
        with suppress(OSError, ValueError):
            announce(text)

    return say


def _running(options: StackOptions, database_url: str, redis_url: str) -> RunningStack:
    return RunningStack(
        pid=os.getpid(),
        database_url=database_url,
        redis_url=redis_url,
        api_url=address_of(options.host, options.port),
        flower_url=f"http://{LOOPBACK}:{options.flower_port}" if options.with_flower else None,
    )


def _refuse_taken_ports(options: StackOptions) -> None:
    refuse_taken_port("the API", options.host, options.port, "--port")
    if options.with_flower:
        refuse_taken_port("Flower", LOOPBACK, options.flower_port, "--flower-port")


def _flower_file(folder: Path) -> Path:
    return folder / "passwords" / "flower"


def _flower_login(options: StackOptions, folder: Path) -> str:
    make_folder(folder / "passwords", 0o700)
    return options.flower_basic_auth or f"{FLOWER_USER}:{secret(_flower_file(folder))}"


def _who_may_enter(options: StackOptions) -> str:
    user, _, password = (options.flower_basic_auth or "").partition(":")
    file = _flower_file(options.folder)
    ours = file.exists() and secret(file) == password
    return f"user {user}, password in {file}" if ours else f"user {user}, the password you chose"
