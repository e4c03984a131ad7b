"""One PostgreSQL cluster: how it is made, checked, started and asked. Running it is the caller's."""

import shutil
import signal
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
from psycopg2 import sql

from worker.errors import StartRefused
from worker.local.account import Account, credentials, give, may_enter
from worker.local.ports import LOOPBACK, kept_port
from worker.local.process import command_of, end_leftover
from worker.local.programs import Programs, postgres_major
from worker.private_files import make_folder, secret

SUPERUSER = "postgres"
OWNER = "rolecall"
DATABASE = "rolecall"

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",  # nobody replicates a laptop
    "max_wal_senders": "0",
    "jit": "off",  # queries here are short; compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

ACCESS_RULES = """\
# Written by Rolecall: a password for everyone, this machine only.
host all all 127.0.0.1/32 scram-sha-256
"""

INITDB_SECONDS = 120
STOP_LEFTOVER = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))  # fast, then immediate shutdown


class Postgres:
    """A cluster in `home`/postgres with a generated password, on a port of the loopback address that it keeps."""

    def __init__(self, home: Path, programs: Programs, account: Account | None, *, durable: bool = True) -> None:
        self.data = home / "postgres"
        self.durable = durable
        self._programs = programs
        self._account = account
        self._passwords = make_folder(home / "passwords", 0o700)
        self._port_file = home / "postgres.port"
        self.port = 0

    def prepare(self) -> None:
        """Make the cluster if there is none, stop a server left behind on it, and choose the port.

        Raises StartRefused when the folder holds something that this PostgreSQL must not touch.
        """
        if self.data.exists():
            self._check()
            self._stop_leftover()
        else:
            self._initialise()
        self.port = kept_port(self._port_file)

    @property
    def argv(self) -> tuple[str, ...]:
        """The command that starts the server. No secret is in it."""
        settings = SETTINGS | ({} if self.durable else THROWAWAY_SETTINGS) | {"port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return (str(self._programs.postgres), "-D", str(self.data), *options)

    @property
    def superuser_url(self) -> str:
        """Address and password of the superuser."""
        return self._url(SUPERUSER, SUPERUSER)

    @property
    def url(self) -> str:
        """Address and password of Rolecall's own database, whose owner is no superuser."""
        return self._url(OWNER, DATABASE)

    def answers(self) -> bool:
        """Say whether the server takes queries."""
        return trouble(self.superuser_url) is None

    def create_database(self) -> None:
        """Make Rolecall's role and database unless they are there."""
        with closing(psycopg2.connect(self.superuser_url, connect_timeout=10)) as connection:
            connection.autocommit = True  # CREATE DATABASE has no place in a transaction
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,))
                verb = sql.SQL(
                    "ALTER ROLE {} LOGIN PASSWORD {}" if cursor.fetchone() else "CREATE ROLE {} LOGIN PASSWORD {}"
                )
                cursor.execute(verb.format(sql.Identifier(OWNER), sql.Literal(self._password(OWNER))))
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
                if cursor.fetchone() is None:
                    create = sql.SQL("CREATE DATABASE {} OWNER {}")
                    cursor.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))

    def _password(self, role: str) -> str:
        return secret(self._passwords / f"postgres-{role}")

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{self._password(role)}@{LOOPBACK}:{self.port}/{database}"

    def _initialise(self) -> None:
        """Run initdb beside the final place and move the result there, so that a half-made cluster is never used."""
        unfinished = self.data.with_name("postgres.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = self.data.with_name("postgres.new-password")
        password_file.unlink(missing_ok=True)
        try:
            password_file.touch(mode=0o600)
            password_file.write_text(self._password(SUPERUSER))
            give(password_file, self._account)
            give(make_folder(unfinished, 0o700), self._account)
            self._run_initdb(unfinished, password_file)
            (unfinished / "pg_hba.conf").write_text(ACCESS_RULES)
            unfinished.rename(self.data)
        finally:
            password_file.unlink(missing_ok=True)

    def _run_initdb(self, folder: Path, password_file: Path) -> None:
        command = [str(self._programs.initdb), "-D", str(folder), "-U", SUPERUSER, f"--pwfile={password_file}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"]
        # PostgreSQL's own C.UTF-8: the same everywhere, whatever locales the machine has.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(  # noqa: S603 - a program of the wheel
            [*command, *([] if self.durable else ["--no-sync"])],
            **credentials(self._account),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=INITDB_SECONDS,
        )
        if made.returncode != 0:
            last = "\n".join(made.stdout.splitlines()[-15:])
            raise StartRefused(f"PostgreSQL could not make its data folder {self.data}:\n{last}")

    def _check(self) -> None:
        remedy = "move it away to start with an empty database, or choose another folder with --folder."
        uid, wanted = self.data.stat().st_uid, self._account.uid if self._account else None
        if wanted is not None and uid != wanted:
            raise StartRefused(
                f"{self.data} belongs to user {uid}, but PostgreSQL would run as {wanted}; start Rolecall as the user "
                f"who made it, or {remedy}"
            )
        if not may_enter(self._account, self.data):
            raise StartRefused(
                f"PostgreSQL cannot reach its data in {self.data} as {self._account.name if self._account else 'you'}; "
                f"let it pass through the folders above, or {remedy}"
            )
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
            whole = (self.data / "global" / "pg_control").exists()
        except FileNotFoundError:
            found, whole = "", False
        except PermissionError:
            raise StartRefused(
                f"{self.data} belongs to another user (number {uid}); start Rolecall as that user, or {remedy}"
            ) from None
        if not whole:
            raise StartRefused(f"{self.data} is not a PostgreSQL data folder; {remedy}")
        ours = postgres_major(self._programs, self._account)
        if found != ours:
            raise StartRefused(
                f"{self.data} was made by PostgreSQL {found}, and this Rolecall brings PostgreSQL {ours}; {remedy}"
            )
        if not (self._passwords / f"postgres-{SUPERUSER}").exists():
            raise StartRefused(f"The password of the database in {self.data} is gone from {self._passwords}; {remedy}")

    def _stop_leftover(self) -> None:
        """Stop a server that outlived its supervisor.

        PostgreSQL clears the pid file of a dead server itself, except when the number is now that of another process of
        the same user: then it believes that process to be the server. We see that it is none.
        """
        noted = self.data / "postmaster.pid"
        try:
            pid = int(noted.read_text().splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        if not any(Path(word).name.startswith("postgres") for word in command_of(pid)):
            noted.unlink()
            return
        if not end_leftover(pid, str(self.data), STOP_LEFTOVER):
            raise StartRefused(f"A PostgreSQL of an earlier start (process {pid}) does not stop; end it and try again.")


def trouble(url: str) -> str | None:
    """Return why the database behind the address takes no queries, None if it does."""
    libpq_url = url.replace("postgresql+psycopg2://", "postgresql://", 1)
    try:
        with closing(psycopg2.connect(libpq_url, connect_timeout=2)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except psycopg2.Error as error:
        return str(error).strip().partition("\n")[0]
    return None
