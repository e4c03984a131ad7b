"""`rolecall up`: both servers, then every part of Rolecall, until Ctrl-C."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from worker.errors import StartRefused
from worker.local import children, postgres, valkey
from worker.local.account import Account, server_account
from worker.local.child import Child, Stage
from worker.local.children import Plan, reachable
from worker.local.folder import locked, make_folder, secret, server_home
from worker.local.log import Log
from worker.local.options import StackOptions
from worker.local.ports import LOOPBACK, refuse_taken_port
from worker.local.postgres import Postgres
from worker.local.programs import find_programs
from worker.local.running import RunningStack, forget
from worker.local.supervisor import Supervisor
from worker.local.valkey import Valkey

__all__ = ["StackOptions", "run"]

Announce = Callable[[str], None]
OnReady = Callable[[RunningStack], None]
Planner = Callable[[StackOptions, RunningStack], Plan]

FLOWER_USER = "rolecall"
GIVEN_SERVER_SECONDS = 5.0
SERVER_SECONDS = 120.0  # a crash recovery or a long append-only file takes its time
POSTGRES_URGE = ((13.5, signal.SIGQUIT), (14.5, signal.SIGKILL))
VALKEY_URGE = ((13.0, signal.SIGKILL),)


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
        with _plain_refusals(folder):
            make_folder(folder, 0o711 if os.geteuid() == 0 else 0o700)
            held.enter_context(locked(folder))
            _refuse_taken_ports(options)
            options = replace(options, folder=folder, flower_basic_auth=_flower_login(options, folder))
            log = Log(folder / "log", stream, colour=stream.isatty() and "NO_COLOR" not in os.environ)
            held.enter_context(closing(log))
            announce = _unbreakable(announce or log.say)
            servers = _Servers.of(options, held, announce)
        asyncio.run(_Stack(options, servers, log, announce, on_ready, planner).run())
    announce(f"Rolecall has stopped. Its data stay in {servers.home or 'the servers you gave it'}.")
    return 0


class _Servers:
    """The two servers: each our own, or the one the person gave."""

    def __init__(self, options: StackOptions, home: Path | None, account: Account | None) -> None:
        self.home = home
        self._options = options
        self._account = account
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None

    @classmethod
    def of(cls, options: StackOptions, held: ExitStack, announce: Announce) -> "_Servers":
        """Find the place for the data of those that are our own, and hold it."""
        if options.database_url and options.redis_url:
            return cls(options, None, None)
        account = server_account()
        home = server_home(options.folder, account)
        if home != options.folder:
            held.enter_context(locked(home))
            name = account.name if account else "the servers"
            announce(f"The databases' files are in {home}, because the account {name} cannot enter {options.folder}.")
        return cls(options, home, account)

    async def start(self, supervisor: Supervisor) -> tuple[str, str]:
        """Start our own ones and return both addresses, each of which answers."""
        await asyncio.to_thread(self._prepare)
        await supervisor.start(*self._children())
        if self._postgres:
            await asyncio.to_thread(self._postgres.create_database)
        return await self._database_url(), await self._redis_url()

    def _prepare(self) -> None:
        if self.home is None:
            return
        with _plain_refusals(self.home):
            programs = find_programs(self._account, self.home)
            if not self._options.redis_url:
                self._valkey = Valkey(self.home, programs, self._account)
                self._valkey.prepare()
            if not self._options.database_url:
                self._postgres = Postgres(self.home, programs, self._account)
                self._postgres.prepare()

    def _children(self) -> Iterator[Child]:
        if self._postgres:
            yield Child(
                "postgres",
                self._postgres.argv,
                Stage.DATABASE,
                cwd=self.home,
                account=self._account,
                ready=self._postgres.answers,
                ready_seconds=SERVER_SECONDS,
                stop=signal.SIGINT,  # fast shutdown: open transactions are rolled back
                urge=POSTGRES_URGE,
                hurry=signal.SIGINT,
                on_our_death=signal.SIGINT,
            )
        if self._valkey:
            yield Child(
                "valkey",
                self._valkey.argv,
                Stage.QUEUE,
                cwd=self.home,
                account=self._account,
                ready=self._valkey.answers,
                ready_seconds=SERVER_SECONDS,
                urge=VALKEY_URGE,
                hurry=signal.SIGTERM,
                on_our_death=signal.SIGTERM,
            )

    async def _database_url(self) -> str:
        if self._postgres:
            return self._postgres.url
        url = self._options.database_url or ""
        await _until_it_answers("DATABASE_URL", url, postgres.trouble)
        return url

    async def _redis_url(self) -> str:
        if self._valkey:
            return self._valkey.url
        url = self._options.redis_url or ""
        await _until_it_answers("REDIS_URL", url, valkey.trouble)
        return url


class _Stack:
    """One run of the stack, from the first server to the last goodbye."""

    def __init__(
        self,
        options: StackOptions,
        servers: _Servers,
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
        text = f"Rolecall is ready: {running.api_url} (API, docs at {running.api_url}/docs)"
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
    host = reachable(options.host)
    return RunningStack(
        pid=os.getpid(),
        database_url=database_url,
        redis_url=redis_url,
        api_url=f"http://{f'[{host}]' if ':' in host else host}:{options.port}",
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


async def _until_it_answers(name: str, url: str, trouble: Callable[[str], str | None]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + GIVEN_SERVER_SECONDS
    while (said := await asyncio.to_thread(trouble, url)) is not None:
        if loop.time() > deadline:
            place = urlsplit(url)
            raise StartRefused(f"{name} is set, but the server at {place.hostname}:{place.port} does not serve: {said}")
        await asyncio.sleep(0.5)


@contextmanager
def _plain_refusals(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise StartRefused(
            f"Rolecall cannot keep its data in {folder} ({what}); give yourself the right to write there, or choose "
            "another folder with --folder."
        ) from None
