"""Forms for the common services: what to ask for, and how an address is made of the answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from urllib.parse import quote, urlencode, urlsplit

from worker.channels.services import scheme_of
from worker.errors import InvalidInput

_LONGEST = 2_000
_HOST = re.compile(r"[\w.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]", re.ASCII)
_PORTS = range(1, 1 << 16)
_SLACK = "make one under Incoming Webhooks of an app at api.slack.com/apps"
_DISCORD = "make one under Edit Channel, Integrations, Webhooks"
_TEAMS = "make it with the template `Post to a channel when a webhook request is received`"


@dataclass(frozen=True, slots=True)
class Field:
    """Something a form asks for."""

    name: str
    label: str
    help: str = ""
    example: str = ""
    required: bool = True
    secret: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A service that messages can go to: what its form asks for, and how its address is made of that."""

    name: str
    title: str
    help: str
    fields: tuple[Field, ...]
    compose: Callable[[Mapping[str, str]], str]


def compose(service: str, given: Mapping[str, str]) -> str:
    """Return the address that a filled-in form stands for. Raises InvalidInput, naming what is missing or too much."""
    form = SERVICES.get(service)
    if form is None:
        raise InvalidInput(f"there is no form for {service[:50]!r}; there are forms for {', '.join(SERVICES)}")
    filled = {name: value.strip() for name, value in given.items() if value.strip()}
    known = {field.name: field for field in form.fields}
    if unknown := sorted(set(filled) - set(known)):
        raise InvalidInput(f"{form.title} does not ask for {', '.join(unknown)}; it asks for {', '.join(known)}")
    if missing := [field.label for field in form.fields if field.required and field.name not in filled]:
        raise InvalidInput(f"{form.title} also needs: {', '.join(missing)}")
    for name, value in filled.items():
        if (choices := known[name].choices) and value not in choices:
            raise InvalidInput(f"{known[name].label} is one of {', '.join(choices)}")
        if len(value) > _LONGEST:
            raise InvalidInput(f"{known[name].label} is longer than {_LONGEST:,} characters")
    return form.compose(filled)


def _in(text: str) -> str:
    return quote(text, safe="")


def _email(given: Mapping[str, str]) -> str:
    security = given.get("security", "starttls")
    user = given.get("user", "")
    sender = given.get("from") or user
    if "@" not in sender:
        raise InvalidInput("E-mail also needs: From, since the user name is no e-mail address")
    parameters = {
        "to": given["to"],
        "from": sender,
        "name": "Rolecall",
        "mode": "insecure" if security == "none" else security,
    }
    if user:
        parameters |= {"user": user, "pass": given.get("password", "")}
    place = _host(given["server"]) + (f":{_port(given['port'])}" if "port" in given else "")
    return f"{'mailto' if security == 'none' else 'mailtos'}://{place}?{urlencode(parameters, quote_via=quote)}"


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise InvalidInput(f"{text[:100]!r} is no name of a server; write it like smtp.example.org")
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text[:6]) in _PORTS):
        raise InvalidInput(f"{text[:20]!r} is no port; ports are numbers from 1 to 65535")
    return int(text)


def _as_given(given: Mapping[str, str], *, native: str, where: str) -> str:
    """Return the web address that a service gave out."""
    if scheme_of(given["url"]) != native:
        raise InvalidInput(f"such an address is not given out there; {where}")
    return given["url"]


