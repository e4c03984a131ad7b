"""Files that only their owner reads: passwords, keys, and the folders they are in."""

import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def make_folder(path: Path, mode: int) -> Path:
    """Create the folder with exactly this mode, whatever the umask. One that is there already stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=mode)
    except FileExistsError:
        return path
    path.chmod(mode)
    return path


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner reads. It appears whole or not at all."""
    _write(file, text, lambda written: written.replace(file))


def secret(file: Path) -> str:
    """Return the password kept in the file, generated and written (0600) the first time.

    Of several processes that come first at the same time one writes it, and all return the same.
    """
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        with suppress(FileExistsError):
            _write(file, secrets.token_urlsafe(24) + "\n", file.hardlink_to)
        return file.read_text().strip()


def _write(file: Path, text: str, publish: Callable[[Path], object]) -> None:
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
        publish(Path(name))
    finally:
        Path(name).unlink(missing_ok=True)
