"""The folder of a local stack: its lock, and where the servers' data lie."""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from worker.errors import StartRefused
from worker.local.account import Account, may_enter
from worker.private_files import make_folder, write_private

SYSTEM_DATA = Path("/var/lib/rolecall")
POINTER = "data-folder"
LOCK_PATIENCE_SECONDS = 1.0


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process alone. Raises StartRefused when another process holds it."""
    with _opened(folder / "lock", os.O_RDWR | os.O_CREAT) as descriptor:
        deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
        while not _lock(descriptor):
            if time.monotonic() > deadline:
                raise StartRefused(
                    f"Rolecall already runs with the data in {folder}; stop it there (Ctrl-C), or choose another "
                    "folder with --folder."
                )
            time.sleep(0.05)
        yield


def is_locked(folder: Path) -> bool:
    """Say whether a process holds the folder. A dead process holds nothing."""
    try:
        with _opened(folder / "lock", os.O_RDONLY) as descriptor:
            return not _lock(descriptor, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False


@contextmanager
def _opened(file: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(file, flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def server_home(folder: Path, account: Account | None) -> Path:
    """Return the folder for the servers' data: the stack's own, unless their account cannot get there.

    The choice is written down, so that data stay where they are when permissions change later. Permissions of
    folders above are never touched.
    """
    pointer = folder / POINTER
    if pointer.exists():
        home = Path(pointer.read_text().strip())
    elif (folder / "postgres").exists() or may_enter(account, folder):
        return folder
    else:
        home = SYSTEM_DATA / hashlib.sha256(str(folder).encode()).hexdigest()[:12]
        make_folder(SYSTEM_DATA, 0o711)
    make_folder(home, 0o711)
    if not may_enter(account, home):
        raise StartRefused(
            f"The account {account.name if account else 'you use'} cannot reach {home}, where Rolecall's data are; let "
            "it pass through the folders above, or choose another folder with --folder."
        )
    write_private(pointer, f"{home}\n")
    return home


@contextmanager
def plain_refusals(folder: Path) -> Iterator[None]:
    """Turn what the file system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise StartRefused(
            f"Rolecall cannot keep its data in {folder} ({what}); give yourself the right to write there, or choose "
            "another folder with --folder."
        ) from None