def _server(url: str, scheme: str, *, path: bool = False) -> str:
    """Return scheme and place of a server that people name by its web address; only some may lie under a path."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, port = parts.hostname or "", parts.port
        fits = parts.scheme in ("http", "https") and host and not parts.username and (path or parts.path in ("", "/"))
    except ValueError:
        fits = False
    if not fits:
        raise InvalidInput(f"{url[:100]!r} is no address of a server; write it like https://push.example.org")
    place = _host(f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return f"{scheme}{'s' * (parts.scheme == 'https')}://{place}{parts.path.rstrip('/')}"


def _with_token(server: str, token: str) -> str:
    scheme, _, place = server.partition("://")
    return f"{scheme}://{_in(token)}@{place}"


def _telegram(given: Mapping[str, str]) -> str:
    return f"tgram://{quote(given['token'], safe=':')}/{_in(given['chat'])}"


def _ntfy(given: Mapping[str, str]) -> str:
    server = _server(given.get("server", "https://ntfy.sh"), "ntfy")
    if "token" in given:
        server = _with_token(server, given["token"])
    return f"{server}/{_in(given['topic'])}"


def _matrix(given: Mapping[str, str]) -> str:
    return f"{_with_token(_server(given['server'], 'matrix'), given['token'])}/{_in(given['room'])}?e2ee=no"


def _pushover(given: Mapping[str, str]) -> str:
    device = f"/{_in(given['device'])}" if "device" in given else ""
    return f"pover://{_in(given['user'])}@{_in(given['token'])}{device}"


def _gotify(given: Mapping[str, str]) -> str:
    return f"{_server(given['server'], 'gotify', path=True)}/{_in(given['token'])}"


def _webhook(given: Mapping[str, str]) -> str:
    if scheme_of(given["url"]) not in ("http", "https"):
        raise InvalidInput("Webhook needs an address that begins with https:// (or http://)")
    return given["url"]


_ALL = (
    Service(
        "email", "E-mail", "Sent through a mail server of yours, with your account there.",
        (
            Field("to", "To", "Who gets the messages.", "ada@example.org"),
            Field("server", "Mail server", "Your provider calls it SMTP or outgoing server.", "smtp.example.org"),
            Field("port", "Port", "Without one: 587 for starttls, 465 for ssl, 25 for none.", "587", required=False),
            Field("security", "Security", "starttls unless your provider says otherwise.", "starttls", required=False,
                  choices=("starttls", "ssl", "none")),
            Field("user", "User name", "Often the e-mail address itself.", "ada@example.org", required=False),
            Field("password", "Password", "Gmail and others want an app password here.", required=False, secret=True),
            Field("from", "From", "Without one: the user name.", "ada@example.org", required=False),
        ),
        _email,
    ),
    Service(
        "slack", "Slack", "Posts to the channel you choose when you make the webhook.",
        (Field("url", "Webhook address", _SLACK,
               "https://hooks.slack.com/services/T…/B…/…", secret=True),),
        partial(_as_given, native="slack", where=_SLACK),
    ),
    Service(
        "discord", "Discord", "Posts to a channel of a server where you may manage webhooks.",
        (Field("url", "Webhook address", _DISCORD,
               "https://discord.com/api/webhooks/…/…", secret=True),),
        partial(_as_given, native="discord", where=_DISCORD),
    ),
    Service(
        "telegram", "Telegram", "A bot of yours writes to you, or to a group it is in.",
        (
            Field("token", "Bot token", "@BotFather gives it out: /newbot.", "123456789:AA…", secret=True),
            Field("chat", "Chat", "Your number (@userinfobot tells it), a group's, or a channel's @name.", "12345678"),
        ),
        _telegram,
    ),
    Service(
        "ntfy", "ntfy", "Shows up on every phone and browser that follows the topic.",
        (
            Field("topic", "Topic", "Whoever knows it can read it: choose one that nobody guesses.", "jobs-x7Gq2v"),
            Field("server", "Server", "Without one: https://ntfy.sh.", "https://ntfy.example.org", required=False),
            Field("token", "Access token", "Where the topic is protected.", "tk_…", required=False, secret=True),
        ),
        _ntfy,
    ),
    Service(
        "teams", "Microsoft Teams", "A workflow posts to a chat or a channel.",
        (Field("url", "Workflow address", _TEAMS, "https://….logic.azure.com:443/workflows/…", secret=True),),
        partial(_as_given, native="workflows", where=_TEAMS),
    ),
    Service(
        "matrix", "Matrix", "An account of yours, better one of its own, writes to a room it is in.",
        (
            Field("server", "Homeserver", "The address your client talks to.", "https://matrix.example.org"),
            Field("room", "Room", "Its id or alias.", "!abcdef:example.org"),
            Field("token", "Access token", "Element: All settings, Help & About, Access Token.", "syt_…", secret=True),
        ),
        _matrix,
    ),
    Service(
        "pushover", "Pushover", "Shows up on your devices.",
        (
            Field("user", "User key", "Shown when you have signed in at pushover.net.", "u…", secret=True),
            Field("token", "Application token", "Make an application at pushover.net/apps/build.", "a…", secret=True),
            Field("device", "Device", "Without one: all.", "phone", required=False),
        ),
        _pushover,
    ),
    Service(
        "gotify", "Gotify", "Shows up in the clients of your own Gotify server.",
        (
            Field("server", "Server", "The address of your server.", "https://gotify.example.org"),
            Field("token", "Application token", "Make an application on the server's Apps page.", "A…", secret=True),
        ),
        _gotify,
    ),
    Service(
        "webhook", "Webhook", "Signed JSON to a program of yours.",
        (Field("url", "Address", "Answers POST with 2xx.", "https://example.org/rolecall", secret=True),),
        _webhook,
    ),
)  # fmt: skip
SERVICES: Mapping[str, Service] = MappingProxyType({one.name: one for one in _ALL})
"""The services with a form, by name."""
