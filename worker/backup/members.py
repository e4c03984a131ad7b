"""The members of a backup's file, which is a zip file, and what is counted of them on their way."""

import hashlib

from worker.store.backup import Sink

MANIFEST = "manifest.json"
SECRET = "api-secret"  # noqa: S105 - the name of a file


def member_of(table: str) -> str:
    """Return the name of the member that holds a table's content."""
    return f"tables/{table}.copy"


class Counted:
    """Bytes on their way to somewhere, or to nowhere: how many, and their SHA-256."""

    def __init__(self, to: Sink | None = None) -> None:
        self._to = to
        self._hash = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._hash.update(data)
        self.bytes += len(data)
        if self._to is not None:
            self._to.write(data)
        return len(data)

    @property
    def sha256(self) -> str:
        """The digest of all bytes so far."""
        return self._hash.hexdigest()
