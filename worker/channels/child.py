"""One look at an address, or one message to it, through Apprise: a process of its own, started by `apprising`.

Apprise is code of many hands for 250 services, and an address is what a person makes up. So it runs where it can reach
neither the database nor the secrets, holds little memory, and ends in time. A question comes as one JSON document on
standard input, its answer leaves as one on standard output.
"""

import importlib
import logging
import os
import sys
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat, PersistentStoreMode
from apprise.exception import AppriseException

from worker.channels import words
from worker.channels.leash import Leash
from worker.channels.masking import secrets, tidy
from worker.channels.services import PLUGINS, scheme_of
from worker.errors import UnsafeAddress
from worker.http.guard import refuse_unsafe_url

Json = dict[str, Any]

_READ_SECONDS = 15.0
_TOLD = ("Response Details", "Socket Exception", "I/O Exception", "SMTP ")
"""How those of Apprise's debug lines begin that say what the other side answered; others hold what was sent."""
_OWN_FORMAT = {"slack": words.PLAIN}
"""Slack has no way to write a star or an underscore in its own Markdown."""


def main() -> None:
    """Answer the question on standard input."""
    question = orjson.loads(sys.stdin.buffer.read())
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a plugin prints is no answer
    leash = Leash(trusted=question["trusted"], allow_loopback=question["allow_loopback"])
    leash.put_on(seconds=question["seconds"])
    answers.write(orjson.dumps(_answer(question, leash)))
    answers.flush()


def _answer(question: Json, leash: Leash) -> Json:
    address = question["address"]
    try:
        plugin = _plugin(address, trusted=question["trusted"], allow_loopback=question["allow_loopback"])
    except UnsafeAddress as error:
        return {"ok": False, "understood": False, "unsafe": True, "answer": str(error), "shown": ""}
    if plugin is None:
        return {"ok": False, "understood": False, "unsafe": False, "answer": "", "shown": ""}
    shown = str(plugin.url(privacy=True))  # type: ignore[no-untyped-call]
    told: Json = {"understood": True, "unsafe": False, "shown": unquote(shown.partition("?")[0]).rstrip("/")}
    if question["body"] is None:
        return {**told, "ok": True, "answer": ""}
    ok, lines = _send(plugin, scheme_of(address), question["body"], question["delivery"])
    answer = tidy(" ".join(lines), secrets(address, shown))
    if leash.refused is not None and not ok:
        return {**told, "ok": False, "unsafe": True, "answer": str(leash.refused)}
    return {**told, "ok": ok, "answer": answer}


def _plugin(address: str, *, trusted: bool, allow_loopback: bool) -> NotifyBase | None:
    """Return what sends to an address, None for one that it does not understand. Raises UnsafeAddress."""
    asset = AppriseAsset(
        app_id="Rolecall", app_desc="Rolecall", app_url="", image_url_mask="", image_url_logo="", async_mode=False,
        http_redirects=False, service_timeout=0, allow_templates=False, pgp_autogen=False, pem_autogen=False,
        storage_mode=PersistentStoreMode.MEMORY,
    )  # fmt: skip
    scheme = scheme_of(address)
    plugin = _known(address, scheme, asset) if scheme in PLUGINS else Apprise.instantiate(address, asset=asset)
    if plugin is None:
        return None
    plugin.socket_read_timeout = plugin.socket_connect_timeout = _READ_SECONDS
    if not trusted:
        for host in (plugin.host, getattr(plugin, "smtp_host", None)):
            if host and "." in host:
                refuse_unsafe_url(f"https://{host}", allow_loopback=allow_loopback)
    return plugin


def _known(address: str, scheme: str, asset: AppriseAsset) -> NotifyBase | None:
    """Return the plugin of a common service: read alone, where `Apprise.instantiate` reads all 150 modules."""
    module = importlib.import_module(f"apprise.plugins.{PLUGINS[scheme]}")
    kinds = (one for one in vars(module).values() if isinstance(one, type) and issubclass(one, NotifyBase))
    kind = next(one for one in kinds if scheme in _schemes(one))
    native = urlsplit(address).scheme.lower() in ("http", "https")
    found = kind.parse_native_url(address) if native else kind.parse_url(address)
    try:
        return kind(**found, asset=asset) if found else None
    except (TypeError, ValueError, AppriseException):
        return None


def _schemes(kind: type[NotifyBase]) -> set[str]:
    names: tuple[Any, ...] = (kind.protocol, kind.secure_protocol)
    return {scheme for one in names if one for scheme in ((one,) if isinstance(one, str) else one)}


def _send(plugin: NotifyBase, scheme: str, body: Json, delivery: str) -> tuple[bool, list[str]]:
    """Send a message; return whether that worked, and what was answered."""
    _keep_out_of_the_log()
    form = _OWN_FORMAT.get(scheme) or _form(plugin)
    title = words.title(body)
    inline = plugin.title_maxlen <= 0  # such a service has the title as the first line of its text
    text = words.text(body, form, delivery=delivery, most=plugin.body_maxlen - (2 * len(title) if inline else 0))
    if isinstance(headers := getattr(plugin, "headers", None), dict) and scheme in ("mailto", "mailtos"):
        headers["X-Rolecall-Delivery"] = delivery
    sender = Apprise(asset=plugin.asset)
    sender.add(plugin)
    result = sender.notify(
        text, form.escape(title) if inline else title, body_format=NotifyFormat(form.name), log_level=logging.DEBUG
    )
    return bool(result), [one.message for one in result.logs() if _tells(one.level, one.message)]


def _form(plugin: NotifyBase) -> words.Form:
    for form in (words.HTML, words.MARKDOWN):
        if plugin.resolve_format(NotifyFormat(form.name)) is NotifyFormat(form.name):
            return form
    return words.PLAIN


def _keep_out_of_the_log() -> None:
    logger = logging.getLogger("apprise")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False


def _tells(level: str, message: str) -> bool:
    return level in ("INFO", "WARNING", "ERROR") or message.startswith(_TOLD)


if __name__ == "__main__":
    main()
