"""Title filters from the command line, with the place of a mistake pointed at."""

from collections.abc import Sequence

from rich.cells import cell_len

from worker.errors import FilterSyntaxError, InvalidInput
from worker.filters import TitleFilter, compile_filters

_SHOWN = 60
"""Letters of a line that are shown around a mistake."""


def title_filter(lines: Sequence[str]) -> TitleFilter:
    """Read a filter given as lines. Raises InvalidInput, which shows the line and marks the letter."""
    try:
        return compile_filters("\n".join(lines))
    except FilterSyntaxError as error:
        message = f"the title filter cannot be read: {error}\n{_marked(lines, error)}"
        raise InvalidInput(message) from None


def _marked(lines: Sequence[str], error: FilterSyntaxError) -> str:
    written = "\n".join(lines).splitlines() or [""]
    line = written[min(error.line, len(written)) - 1].replace("\t", " ")
    start = max(0, error.column - 1 - _SHOWN // 2)
    before, excerpt = line[start : error.column - 1], line[start : start + _SHOWN]
    dots = "…" if start else ""
    return f"  {dots}{excerpt}\n  {' ' * cell_len(dots + before)}^"
