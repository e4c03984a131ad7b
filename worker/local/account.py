"""The account the servers run under: PostgreSQL refuses to be root, and Valkey need not be."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from worker.errors import StartRefused

CANDIDATES = ("rolecall", "postgres", "nobody")


class Credentials(TypedDict, total=False):
    """The keywords of `subprocess` that change a process's account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """An existing account of this machine."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """Return the account to run servers under, None for our own. Raises StartRefused where root has none to give."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise StartRefused(
        "PostgreSQL does not run as root and this machine has no account for it; create one with "
        "`useradd --system rolecall`, or start Rolecall as an ordinary user."
    )


def credentials(account: Account | None) -> Credentials:
    """Return what `subprocess` needs to become the account for good."""
    return Credentials(user=account.uid, group=account.gid, extra_groups=[]) if account else Credentials()


def may_enter(account: Account | None, folder: Path) -> bool:
    """Say whether the account can reach the folder: asked from the kernel, so mounts and ACLs count too."""
    try:
        entered = subprocess.run(  # noqa: S603 - a fixed command; the path is an argument, not shell text
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
            **credentials(account),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=10,
        )
    except PermissionError:
        name = account.name if account else "this account"
        raise StartRefused(
            f"This root may not become {name} (a container without that right?), and PostgreSQL does not run as "
            "root; start Rolecall as an ordinary user."
        ) from None
    return entered.returncode == 0


def give(path: Path, account: Account | None) -> None:
    """Make the account the owner of a file or folder that we just created."""
    if account:
        os.chown(path, account.uid, account.gid)
