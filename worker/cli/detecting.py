"""`rolecall detect`: which board stands behind an address, a domain or a company's name."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import orjson
import typer

from worker.cli.following import duration
from worker.cli.terminal import WATCH, examples, fail, say, tell
from worker.detection import REMEDY, Candidate, Detection, find_boards
from worker.settings import get_settings
from worker.wording import count, sentence

commands = typer.Typer()


@commands.command(
    rich_help_panel=WATCH,
    epilog=examples(
        ("rolecall detect https://www.acme.com/careers", "the board behind a page"),
        ("rolecall detect acme.com", "or of whoever owns a domain"),
        ('rolecall detect "Acme Robotics" --ats lever', "or by a company's name"),
    ),
)
def detect(
    what: Annotated[str, typer.Argument(metavar="URL|DOMAIN|NAME", help="Where to look, or for whom.")],
    ats: Annotated[str | None, typer.Option(help="Look for boards of this ATS only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write all that was found as a JSON object.")] = False,
) -> None:
    """Look for the job board of a company, and write nothing.

    Shown are the boards that were found, how sure that is and why, how many
    postings are open there, and what was tried. It takes 15 seconds and 25
    requests at most. The exit code is 1 when nothing was found.
    """
    found = find_boards(what, get_settings(), ats=ats)
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(as_object(found), option=orjson.OPT_INDENT_2) + b"\n")
        sys.stdout.buffer.flush()
    else:
        _tell(found)
    if not found.candidates:
        raise typer.Exit(1)


def as_object(found: Detection) -> dict[str, Any]:
    """Return a detection as programs get it."""
    chosen = found.chosen
    return {
        "what": found.what,
        "chosen": _plain(chosen) if chosen else None,
        "candidates": [_plain(one) for one in found.candidates],
        "tried": found.tried,
        "requests": found.requests,
        "seconds": found.seconds,
    }


def _plain(one: Candidate) -> Mapping[str, Any]:
    board = one.board
    rest = {name: value for name, value in asdict(one).items() if name != "board"}
    return {"ats": board.ats, "board": board.key, "url": board.url, "name": board.name, **rest}


def tell_candidates(found: Detection) -> None:
    """Print each candidate under a number, with how to add it."""
    for number, one in enumerate(found.candidates, start=1):
        tell(f"{number}. {one.board.name}  {one.board.url}  ({one.board.ats}, {one.certainty})", style="bold")
        for line in _about(one):
            tell(f"   {line}")
        tell(f"   rolecall add {one.board.url}", style="cyan")


def tell_that_none_was_found(found: Detection) -> None:
    """Print what was looked for in vain, what helps, and what was tried, a line each."""
    fail(f"No board was found for {found.what!r}. {REMEDY}.")
    tell_tried(found)


def tell_tried(found: Detection) -> None:
    """Print what was tried, a line each."""
    for tried in found.tried:
        tell(f"Tried: {tried}.", style="dim")


def _about(one: Candidate) -> Iterator[str]:
    yield sentence(one.evidence)
    if one.error:
        yield sentence(f"It could not be read: {one.error}")
    if one.open_postings is not None:
        many = f"{count(one.open_postings, 'open posting')}{' or more' if one.at_least else ''}"
        yield f"{many}: {'; '.join(one.titles)}" if one.titles else f"{many}."


def _tell(found: Detection) -> None:
    if found.candidates:
        tell_candidates(found)
        tell_tried(found)
    else:
        tell_that_none_was_found(found)
    say(f"{count(found.requests, 'request')}, {duration(found.seconds)}.")
