"""The two servers of a stack: each our own, or the one the person gave."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from worker.errors import StartRefused
from worker.local import postgres, valkey
from worker.local.account import Account, server_account
from worker.local.child import Child, Stage
from worker.local.folder import locked, plain_refusals, server_home
from worker.local.options import StackOptions
from worker.local.postgres import Postgres
from worker.local.programs import find_programs
from worker.local.supervisor import Supervisor
from worker.local.valkey import Valkey

GIVEN_SERVER_SECONDS = 5.0
SERVER_SECONDS = 120.0  # a crash recovery or a long append-only file takes its time
POSTGRES_URGE = ((13.5, signal.SIGQUIT), (14.5, signal.SIGKILL))
VALKEY_URGE = ((13.0, signal.SIGKILL),)


class Servers:
    """Both servers, and the place of those that are our own."""

    def __init__(self, options: StackOptions, home: Path | None, account: Account | None) -> None:
        self.home = home
        self._options = options
        self._account = account
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None

    @classmethod
    def of(cls, options: StackOptions, held: ExitStack, announce: Callable[[str], None]) -> "Servers":
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
        with plain_refusals(self.home):
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


async def _until_it_answers(name: str, url: str, trouble: Callable[[str], str | None]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + GIVEN_SERVER_SECONDS
    while (said := await asyncio.to_thread(trouble, url)) is not None:
        if loop.time() > deadline:
            place = urlsplit(url)
            raise StartRefused(f"{name} is set, but the server at {place.hostname}:{place.port} does not serve: {said}")
        await asyncio.sleep(0.5)
