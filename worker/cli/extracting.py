"""For those who write extractors: what one reads of a board, and whether all vendors still answer as they should."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from worker import detect
from worker.cli.following import duration
from worker.cli.output import Column, Format, FormatOption, Listing, Row, show
from worker.cli.terminal import EXTEND, answers, count, examples, fail, say, sentence, tell
from worker.detect import Recognised
from worker.detection import find_boards
from worker.errors import BoardError, InvalidInput, UnsupportedSite
from worker.extractors import extractor, extractors
from worker.posting import Place, Posting, Salary
from worker.sampling import OPTIONAL, Conditional, Sample, Specimen, sample
from worker.settings import get_settings
from worker.text import one_line
from worker.verify import Verified, verify

commands = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Try an extractor on a board and see every field that it reads.")
commands.add_typer(group, name="extractor", rich_help_panel=EXTEND)

_LONGEST = 150
"""Characters of a value in a table; the rest is counted."""
_LARGEST = 2**63
_SKIPPED_SHOWN = 10
_FIELDS = tuple(one.name for one in fields(Posting))
_STYLES = {"ok": "", "changed": "yellow", "failed": "bold red"}
_REMEDIES = {
    "BoardUnavailable": "Try again in a while; `rolecall hosts` tells whether the host wants to be left alone.",
    "BoardNotFound": "Open the address in a browser: if the board is there, the extractor asks the wrong address; if "
    "it is not, the company has left the vendor: try another board.",
    "BoardRefused": "It is left alone then; where the vendor documents this endpoint for the public, give the extractor "
    "its `public_api`.",
    "UnexpectedPayload": "Compare what the host answers with what the extractor's docstrings say, and put the answer "
    "into a test case (docs/adding-an-extractor.md).",
    "NothingListed": "Look at the page in a browser: try the address of its job list, or of the ATS behind it.",
    "BoardMoved": "Try that address instead.",
    "UnsafeAddress": "The address leads into a private network, which is never fetched; try another board.",
}


class Shown(StrEnum):
    """How what an extractor reads is written."""

    table = "table"
    json = "json"


@group.command(
    "try",
    epilog=examples(
        ("rolecall extractor try https://acme.pinpointhq.com", "its first three postings"),
        ("rolecall extractor try careers.acme.com --postings 1", "where its address tells no ATS"),
    ),
)
def try_out(
    url: Annotated[str, typer.Argument(metavar="URL", help="Any address of a board, or a page that leads to one.")],
    postings: Annotated[int, typer.Option("--postings", "-n", min=1, max=20, help="How many postings to show.")] = 3,
    form: Annotated[
        Shown, typer.Option("--format", "-f", help="Tables to read, or all of it as a JSON object.")
    ] = Shown.table,
) -> None:
    """Read the first postings of a board right now, and show every field that its extractor reads of them.

    Each field stands as the extractor gives it beside what is stored of it; those
    that are left empty are named, and so are the rows that could not be read and
    why. The host is asked as gently as in a scan, for at most three pages and the
    details of the postings shown, and nothing is written. The exit code is 1 when
    no posting could be read.
    """
    board, how = _recognised(url)
    vendor = extractor(board.ats)
    try:
        found = sample(vendor, vendor.key(board.key), get_settings(), postings=postings, conditional=True)
    except BoardError as error:
        fail(f"{board.url} ({board.ats}) could not be read: {sentence(str(error))}\n  {_remedy(type(error).__name__)}")
        raise typer.Exit(1) from None
    if form is Shown.json:
        sys.stdout.buffer.write(orjson.dumps(_plain(_as_object(board, how, found)), option=orjson.OPT_INDENT_2) + b"\n")
        sys.stdout.buffer.flush()
    else:
        _tell(board, how, found)
    if not any(one.cleaned for one in found.specimens):
        raise typer.Exit(1)


def _recognised(url: str) -> tuple[Recognised, str]:
    """Return the board of an address and how it was told. Raises UnsupportedSite where none is, or several may be."""
    try:
        return detect.from_address(url), "told by the address"
    except UnsupportedSite:
        found = find_boards(url, get_settings())
    if found.chosen:
        return found.chosen.board, found.chosen.evidence
    if found.candidates:
        boards = ", ".join(one.board.url for one in found.candidates)
        raise InvalidInput(f"{url} may mean several boards, so none was read; try one of them: {boards}")
    raise UnsupportedSite(
        f"no board was found at {url}, so there is nothing to try. A new extractor has to know the address by a pattern "
        "in its `url`, or the page by its `sniff` (docs/adding-an-extractor.md). "
        f"Looked at: {'; '.join(found.tried) or 'nothing, as no time was left'}"
    )


def _tell(board: Recognised, how: str, found: Sample) -> None:
    tell(f"{board.name}  {board.url}", style="bold")
    tell(f"ats {board.ats}, key {board.key}; {how}")
    for number, one in enumerate(found.specimens, start=1):
        _tell_specimen(number, one)
    tell("")
    for line in _about(found):
        tell(line)
    for row in found.skipped[:_SKIPPED_SHOWN]:
        say(f"Skipped {row.external_id or row.title or 'a row without id and title'}: {row.reason}", style="yellow")
    if len(found.skipped) > _SKIPPED_SHOWN:
        say(f"… and {len(found.skipped) - _SKIPPED_SHOWN:,} more rows were skipped.", style="yellow")
    for note in filter(None, (*found.notes, found.truncated, found.stopped)):
        say(sentence(note), style="yellow")


def _tell_specimen(number: int, one: Specimen) -> None:
    tell("")
    tell(f"{number}. {one.raw.title or one.raw.url}", style="bold")
    if one.trouble:
        say(f"   {sentence(one.trouble)}", style="yellow")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column("FIELD", no_wrap=True)
    table.add_column("FROM THE EXTRACTOR", ratio=1, overflow="fold")
    table.add_column("NORMALISED", ratio=1, overflow="fold")
    empty = []
    for name in _FIELDS:
        raw, cleaned = getattr(one.raw, name), getattr(one.cleaned, name, None)
        if raw or cleaned:
            table.add_row(name, _cell(raw), Text("the same", style="dim") if raw == cleaned else _cell(cleaned))
        else:
            empty.append(name)
    if empty:
        table.add_row(Text("left empty", style="dim"), Text(", ".join(empty), style="dim"), "")
    answers().print(table)


def _about(found: Sample) -> Iterator[str]:
    yield f"{_rows(found)}; {_advertised(found)}."
    if found.empty and found.specimens:
        yield f"Left empty in {_all(len(found.specimens))}: {', '.join(found.empty)}."
    if found.derived:
        yield f"Not from the board, but from normalising: {', '.join(found.derived)}."
    yield f"{_cost(found)}."
    if found.conditional:
        yield sentence(_conditional(found.conditional))


def _rows(found: Sample) -> str:
    skipped = f" and {count(len(found.skipped), 'skipped row')}" if found.skipped else ""
    where = f"{count(found.pages, 'page')} in all" if found.whole else f"the first {count(found.pages, 'page')}"
    if found.pages == 1 and not found.whole:
        where = "the first page"
    return f"{count(len(found.listed), 'posting')}{skipped} on {where}"


def _advertised(found: Sample) -> str:
    return "the board does not say how many it has" if found.total is None else f"the board says it has {found.total:,}"


def _all(number: int) -> str:
    return "the one shown" if number == 1 else f"all {number}"


def _cost(found: Sample) -> str:
    robots = f" and {found.robots:,} for robots.txt" if found.robots else ""
    took = duration(found.milliseconds / 1000)
    return f"{count(found.requests, 'request')}{robots}, {count(found.bytes, 'byte')}, {took}"


def _conditional(seen: Conditional) -> str:
    given = " and ".join(name for name, value in (("ETag", seen.etag), ("Last-Modified", seen.last_modified)) if value)
    if not given:
        return "conditional requests are of no use: the first answer has neither ETag nor Last-Modified"
    if seen.trouble:
        return f"the first answer has {given}; whether they are heeded could not be seen: {seen.trouble}"
    if seen.honoured:
        return f"conditional requests are answered: sent back its {given}, the host said 304"
    return f"conditional requests are not answered: the first answer has {given}, but sent back, all of it came again"


def _cell(value: Any) -> Text:
    words = one_line(_words(value))
    if len(words) <= _LONGEST:
        return Text(words)
    return Text.assemble(words[:_LONGEST], (f" … ({len(words):,} characters)", "dim"))


def _words(value: Any) -> str:
    """Return a field's value as people read it."""
    match value:
        case None | [] | {}:
            return ""
        case str():
            return value
        case list():
            return "; ".join(map(_words, value))
        case dict():
            return orjson.dumps(_plain(value)).decode()
        case datetime():
            return value.isoformat()
        case Place():
            return ", ".join(filter(None, (value.city, value.region, value.country)))
        case Salary():
            bounds = "–".join(format(bound, "f") for bound in (value.min, value.max) if bound is not None)
            period = f"per {value.period}" if value.period else ""
            return " ".join(filter(None, (bounds, value.currency, period, f"({value.source})")))
        case _:
            return str(value)


