"""Throw-away servers for tests: the real programs, on data that are gone afterwards."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from worker.errors import StartRefused
from worker.local.account import Account, may_enter, server_account
from worker.local.postgres import Postgres
from worker.local.process import end_group, spawn
from worker.local.programs import find_programs
from worker.local.valkey import Valkey

START_SECONDS = 30.0
STOP_SECONDS = 15.0
PLACES = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - mkdtemp makes a folder of its own there


class TemporaryServer:
    """A running server and its address."""

    url: str
    """Postgres: the superuser's. Valkey: database 0."""

    def __init__(self, server: Postgres | Valkey, url: str, account: Account | None, log: Path) -> None:
        self.url = url
        self._server = server
        self._account = account
        self._log = log
        postgres = isinstance(server, Postgres)
        self._clean_stop = signal.SIGINT if postgres else signal.SIGTERM
        # SIGQUIT: the postmaster ends every backend at once and leaves no checkpoint, as in a power cut.
        self._cut = signal.SIGQUIT if postgres else signal.SIGKILL
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it on the same port and data, and return when it answers."""
        with self._log.open("ab") as log:
            self._process = spawn(
                self._server.argv,
                cwd=self._server.data.parent,
                account=self._account,
                stdout=log,
                death_signal=self._cut,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._server.answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._end(self._cut)
                raise StartRefused(f"{self._server.argv[0]} does not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it cleanly. The data stay."""
        self._end(self._clean_stop)

    def kill(self) -> None:
        """End it as a power cut would. The data stay as they are; `start` recovers them."""
        self._end(self._cut)

    def restart(self) -> None:
        """Stop it cleanly and start it again."""
        self.stop()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        end_group(process)


@contextmanager
def temporary_postgres(folder: Path | None = None, *, fast: bool = True) -> Iterator[TemporaryServer]:
    """Yield a fresh PostgreSQL on a free loopback port; it and its data are gone afterwards.

    `fast` leaves out fsync. The data lie in `folder` where the server may go there, else in a temporary folder.
    """
    account = server_account()
    with _home(folder, account) as home:
        server = Postgres(home, find_programs(account, home), account, durable=not fast)
        server.prepare()
        handle = TemporaryServer(server, server.superuser_url, account, home / "postgres.log")
        with _running(handle):
            yield handle


@contextmanager
def temporary_valkey(folder: Path | None = None, *, fast: bool = True) -> Iterator[TemporaryServer]:
    """Yield a fresh Valkey on a free loopback port; it and its data are gone afterwards."""
    account = server_account()
    with _home(folder, account) as home:
        server = Valkey(home, find_programs(account, home), account, durable=not fast)
        server.prepare()
        handle = TemporaryServer(server, server.url, account, home / "valkey.log")
        with _running(handle):
            yield handle


@contextmanager
def _running(handle: TemporaryServer) -> Iterator[None]:
    handle.start()
    try:
        yield
    finally:
        handle.kill()


@contextmanager
def _home(folder: Path | None, account: Account | None) -> Iterator[Path]:
    home = _make_home([folder] if folder else [], account)
    try:
        yield home
    finally:
        shutil.rmtree(home)


def _make_home(wanted: Sequence[Path], account: Account | None) -> Path:
    for place in (*wanted, Path(tempfile.gettempdir()), *PLACES):
        if place.is_dir() and may_enter(account, place):
            home = Path(tempfile.mkdtemp(prefix="rolecall-", dir=place))
            home.chmod(0o711)
            return home
    raise StartRefused("No folder for temporary files can be entered by the servers' account.")
