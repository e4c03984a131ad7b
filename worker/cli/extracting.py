"""`rolecall extractor`: what an extractor reads of a board, for those who write one."""

import sys
from collections.abc import Iterator
from dataclasses import asdict, fields
from enum import StrEnum
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table
from rich.text import Text

from worker import detect
from worker.cli.terminal import EXTEND, answers, examples, fail, say, tell
from worker.cli.values import cell, plain
from worker.detect import Recognised
from worker.detection import find_boards
from worker.errors import BoardError, InvalidInput, UnsupportedSite
from worker.extractors import extractor
from worker.posting import Posting
from worker.sampling import Conditional, Sample, Specimen, sample
from worker.settings import get_settings
from worker.text import storable
from worker.wording import count, sentence

commands = typer.Typer()
group = typer.Typer(no_args_is_help=True, help="Try an extractor on a board and see every field that it reads.")
commands.add_typer(group, name="extractor", rich_help_panel=EXTEND)

_SKIPPED_SHOWN = 10
_FIELDS = tuple(one.name for one in fields(Posting))
_REMEDIES = {
    "BoardUnavailable": "Try again in a while; `rolecall hosts` tells whether the host wants to be left alone.",
    "BoardNotFound": "Open the address in a browser: if the board is there, the extractor asks the wrong address; if "
    "it is not, the company has left the vendor: try another board.",
    "BoardRefused": "It is left alone then. Where the vendor documents this endpoint for the public, name that page in "
    "the extractor's `public_api`.",
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
        fail(f"{board.url} ({board.ats}) could not be read: {sentence(str(error))}\n  {remedy(type(error).__name__)}")
        raise typer.Exit(1) from None
    if form is Shown.json:
        shown = plain(_as_object(board, how, found))
        sys.stdout.buffer.write(orjson.dumps(shown, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z) + b"\n")
        sys.stdout.buffer.flush()
    else:
        _tell(board, how, found)
    if not any(one.cleaned for one in found.specimens):
        fail(_nothing(board, found))
        raise typer.Exit(1)


def _nothing(board: Recognised, found: Sample) -> str:
    if found.skipped or found.specimens:
        what = f"not one posting of {board.url} could be read, so nothing would be stored"
        return f"{what}.\n  {remedy('UnexpectedPayload')}"
    return f"{board.url} has no posting right now, so there is nothing to show; try another board of {board.ats}."


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
        f"no board was found at {url}, so there is nothing to try. A new extractor has to know the address by its "
        "`url`, or the page by its `sniff` (docs/adding-an-extractor.md). "
        f"Looked at: {'; '.join(found.tried) or 'nothing, as no time was left'}"
    )


def _tell(board: Recognised, how: str, found: Sample) -> None:
    tell(f"{board.name}  {board.url}", style="bold")
    _tell_wrapped(f"ats {board.ats}, key {board.key}; {how}")
    for number, one in enumerate(found.specimens, start=1):
        _tell_specimen(number, one)
    tell("")
    for line in _about(found):
        _tell_wrapped(line)
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
            table.add_row(name, cell(raw), Text("the same", style="dim") if raw == cleaned else cell(cleaned))
        else:
            empty.append(name)
    answers().print(table)
    if empty:
        _tell_wrapped(f"Left empty: {', '.join(empty)}.", style="dim")


def _tell_wrapped(text: str, *, style: str = "") -> None:
    answers().print(Text(storable(text), style=style))


def _about(found: Sample) -> Iterator[str]:
    yield f"{_rows(found)}; {_advertised(found)}."
    if found.empty and len(found.specimens) > 1:
        yield f"Left empty in all {len(found.specimens)}: {', '.join(found.empty)}."
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


def _cost(found: Sample) -> str:
    robots = f" and {found.robots:,} for robots.txt" if found.robots else ""
    return f"{count(found.requests, 'request')}{robots}, {count(found.bytes, 'byte')}, {found.milliseconds:,} ms"


def _conditional(seen: Conditional) -> str:
    given = " and ".join(name for name, value in (("ETag", seen.etag), ("Last-Modified", seen.last_modified)) if value)
    if not given:
        return "conditional requests are of no use: the first answer has neither ETag nor Last-Modified"
    if seen.trouble:
        return f"the first answer has {given}; whether they are heeded could not be seen: {seen.trouble}"
    if seen.honoured:
        return f"conditional requests are answered: sent back its {given}, the host said 304"
    return f"conditional requests are not answered: the first answer has {given}, but sent back, all of it came again"


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


def remedy(kind: str | None) -> str:
    """Return what whoever looks after an extractor can do about an error."""
    return _REMEDIES.get(kind or "", "This is a fault of Rolecall's own; please report it with the message.")
