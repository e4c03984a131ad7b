"""Saying what one wants: of a company, of a group of companies, or just to see what it would let in."""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import Annotated, Any

import typer

from worker import judging, tasks
from worker.cli.criteria import (
    AgeOption,
    FilterOption,
    LanguageOption,
    PayOption,
    PlaceOption,
    StrictOption,
    TextOption,
    WorkplaceOption,
    read,
    shown,
)
from worker.cli.naming import company as find_company
from worker.cli.naming import company_ids, given_name
from worker.cli.output import Column, Format, FormatOption, Listing, show
from worker.cli.terminal import READ, WATCH, examples, say, tell
from worker.criteria import Criteria, from_json
from worker.errors import InvalidInput, NotFound
from worker.resources import database
from worker.settings import get_settings
from worker.store import companies, people, postings, wishes
from worker.wish import Reason
from worker.wording import count

commands = typer.Typer()
_SHOWN = 10

SETTINGS = Listing(
    "settings",
    ("company_id", "company", "enabled", *(one.name for one in fields(Criteria)), "updated_at"),
    (
        Column("COMPANY", lambda row: row["company"], wide=True),
        Column("WATCHED", lambda row: "yes" if row["enabled"] else "no"),
        Column("WISH", shown, wide=True),
    ),
)

GROUPS = Listing(
    "groups",
    ("id", "name", "position", "all_companies", "enabled", "companies", *(one.name for one in fields(Criteria))),
    (
        Column("ID", lambda row: row["id"], right=True),
        Column("GROUP", lambda row: row["name"], wide=True),
        Column("COMPANIES", lambda row: "all" if row["all_companies"] else len(row["companies"]), right=True),
        Column("WATCHED", lambda row: "yes" if row["enabled"] else "no"),
        Column("WISH", shown, wide=True),
    ),
)


@commands.command(
    rich_help_panel=WATCH,
    epilog=examples(
        ("rolecall settings Acme", "show them"),
        ('rolecall settings Acme --filter "data engineer" --filter "python -intern"', "either may match"),
        ("rolecall settings Acme --place Germany --place EU --workplace remote", "and where"),
        ("rolecall settings Acme --off", "do not watch it for now"),
    ),
)
def settings(
    company: Annotated[str, typer.Argument(metavar="COMPANY", help="Its id or name.")],
    *,
    filters: FilterOption = None,
    places: PlaceOption = None,
    workplaces: WorkplaceOption = None,
    pay: PayOption = None,
    age: AgeOption = None,
    languages: LanguageOption = None,
    texts: TextOption = None,
    strict: StrictOption = None,
    clear: Annotated[bool, typer.Option("--no-filter", help="Let every title pass again.")] = False,
    inherit: Annotated[bool, typer.Option("--inherit", help="Forget all this; be as the groups have it.")] = False,
    enabled: Annotated[bool | None, typer.Option("--on/--off", help="Watch the company, or not.")] = None,
    form: FormatOption = Format.table,
) -> None:
    """Show or change what you want of a company: which postings match, and whether you watch it at all.

    Any line of the filter lets a title in. Words in a line must all be there, as
    whole words; "a phrase", -not and (this OR that) work; a line that begins with
    - keeps titles out whatever the other lines say. What is not said here is as
    the company's groups have it.
    """
    if filters and clear:
        raise InvalidInput("--filter and --no-filter contradict each other; give one of them")
    said = read(filters or ([""] if clear else None), places, workplaces, pay, age, languages, texts, strict)
    with database() as db:
        person, found = people.local(db)["id"], find_company(db, company)
        changed = inherit or enabled is not None or said != Criteria()
        if changed:
            now = wishes.setting(db, person, found)
            before = Criteria() if inherit else now["criteria"]
            watched = enabled if enabled is not None else None if inherit else now["enabled"] is not False
            wishes.put_setting(db, person, found, _laid_over(said, before), enabled=watched)
            wishes.changed(db, person)
        now = wishes.setting(db, person, found)
        wish = wishes.of_person(db, person).of(found)
        row = {**now, **asdict(wish.criteria), "company": companies.get(db, found)["name"], "enabled": wish.enabled}
        db.commit()
    if changed:
        tasks.follow_wishes(person, [found])
    show(SETTINGS, [row], form)
    _say_whose()


@commands.command(
    rich_help_panel=WATCH, epilog=examples(("rolecall groups", "groups and what their companies inherit"))
)
def groups(form: FormatOption = Format.table) -> None:
    """List groups of companies in the order in which they have their say."""
    with database() as db:
        rows = [_group_row(row) for row in wishes.groups(db, people.local(db)["id"])]
        db.commit()
    show(GROUPS, rows, form)


