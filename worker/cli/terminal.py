"""What people read: answers on standard output, messages on standard error, colours on terminals only."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from worker.text import storable

RUN, WATCH, READ, EXTEND = "Run it", "Say what to watch", "See what there is", "Look after the vendors"
"""The panels of `rolecall --help`."""

GOOD = {"changed", "unchanged"}
_EXAMPLE_WIDTH = 76
_SHOWN_AS_DATE = 30 * 86400
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


class _Console(Console):
    def on_broken_pipe(self) -> None:
        reader_left()


def reader_left() -> None:
    """The reader of standard output has seen enough (`| head`): the rest goes nowhere, and that is no error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def answers() -> Console:
    """Return standard output as it is now."""
    return _Console(highlight=False)


def messages() -> Console:
    """Return standard error as it is now."""
    return _Console(stderr=True, highlight=False)


def examples(*lines: tuple[str, str]) -> str:
    """Return the examples below a command's help: what to type, and what it does; side by side if there is room."""
    width = max(len(command) for command, _ in lines)
    if all(width + len(what) < _EXAMPLE_WIDTH for _, what in lines):
        shown = [f"[cyan]{escape(command):<{width}}[/]  [dim]{escape(what)}[/]" for command, what in lines]
    else:
        shown = [f"[dim]# {escape(what)}[/]\n[cyan]{escape(command)}[/]" for command, what in lines]
    return "Examples:\n" + "\n".join(shown)


def tell(text: str, *, style: str = "") -> None:
    """Print what was asked for. Control characters, which may come from a board, do not reach the terminal."""
    _print(answers(), text, style)


def say(text: str, *, style: str = "") -> None:
    """Print what is worth knowing beside the answer."""
    _print(messages(), text, style)


def fail(text: str) -> None:
    """Print what went wrong."""
    messages().print(Text.assemble(("Error: ", "bold red"), storable(text)), soft_wrap=True)


def day(moment: datetime | None) -> str:
    """Return a date (UTC)."""
    return f"{moment:%Y-%m-%d}" if moment else ""


def ago(moment: datetime | None, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> str:
    """Return how long ago something was, or its date when that is over a month."""
    if moment is None:
        return "never"
    seconds = (clock() - moment).total_seconds()
    if seconds >= _SHOWN_AS_DATE:
        return day(moment)
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"


def outcome_style(outcome: str | None) -> str:
    """Return the colour of a run's outcome."""
    if outcome is None or outcome in GOOD:
        return ""
    return "red" if outcome in {"failed", "gone"} else "yellow"


def _print(console: Console, text: str, style: str) -> None:
    console.print(Text(storable(text), style=style), soft_wrap=True)
