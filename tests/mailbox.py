"""A real mail server on this machine, which keeps what it is sent."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from ssl import SSLContext

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from worker.local.ports import free_port


@dataclass(frozen=True)
class Mail:
    """A mail as it arrived: by its envelope, and what was in it."""

    sender: str
    to: list[str]
    message: EmailMessage

    @property
    def text(self) -> str:
        return self.message.get_content()


class Mailbox:
    """Takes mails in while it is open: says `answer` to each, speaks `tls`, lets `login` in, or anybody."""

    def __init__(
        self, answer: str = "250 OK", tls: SSLContext | None = None, login: tuple[str, str] | None = None
    ) -> None:
        self.mails: list[Mail] = []
        self.answer = answer
        self.login = login
        secure = {"tls_context": tls, "require_starttls": True} if tls else {}
        options = secure | ({"authenticator": self._authenticate, "auth_required": True} if login else {})
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port(), **options)

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return self._controller.port

    @property
    def url(self) -> str:
        """The address for ROLECALL_MAIL_URL."""
        return f"mailto://127.0.0.1:{self.port}?from=rolecall@example.org"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.mails.append(Mail(envelope.mail_from, envelope.rcpt_tos, message))
        return self.answer

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object):
        known = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == self.login
        return AuthResult(success=known, handled=False)
