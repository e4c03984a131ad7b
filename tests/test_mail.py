"""Mail that Rolecall sends, through a real server; and what it says when none can be sent."""

import logging
import ssl

import pytest
import trustme

from tests.mailbox import Mailbox
from worker import mail
from worker.errors import ServiceUnavailable
from worker.local.ports import free_port
from worker.settings import Settings

TO = "ada@example.org"


def configured(address: str | None) -> Settings:
    return Settings(DATABASE_URL="postgresql://x/y", REDIS_URL="redis://x", ROLECALL_MAIL_URL=address)


def send(address: str | None, to: str = TO, subject: str = "Hello", text: str = "Good morning.\n") -> None:
    mail.send(configured(address), to, subject, text)


def refusal(address: str | None, **options: str) -> str:
    with pytest.raises(ServiceUnavailable) as refused:
        send(address, **options)
    return str(refused.value)


def test_a_mail_arrives_as_plain_text_from_the_operators_address():
    with Mailbox() as box:
        send(box.url, subject="Grüße", text="Ein Link: https://jobs.example.org/sign-in/a_b-c?d=1&e=<f>\n")
    [found] = box.mails
    assert (found.sender, found.to) == ("rolecall@example.org", [TO])
    assert found.message["From"].addresses[0].addr_spec == "rolecall@example.org"
    assert (found.message["To"], found.message["Subject"]) == (TO, "Grüße")
    assert found.message.get_content_type() == "text/plain"
    assert found.text.strip() == "Ein Link: https://jobs.example.org/sign-in/a_b-c?d=1&e=<f>"


def test_only_whom_it_is_for_gets_a_mail_whomever_the_configuration_names():
    with Mailbox() as box:
        others = "to=boss@example.org&cc=colleague@example.org&bcc=auditor@example.org"
        send(box.url.replace("?", "/team@example.org?") + f"&{others}")
    [found] = box.mails
    assert found.to == [TO]
    assert "example.org" not in str(found.message).replace(TO, "").replace("rolecall@example.org", "")


def test_a_subject_cannot_add_headers():
    with Mailbox() as box:
        send(box.url, subject="Hello\r\nBcc: eve@example.org")
    [found] = box.mails
    assert found.to == [TO]
    assert found.message["Bcc"] is None


@pytest.fixture
def tls(tmp_path):
    """What a server proves itself with; its authority is in `ca.pem`, and nobody knows it yet."""
    authority, server = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return server


def test_a_server_that_wants_a_password_gets_it(tls, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with Mailbox(tls=tls, login=("rolecall@example.org", "p@ss:w/rd")) as box:
        login = "rolecall%40example.org:p%40ss%3Aw%2Frd"
        send(f"mailtos://{login}@localhost:{box.port}?from=rolecall@example.org")
        assert len(box.mails) == 1
        said = refusal(f"mailtos://{login}x@localhost:{box.port}?from=rolecall@example.org")
    assert "535" in said
    assert "p@ss" not in said


def test_a_secure_address_speaks_tls_only(tls, tmp_path, monkeypatch):
    with Mailbox(tls=tls) as box:
        address = f"mailtos://localhost:{box.port}?from=rolecall@example.org"
        assert "CERTIFICATE_VERIFY_FAILED" in refusal(address)
        assert box.mails == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        send(address)
        assert len(box.mails) == 1
    with Mailbox() as plain:
        assert "STARTTLS" in refusal(f"mailtos://localhost:{plain.port}?from=rolecall@example.org")
        assert plain.mails == []


@pytest.mark.parametrize(
    ("answer", "cause"), [("550 no such mailbox", "no such mailbox"), ("451 try later", "try later")]
)
def test_what_a_server_refuses_is_said_with_its_own_words(answer, cause):
    with Mailbox(answer) as box:
        said = refusal(box.url)
    assert said.startswith(f"no mail could be sent to {TO} (")
    assert cause in said
    assert said.endswith("check ROLECALL_MAIL_URL, and the server it names")


def test_a_server_that_is_not_there_is_said_so():
    said = refusal(f"mailto://127.0.0.1:{free_port()}?from=rolecall@example.org")
    assert "Connection refused" in said


@pytest.mark.parametrize("address", [None, ""])
def test_without_a_server_the_remedy_is_named(address):
    said = refusal(address)
    assert "ROLECALL_MAIL_URL" in said
    assert "rolecall login-link" in said


@pytest.mark.parametrize("address", ["mailto://", "mailto://127.0.0.1", "mailto://127.0.0.1?from=nobody"])
def test_an_address_that_lacks_something_is_said_to(address):
    assert "check ROLECALL_MAIL_URL" in refusal(address)


def test_what_is_no_address_of_a_person_gets_nothing():
    with Mailbox() as box:
        assert "nobody" in refusal(box.url, to="nobody")
    assert box.mails == []


def test_what_happens_to_a_mail_is_not_logged_besides(monkeypatch):
    """On a handler of our own: pytest's listens to loggers that hand nothing on, too."""
    heard = []
    monkeypatch.setattr(logging.root, "handlers", [Heard(heard)])
    monkeypatch.setattr(logging.root, "level", logging.DEBUG)
    with Mailbox() as box:
        send(box.url)
        refusal(f"mailto://me:geheim@127.0.0.1:{free_port()}?from=rolecall@example.org")
    assert "mail.log" in heard  # aiosmtpd's: the handler listens
    assert "apprise" not in heard


class Heard(logging.Handler):
    def __init__(self, names: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._names = names

    def emit(self, record: logging.LogRecord) -> None:
        self._names.append(record.name)
