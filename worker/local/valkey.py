"""One Valkey server: its configuration, how it is started and asked. Running it is the caller's."""

import signal
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from worker.errors import StartRefused
from worker.local.account import Account, give
from worker.local.ports import LOOPBACK, kept_port
from worker.local.process import end_leftover
from worker.local.programs import Programs
from worker.private_files import make_folder, secret, write_private

STOP_LEFTOVER = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))


class Valkey:
    """A server with data in `home`/valkey and a generated password, on a loopback port that it keeps."""

    def __init__(self, home: Path, programs: Programs, account: Account | None, *, durable: bool = True) -> None:
        self.data = home / "valkey"
        self.durable = durable
        self._program = programs.valkey
        self._account = account
        self._password_file = make_folder(home / "passwords", 0o700) / "valkey"
        self._port_file = home / "valkey.port"
        self._config = self.data / "valkey.conf"
        self.port = 0

    def prepare(self) -> None:
        """Stop a server left behind on the data, choose the port and write the configuration."""
        if not self.data.exists():
            give(make_folder(self.data, 0o700), self._account)
        self._check()
        self._stop_leftover()
        self.port = kept_port(self._port_file)
        write_private(self._config, self._configuration())
        give(self._config, self._account)

    @property
    def argv(self) -> tuple[str, ...]:
        """The command that starts the server. No secret is in it."""
        return (str(self._program), str(self._config))

    @property
    def url(self) -> str:
        """Address and password of database 0."""
        return f"redis://:{secret(self._password_file)}@{LOOPBACK}:{self.port}/0"

    def answers(self) -> bool:
        """Say whether the server takes commands; while it loads its data it does not."""
        return trouble(self.url) is None

    def _configuration(self) -> str:
        settings = {
            "bind": LOOPBACK,
            "protected-mode": "yes",
            "port": str(self.port),
            "requirepass": secret(self._password_file),
            "dir": _quoted(self.data),
            "pidfile": _quoted(self.data / "valkey.pid"),
            "appendonly": "yes",
            "appendfsync": "everysec" if self.durable else "no",
            "save": '""',  # the append-only file is the one copy on disk
            "maxmemory-policy": "noeviction",  # an evicted message would be a lost task
            "daemonize": "no",
            "set-proc-title": "no",  # so that a server left behind is recognised by its command line
            "always-show-logo": "no",
            "loglevel": "warning",
        }
        return "# Written by Rolecall at every start.\n" + "".join(f"{k} {v}\n" for k, v in settings.items())

    def _check(self) -> None:
        uid, wanted = self.data.stat().st_uid, self._account.uid if self._account else None
        if wanted is not None and uid != wanted:
            raise StartRefused(
                f"{self.data} belongs to user {uid}, but Valkey would run as {wanted}; start Rolecall as the user who "
                "made it, or choose another folder with --folder."
            )

    def _stop_leftover(self) -> None:
        try:
            pid = int((self.data / "valkey.pid").read_text())
        except (FileNotFoundError, ValueError):
            return
        if not end_leftover(pid, str(self._config), STOP_LEFTOVER):
            raise StartRefused(f"A Valkey of an earlier start (process {pid}) does not stop; end it and try again.")


def trouble(url: str) -> str | None:
    """Return why the Redis or Valkey behind the address takes no commands, None if it does."""
    try:
        client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))
    except ValueError as error:
        return str(error)
    try:
        client.ping()
    except redis.RedisError as error:
        return str(error)
    finally:
        client.close()
    return None


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
