"""What the children print: one readable stream for the terminal, one file each for later."""

import re
from collections import defaultdict, deque
from pathlib import Path
from typing import IO, TextIO

from worker.private_files import make_folder

TAIL_LINES = 15
FILE_BYTES = 20 * 1024 * 1024
KEPT_FILES = 3
LONGEST_LINE = 16 * 1024

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Log:
    """Shows each line after its child's name and appends it to `folder`/<name>.log."""

    def __init__(self, folder: Path, terminal: TextIO, *, width: int = 8, colour: bool = False) -> None:
        self._folder = make_folder(folder, 0o700)
        self._terminal = terminal
        self._width = width
        self._colour = colour
        self._files: dict[str, IO[str]] = {}
        self._prefixes: dict[str, str] = {}
        self._tails: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=TAIL_LINES))

    def line(self, name: str, text: str) -> None:
        """Take one line of the child's. Control characters, which may come from a board, do not reach the terminal."""
        text = _CONTROLS.sub("?", _ESCAPES.sub("", text))
        self._tails[name].append(text)
        self._append(name, text)
        if text.strip():
            self.say(f"{self._prefix(name)}{text}")

    def say(self, text: str) -> None:
        """Show a line on the terminal only. One write, so that lines of two threads do not mix."""
        try:
            self._terminal.write(f"{text}\n")
            self._terminal.flush()
        except (OSError, ValueError):
            pass  # the terminal was closed or the pipe's reader left; the files go on

    def tail(self, name: str) -> str:
        """Return the child's last lines, for a message about its failure."""
        return "\n".join(self._tails[name])

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _append(self, name: str, text: str) -> None:
        file = self._files.get(name)
        if file is None or file.tell() > FILE_BYTES:
            if file is not None:
                file.close()
            path = self._folder / f"{name}.log"
            _rotate(path)
            path.touch(mode=0o600)
            file = self._files[name] = path.open("a", encoding="utf-8", buffering=1)
        file.write(text + "\n")

    def _prefix(self, name: str) -> str:
        if name not in self._prefixes:
            padded = f"{name:<{self._width}} | "
            colour = COLOURS[len(self._prefixes) % len(COLOURS)]
            self._prefixes[name] = f"\x1b[{colour}m{padded}\x1b[0m" if self._colour else padded
        return self._prefixes[name]


class Lines:
    """Cuts a stream of bytes into lines of text of a bounded length."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Return the lines that are complete with these bytes."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            whole.append(self._rest)
            self._rest = b""
        return [_text(line) for line in whole]

    def end(self) -> list[str]:
        """Return what came after the last line end."""
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r")


def _rotate(path: Path) -> None:
    """Move `x.log` to `x.log.1` and so on; the oldest is dropped."""
    if not path.exists():
        return
    for number in range(KEPT_FILES - 1, 0, -1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))
    path.replace(path.with_name(f"{path.name}.1"))
