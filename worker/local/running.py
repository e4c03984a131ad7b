"""What a running stack tells the other commands of its folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from worker.errors import ServiceUnavailable
from worker.local.folder import is_locked
from worker.private_files import write_private
from worker.settings import STACK_FILE


@dataclass(frozen=True, slots=True)
class RunningStack:
    """Addresses of a running stack. The first two contain passwords."""

    pid: int
    database_url: str
    redis_url: str
    api_url: str
    flower_url: str | None

    def write(self, folder: Path) -> None:
        """Leave the addresses in the folder, for its owner's eyes only."""
        write_private(folder / STACK_FILE, json.dumps(asdict(self), indent=2) + "\n")


def find_running(folder: Path) -> RunningStack | None:
    """Return the stack that runs with this folder, None if none does (a file left by a killed one does not count).

    Raises ServiceUnavailable when one runs that another user started.
    """
    try:
        if not is_locked(folder):
            return None
        return RunningStack(**json.loads((folder / STACK_FILE).read_text()))
    except FileNotFoundError:
        return None
    except PermissionError:
        raise ServiceUnavailable(
            f"A stack of another user has its data in {folder}; set DATABASE_URL and REDIS_URL, or become that user."
        ) from None


def forget(folder: Path) -> None:
    """Take the addresses away again."""
    (folder / STACK_FILE).unlink(missing_ok=True)