def _as_object(board: Recognised, how: str, found: Sample) -> dict[str, Any]:
    return {
        "ats": board.ats,
        "board": board.key,
        "url": board.url,
        "name": board.name,
        "told_by": how,
        "postings": [
            {"raw": asdict(one.raw), "normalised": asdict(one.cleaned) if one.cleaned else None, "trouble": one.trouble}
            for one in found.specimens
        ],
        "empty": found.empty,
        "derived": found.derived,
        "listed": len(found.listed),
        "skipped": [asdict(one) for one in found.skipped],
        "pages": found.pages,
        "whole": found.whole,
        "total": found.total,
        "notes": [*filter(None, (*found.notes, found.truncated, found.stopped))],
        "conditional": asdict(found.conditional) if found.conditional else None,
        "requests": found.requests,
        "robots_requests": found.robots,
        "bytes": found.bytes,
        "milliseconds": found.milliseconds,
    }


def _plain(value: Any) -> Any:
    """Return a value as orjson can write it: what an extractor gives has not been cleaned yet."""
    match value:
        case str():
            return value.encode(errors="replace").decode()
        case Mapping():
            return {str(name): _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case Decimal() if value.is_finite():
            return orjson.Fragment(format(value, "f"))
        case int() if not -_LARGEST <= value < _LARGEST:
            return orjson.Fragment(str(value))
        case None | bool() | int() | float() | datetime():
            return value
        case _:
            return str(value)


def _remedy(kind: str | None) -> str:
    return _REMEDIES.get(kind or "", "This is a fault of Rolecall's own; please report it with the message.")


VERIFIED = Listing(
    "vendors",
    tuple(one.name for one in fields(Verified)),
    (Column("ATS", lambda row: row["ats"]), Column("VERDICT", lambda row: row["verdict"])),
)


@commands.command(
    "verify",
    rich_help_panel=EXTEND,
    epilog=examples(
        ("rolecall verify", "all vendors, in a few minutes"),
        ("rolecall verify greenhouse lever", "these two"),
        ("rolecall verify --format json", "the same for a monitor"),
    ),
)
def verify_vendors(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[ATS]...", help="Vendors by their names in Rolecall; else all.")
    ] = None,
    form: FormatOption = Format.table,
) -> None:
    """Read one board that is known to be there of each vendor, and tell whether its answer is as expected.

    `ok` was read, `changed` was read but not as it should be, `failed` could not
    be read. The first postings are looked at with their details, gently as in a
    scan, and nothing is written. Nothing runs this by itself. The exit code is 1
    when one failed.
    """
    found = []
    for one in verify(names or [], get_settings()):
        found.append(one)
        if form is Format.table and one.verdict != "unknown":
            _tell_verified(one)
    found.sort(key=lambda one: one.ats)
    if form is Format.table:
        _sum_up(found)
    else:
        show(VERIFIED, (_row(one) for one in found), form)
    if any(one.verdict == "failed" for one in found):
        raise typer.Exit(1)


