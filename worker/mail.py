"""Mail that Rolecall itself sends, through the operator's server."""

import logging

from worker.errors import ServiceUnavailable
from worker.settings import Settings

ADDRESS = r'^[^\s\x00-\x1f\x7f@<>()\[\],;:\\"]{1,64}@[^\s\x00-\x1f\x7f@<>()\[\],;:\\"]{1,189}$'
"""What an e-mail address looks like here: of RFC 5321's forms those without quotes, comments and literals."""


def server(settings: Settings) -> str:
    """Return the address of the operator's mail server, password included. Raises ServiceUnavailable without one."""
    if not settings.mail_url:
        raise ServiceUnavailable(
            "no mail can be sent, as this installation names no server for it; whoever runs it can set "
            "ROLECALL_MAIL_URL, or print a sign-in link with `rolecall login-link`"
        )
    return settings.mail_url.get_secret_value()


def send(settings: Settings, to: str, subject: str, text: str) -> None:
    """Send a plain text to one address, and to nobody else whom ROLECALL_MAIL_URL may name.

    Raises ServiceUnavailable with what the server said. Takes a second or two, a minute at most.
    """
    from apprise import Apprise, NotifyFormat
    from apprise.plugins.email import NotifyEmail

    _keep_out_of_our_log()
    parsed = NotifyEmail.parse_url(server(settings)) or {}  # type: ignore[no-untyped-call]
    try:
        only = {"targets": [to], "cc": None, "bcc": None}
        service = NotifyEmail(**{**parsed, **only})  # type: ignore[no-untyped-call]
    except TypeError as error:  # Apprise's way to say that an address is incomplete
        raise _failure(to, str(error)) from None
    sent = Apprise(service).notify(body=text, title=subject, body_format=NotifyFormat.TEXT, log_level=logging.DEBUG)
    if not sent:
        said = [entry.message for entry in sent.logs() if entry.level == "WARNING" or "Exception" in entry.message]
        raise _failure(to, "; ".join(said) or "its server said nothing")


def _keep_out_of_our_log() -> None:
    """What Apprise does comes with its result, addresses included; the log need not have it, too."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)


def _failure(to: str, cause: str) -> ServiceUnavailable:
    return ServiceUnavailable(
        f"no mail could be sent to {to} ({cause}); check ROLECALL_MAIL_URL, and the server it names"
    )
