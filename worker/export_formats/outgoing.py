"""Where formats that write files put their bytes, to be taken away part by part."""


class Outgoing:
    """A file that only grows and cannot be sought; `taken` returns what has been written since it was last asked."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0
        """Bytes that wait to be taken."""

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Append bytes."""
        self._parts.append(bytes(data))
        self.size += len(self._parts[-1])
        return len(self._parts[-1])

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        """Return what has been written, and forget it."""
        found = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return found