def _tell_verified(one: Verified) -> None:
    line = f"{one.verdict:<8} {one.ats}: {one.company}, "
    if one.verdict == "failed":
        line += f"{one.url}"
    else:
        filled = len(OPTIONAL) - len(one.empty) if one.sampled else 0
        line += f"{_listed(one)}, {filled} of {len(OPTIONAL)} fields, {duration(one.milliseconds / 1000)}"
    tell(line, style=_STYLES[one.verdict])
    if one.why:
        tell(f"         {sentence(one.why)}")
    if one.verdict == "failed":
        tell(f"         {_remedy(one.error_kind)}")
    elif one.why:
        tell(f"         `rolecall extractor try {one.url}` shows more.")


def _listed(one: Verified) -> str:
    read = count(one.listed, "posting")
    return read if one.total in (None, one.listed) else f"{read} of {one.total:,}"


def _sum_up(found: list[Verified]) -> None:
    numbers = {verdict: sum(one.verdict == verdict for one in found) for verdict in ("ok", "changed", "failed")}
    tell(", ".join(f"{number} {verdict}" for verdict, number in numbers.items()), style="bold")
    if unknown := [one.ats for one in found if one.verdict == "unknown"]:
        tell(f"No known board: {', '.join(unknown)}.")
    if unread := sorted(set(extractors()) - {one.ats for one in found}):
        say(f"Not asked: {count(len(unread), 'other vendor')}.")


def _row(one: Verified) -> Row:
    return asdict(one)
