"""`rolecall login-link`: a link that signs somebody in, without mail and without Google."""

import re
from typing import Annotated

import typer

from worker import accounts, mail
from worker.cli.terminal import RUN, examples, say, tell
from worker.errors import InvalidInput
from worker.resources import database
from worker.settings import Settings, get_settings

commands = typer.Typer()
_AS = {"admin": "an admin", "member": "a member"}


@commands.command(
    rich_help_panel=RUN,
    epilog=examples(
        ("rolecall login-link ada@example.org", "a link for somebody who is here"),
        ("rolecall login-link ada@example.org --create --admin", "for a new admin"),
        ("rolecall login-link", "for ROLECALL_ADMIN"),
    ),
)
def login_link(
    email: Annotated[
        str | None, typer.Argument(metavar="EMAIL", help="Whom it signs in.", show_default="ROLECALL_ADMIN")
    ] = None,
    create: Annotated[bool, typer.Option("--create", help="Add them if they are not here yet.")] = False,
    admin: Annotated[bool, typer.Option("--admin", help="Make them an admin.")] = False,
) -> None:
    """Print a link that signs somebody in, once, within 15 minutes.

    The first person who is added becomes an admin. The command needs the API's
    own ROLECALL_SECRET_KEY and ROLECALL_URL.
    """
    settings = get_settings()
    accounts.check_links(settings)
    wanted = _address(email, settings)
    with database() as db:
        person, link = accounts.printed_link(db, settings, wanted, create=create, admin=admin)
        db.commit()
    tell(link.url)
    minutes = int(accounts.LINK_LIFETIME.total_seconds() // 60)
    say(f"It signs in {person['email']}, {_AS[person['role']]}, once, within {minutes} minutes.")


def _address(email: str | None, settings: Settings) -> str:
    wanted = (email if email is not None else settings.admin).strip().lower()
    if not wanted:
        raise InvalidInput("nobody is named; give an e-mail address, or set ROLECALL_ADMIN")
    if not re.fullmatch(mail.ADDRESS, wanted):
        raise InvalidInput(f"{wanted!r} is no e-mail address; write it like ada@example.org")
    return wanted