@commands.command(
    rich_help_panel=WATCH,
    epilog=examples(
        ('rolecall group All --all-companies --filter "data engineer"', "one wish for everything you watch"),
        ("rolecall group Europe --add Acme --add Initech --place EU", "companies that share a wish"),
        ("rolecall group Europe --remove Acme", "its companies then are as their other groups have it"),
        ("rolecall group Europe --delete", "the companies stay"),
    ),
)
def group(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The group; it is made where there is none.")],
    *,
    add: Annotated[list[str] | None, typer.Option("--add", metavar="COMPANY", help="Put a company in.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", metavar="COMPANY", help="Take one out.")] = None,
    filters: FilterOption = None,
    places: PlaceOption = None,
    workplaces: WorkplaceOption = None,
    pay: PayOption = None,
    age: AgeOption = None,
    languages: LanguageOption = None,
    texts: TextOption = None,
    strict: StrictOption = None,
    position: Annotated[int | None, typer.Option(min=0, max=10_000, help="The lower has its say first.")] = None,
    all_companies: Annotated[bool, typer.Option("--all-companies", help="Made new: of all, now and later.")] = False,
    enabled: Annotated[bool | None, typer.Option("--on/--off", help="Watch its companies, or not.")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the group; its companies stay.")] = False,
) -> None:
    """Make or change a group of companies and what they inherit from it."""
    name = given_name(name, "group")
    said = read(filters, places, workplaces, pay, age, languages, texts, strict)
    with database() as db:
        person = people.local(db)["id"]
        mine = next((row for row in wishes.groups(db, person) if row["name"].lower() == name.lower()), None)
        if all_companies and mine and not mine["all_companies"]:
            raise InvalidInput(f"the group {name} has companies of its own; give one of all companies another name")
        if delete:
            wishes.delete_group(db, person, _existing(mine, name)["id"])
        elif mine is None:
            made = wishes.add_group(
                db, person, name=name, criteria=said, position=position or 0, all_companies=all_companies,
                enabled=enabled is not False,
            )  # fmt: skip
            wishes.put_in_group(db, person, made, company_ids(db, add or []))
        else:
            wishes.put_group(
                db,
                person,
                mine["id"],
                name=name,
                criteria=_laid_over(said, from_json(mine["title_filters"], mine["criteria"])),
                position=mine["position"] if position is None else position,
                enabled=mine["enabled"] if enabled is None else enabled,
            )
            wishes.put_in_group(db, person, mine["id"], company_ids(db, add or []))
            wishes.take_out_of_group(db, person, mine["id"], company_ids(db, remove or []))
        wishes.changed(db, person)
        rows = [_group_row(row) for row in wishes.groups(db, person)]
        db.commit()
    tasks.follow_wishes(person)
    show(GROUPS, rows, Format.table)
    _say_whose()


@commands.command(
    rich_help_panel=READ,
    epilog=examples(
        ('rolecall preview --filter "data engineer"', "what it would let in"),
        ("rolecall preview Acme --place EU --workplace remote --strict", "at one company, where boards say so"),
    ),
)
def preview(
    wanted: Annotated[list[str] | None, typer.Argument(metavar="[COMPANY]...", help="At these only.")] = None,
    filters: FilterOption = None,
    places: PlaceOption = None,
    workplaces: WorkplaceOption = None,
    pay: PayOption = None,
    age: AgeOption = None,
    languages: LanguageOption = None,
    texts: TextOption = None,
    strict: StrictOption = None,
) -> None:
    """Say which of the open postings a wish would let in, and why it keeps others out. Nothing is changed."""
    said = read(filters, places, workplaces, pay, age, languages, texts, strict)
    with database() as db:
        at = company_ids(db, wanted) if wanted else None
        found = judging.preview(db, said, at, most=_SHOWN)
        shown_ids = [number for number, _ in (*found.matches, *found.rejected)]
        by_id = {row["id"]: row for row in postings.some(db, shown_ids, brief=True)}
    of = "" if found.looked_at >= found.found else f" (the newest {found.looked_at:,} were looked at)"
    tell(f"Matches {found.matched:,} of {count(found.found, 'open posting')}{of}.", style="bold")
    for sign, style, some in (("+", "green", found.matches), ("-", "", found.rejected)):
        for number, reasons in some:
            tell(f"  {sign} {_line(by_id[number], reasons)}", style=style)


@commands.command(rich_help_panel=READ, epilog=examples(("rolecall why 4711", "the reasons, criterion by criterion")))
def why(posting: Annotated[int, typer.Argument(metavar="POSTING", min=1, max=2**63 - 1, help="Its id.")]) -> None:
    """Say why a posting is a match of yours, or why it is none."""
    with database() as db:
        row = postings.some(db, [posting], brief=True)
        if not row:
            raise NotFound(f"there is no posting {posting}; `rolecall postings` lists those there are")
        found = judging.explain(db, people.local(db)["id"], posting)
        db.commit()
    tell(f"{row[0]['title']}, {row[0]['company']}", style="bold")
    if not found.watched:
        tell("  no match: you do not watch the company; `rolecall settings COMPANY --on` changes that", style="yellow")
    for reason in found.reasons:
        sign = "+" if reason.passed else "-"
        tell(
            f"  {sign} {reason.criterion}: {reason.detail} ({reason.source})", style="green" if reason.passed else "red"
        )
    if found.watched and not found.reasons:
        tell("  + everything the company lists is a match: nothing else is wished for", style="green")


def _laid_over(said: Criteria, before: Criteria) -> Criteria:
    """Return criteria with what is said anew in place of what was said before."""
    new = {one.name: value for one in fields(Criteria) if (value := getattr(said, one.name)) is not None}
    return replace(before, **new)


def _group_row(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, **asdict(from_json(row["title_filters"], row["criteria"])), "companies": row["company_ids"]}


def _existing(mine: dict[str, Any] | None, name: str) -> dict[str, Any]:
    if mine is None:
        raise NotFound(f"there is no group {name!r}; `rolecall groups` lists those there are")
    return mine


def _line(row: dict[str, Any], reasons: Sequence[Reason]) -> str:
    return f"{row['title']}, {row['company']}  ({'; '.join(one.detail for one in reasons) or 'nothing keeps it out'})"


def _say_whose() -> None:
    if get_settings().has_accounts:
        say("These are the settings of whoever uses this machine's command line; people who sign in have their own.")
