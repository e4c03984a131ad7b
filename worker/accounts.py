"""Who may come into an installation of several people, and how."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from worker.errors import Conflict, InvalidInput, NotFound, SignInRefused
from worker.secret import derived
from worker.settings import Settings
from worker.store import people, sessions, wishes

Person = Mapping[str, Any]

LINK_LIFETIME = timedelta(minutes=15)
INVITATION_LIFETIME = timedelta(days=7)
"""An invitation waits for somebody who does not know of it yet."""

DEAD_LINK = "this link signs nobody in (any more): it works once, and not for long; ask for a new one where you got it"
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """An address that signs a person in, once."""

    url: str
    expires_at: datetime


def welcome(db: Session, settings: Settings, person: Person) -> Person:
    """Let in somebody who has proven who they are. Raises SignInRefused. The caller commits."""
    refuse_disabled(person)
    return people.signed_in(db, person["id"], admin=person["email"] == settings.admin)


def refuse_disabled(person: Person) -> None:
    """Raise SignInRefused for somebody an admin has disabled."""
    if person["disabled_at"] is not None:
        raise SignInRefused(
            f"the account of {person['email']} has been disabled, so nothing can be done with it; ask an admin"
        )


def by_google(db: Session, settings: Settings, *, sub: str, email: str, name: str | None) -> Person:
    """Let in the person of a Google account. Raises SignInRefused, Conflict. The caller commits."""
    open_to = settings.sign_up == "anyone" or email.lower() == settings.admin
    person = people.get_or_create_google(db, sub=sub, email=email, name=name, create=open_to)
    if person is None:
        raise SignInRefused(
            f"nobody has invited {email}, so there is no account here; ask an admin for an invitation (the first admin "
            "is named by ROLECALL_ADMIN, or made with `rolecall login-link EMAIL --create`)"
        )
    return welcome(db, settings, person)


def by_link(db: Session, settings: Settings, token: str) -> Person | None:
    """Let in the person of a link, and use it up; None for one that is not valid (any more). Raises SignInRefused."""
    user = sessions.use_link(db, _digest(settings, token)) if _TOKEN.fullmatch(token) else None
    return None if user is None else welcome(db, settings, people.get(db, user))


def link(db: Session, settings: Settings, user: int, lifetime: timedelta = LINK_LIFETIME) -> Link:
    """Make a link that signs a person in, once. The caller commits."""
    token = secrets.token_urlsafe(32)
    expires_at = sessions.add_link(db, user, digest=_digest(settings, token), lifetime=lifetime)
    return Link(f"{settings.public_url}/sign-in/{token}", expires_at)


def requested_link(db: Session, settings: Settings, email: str) -> Link | None:
    """Make the link that somebody asks for by mail; None for whoever may not come in. The caller commits."""
    person = people.by_email(db, email)
    if person is None and email.lower() == settings.admin:
        person = people.add(db, email=email, role="admin")
    if person is None or person["disabled_at"] is not None or person["email"] == people.LOCAL_EMAIL:
        return None
    return link(db, settings, person["id"])


def letter(settings: Settings, link: Link) -> tuple[str, str]:
    """Return subject and text of the mail that brings a link."""
    minutes = int(LINK_LIFETIME.total_seconds() // 60)
    text = (
        f"This link signs you in at {settings.public_url}. It works once, within {minutes} minutes:\n\n{link.url}\n\n"
        "If you did not ask for it, somebody else typed your address: nothing happens unless you open the link.\n"
    )
    return "Sign in to Rolecall", text


def printed_link(db: Session, settings: Settings, email: str, *, create: bool, admin: bool) -> tuple[Person, Link]:
    """Make the link that the operator asks for. The caller commits.

    With `create` whoever is not here yet is added, the first as an admin; with `admin` they are one from now on.
    Raises NotFound, SignInRefused.
    """
    person = people.by_email(db, email)
    first = not people.admins(db)
    if person is None:
        if not create and email.lower() != settings.admin:
            raise NotFound(f"nobody here has the address {email}; `rolecall people` lists who has, --create adds them")
        person = people.add(db, email=email, role="admin" if admin or first else "member")
    refuse_disabled(person)
    if admin and person["role"] != "admin":
        people.change(db, person["id"], {"role": "admin"})
    return people.get(db, person["id"]), link(db, settings, person["id"])


def invite(db: Session, settings: Settings, email: str, *, name: str | None, role: str) -> tuple[Person, Link]:
    """Add a person, and make the link that lets them in; anew while they have not come. The caller commits.

    Raises Conflict for somebody who is here already.
    """
    person = people.by_email(db, email)
    if person is None:
        person = people.add(db, email=email, name=name, role=role)
    else:
        if person["signed_in_at"] is not None or person["disabled_at"] is not None or _is_local(person):
            raise Conflict(f"{email} is here already, as person {person['id']}; change that person instead")
        people.change(db, person["id"], {"role": role} | ({"name": name} if name else {}))
        sessions.void_links(db, person["id"])
    return people.get(db, person["id"]), link(db, settings, person["id"], INVITATION_LIFETIME)


def change(db: Session, user: int, changes: Mapping[str, Any], *, expected: int | None = None) -> Person:
    """Change `name`, `role` or `disabled` of a person; who is disabled is signed out everywhere. The caller commits.

    Raises NotFound, Conflict where nobody would be left to manage the installation, and Outdated where `expected` is
    not the person's version any more.
    """
    if changes.get("role") == "member" or changes.get("disabled"):
        _keep_an_admin(db, user)
    people.change(db, user, changes, expected=expected)
    if changes.get("disabled"):
        sessions.end_all(db, user)
        sessions.void_links(db, user)
    return people.get(db, user)


def remove(db: Session, user: int) -> None:
    """Delete a person with all that is theirs. The caller commits.

    A scan that has found something for them commits first: its matches would be nobody's. Raises NotFound, and Conflict
    where nobody would be left to manage the installation.
    """
    wishes.hold_scans(db)
    _keep_an_admin(db, user)
    people.remove(db, user)


def check_links(settings: Settings) -> None:
    """Raise InvalidInput where a link could not work, because this process is not configured as the API has to be."""
    if not settings.has_accounts:
        raise InvalidInput(
            "nobody signs in here, so a link would lead nowhere: this is one person's own installation; for several "
            "people set ROLECALL_ACCOUNTS=true and ROLECALL_SECRET_KEY, for the API and for this command"
        )
    if settings.secret_key is None:
        raise InvalidInput(
            "ROLECALL_SECRET_KEY is not set, so the API would not know the link; set it to the API's own value"
        )


def _keep_an_admin(db: Session, user: int) -> None:
    if _is_local(people.get(db, user)):
        raise Conflict(
            "this is the person of the machine's own command line and of an installation without accounts, who stays "
            "an admin; remove their settings instead"
        )
    if people.admins(db) == [user]:
        raise Conflict("nobody could manage this installation any more; make somebody else an admin first")


def _is_local(person: Person) -> bool:
    return bool(person["email"] == people.LOCAL_EMAIL)


def _digest(settings: Settings, token: str) -> bytes:
    return derived(settings, f"login link {token}")
