"""Adding many companies from a text, and putting them into the groups that it names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.orm import Session

from worker import detect
from worker.detect import Recognised
from worker.errors import RolecallError
from worker.extractors import extractors
from worker.list_files import Line, parse_lines
from worker.store import companies, lists, wishes

_BATCH = 500


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of a line: added, known (there already, or on an earlier line), or an error with its reason.

    `groups` are those that the line wants its company to be in.
    """

    line: int
    address: str
    status: Literal["added", "known", "error"]
    company_id: int | None = None
    reason: str | None = None
    groups: Sequence[str] = ()


def import_lines(session: Session, text: str) -> list[LineResult]:
    """Add every company of a text; return what became of each line. The caller commits.

    Raises InvalidInput when the text as a whole cannot be read; a line that cannot costs only itself.
    """
    lines = parse_lines(text)
    results = [result for batch in batched_lines(lines) for result in _add(session, batch)]
    return _joined(session, lines, results)


def put_in_groups(session: Session, user: int, results: Sequence[LineResult]) -> list[int]:
    """Put companies into the groups that their lines want, made where a person has none of the name.

    Returns the companies; where there are any, the caller commits and lets the stored postings follow. Raises
    InvalidInput for more groups than a person may have.
    """
    members: dict[str, list[int]] = {}
    for result in results:
        if result.company_id is not None:
            for group in result.groups:
                members.setdefault(group, []).append(result.company_id)
    for group, ids in members.items():
        wishes.put_in_group(session, user, wishes.group_named(session, user, group), ids)
    if members:
        wishes.changed(session, user)
    return sorted({company for ids in members.values() for company in ids})


def batched_lines(lines: list[Line]) -> Iterator[list[Line]]:
    """Yield the lines some hundred at a time."""
    for start in range(0, len(lines), _BATCH):
        yield lines[start : start + _BATCH]


def _add(session: Session, lines: list[Line]) -> list[LineResult]:
    recognised: dict[int, Recognised] = {}
    results: dict[int, LineResult] = {}
    for place, line in enumerate(lines):
        try:
            recognised[place] = _recognised(line)
        except RolecallError as error:
            results[place] = LineResult(line.number, line.address, "error", reason=_in_brief(error))
    wanted = [
        companies.NewBoard(lines[place].name or board.name, board.ats, board.key, board.url)
        for place, board in recognised.items()
    ]
    for place, added in zip(recognised, companies.add_many(session, wanted), strict=True):
        status: Literal["added", "known"] = "added" if added.new else "known"
        line = lines[place]
        results[place] = LineResult(line.number, line.address, status, added.company_id, groups=line.groups)
    return [results[place] for place in range(len(lines))]


def _recognised(line: Line) -> Recognised:
    """Return the board that a line means: the one it names outright, else that of the first address which tells one."""
    ats, _, key = line.address.partition("/")
    ats, key = line.board or (ats, key)
    if ats in extractors():
        return detect.from_name(ats, key)
    for other in line.others:
        try:
            return detect.from_address(line.address)
        except RolecallError:
            line = replace(line, address=other)
    return detect.from_address(line.address)


def _in_brief(error: RolecallError) -> str:
    """Return why a line is refused, without the list of all that was tried: it would stand on every such line."""
    return str(error).partition(" Tried: ")[0]


def _joined(session: Session, lines: list[Line], results: list[LineResult]) -> list[LineResult]:
    """Make one company of the new ones whose lines have the same owner; what was there before stays what it is."""
    kept: dict[str, int] = {}
    into: dict[int, int] = {}
    for line, result in zip(lines, results, strict=True):
        if line.owner is None or result.company_id is None or result.status != "added":
            continue
        if (company := kept.setdefault(line.owner, result.company_id)) != result.company_id:
            into[result.company_id] = company
    lists.join(session, into)
    return [
        replace(result, company_id=into[result.company_id])
        if result.company_id is not None and result.company_id in into
        else result
        for result in results
    ]
