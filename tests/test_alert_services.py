"""Services by Apprise: real mail and web servers, the simulated internet, and what an address may not do here."""

import base64
import gzip
import ssl
import threading

import pytest
import trustme

from tests import alerting
from tests.alerting import deliveries, raise_alerts, release, tries
from tests.api import building
from tests.boards import Internet
from tests.boards.wire import Answer, Request
from tests.mailbox import Mailbox
from tests.receiving import Receiver, Reply
from worker import alerts
from worker.channels import apprising, forms, reaching
from worker.channels.apprising import Message
from worker.errors import InvalidInput, UnsafeAddress

SHARED = {"ROLECALL_ACCOUNTS": "true", "ROLECALL_SECRET_KEY": "a secret that is long enough for accounts"}
BODY = {
    "kind": "matches",
    "channel": {"id": 1, "name": "phone"},
    "more": 2,
    "matches": [
        {
            "id": 1, "title": "C++ & <b>Dev</b> @everyone", "company": "Acme", "url": "https://acme.example/?a=1&b=2",
            "locations": ["Berlin"], "workplace": "remote", "why": [],
        }
    ],
}  # fmt: skip


@pytest.fixture
def here(settings, tmp_path):
    return settings(ROLECALL_FOLDER=tmp_path)


@pytest.fixture
def shared(settings):
    return settings(**SHARED)


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


def send(settings, address: str):
    return apprising.send(settings, address, Message("7", BODY))


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """What a mail server proves itself with, to those who trust this test's authority."""
    authority, server = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return server


def mail_form(mailbox: Mailbox, **given: str) -> str:
    filled = {"to": "ada@example.org", "server": "localhost", "port": str(mailbox.port), "from": "rolecall@example.org"}
    return forms.compose("email", {**filled, **given})


def test_a_mail_arrives_as_html_and_as_text_with_the_deliverys_id(here, tls):
    with Mailbox(tls=tls, login=("ada", "pass/wo:rd")) as mailbox:
        answer = send(here, mail_form(mailbox, user="ada", password="pass/wo:rd"))
        assert answer.ok, answer.text
    (mail,) = mailbox.mails
    assert (mail.sender, mail.to) == ("rolecall@example.org", ["ada@example.org"])
    assert mail.message["Subject"] == "3 new roles: Acme"
    assert mail.message["From"] == "Rolecall <rolecall@example.org>"
    assert mail.message["X-Rolecall-Delivery"] == "7"
    in_html = mail.message.get_body(("html",)).get_content()
    assert "<b>C++ &amp; &lt;b&gt;Dev&lt;/b&gt; @\u200beveryone</b>" in in_html
    assert 'href="https://acme.example/?a=1&amp;b=2"' in in_html
    plain = mail.message.get_body(("plain",)).get_content()
    assert "C++ & <b>Dev</b>" in plain
    assert "https://acme.example/?a=1&b=2" in plain
    assert "message 7" in plain


def test_a_mail_that_is_refused_says_why_and_not_the_password(here, tls):
    with Mailbox(tls=tls, login=("ada", "right-password")) as mailbox:
        answer = send(here, mail_form(mailbox, user="ada", password="wrong-password"))
    assert not answer.ok
    assert "535" in answer.text
    assert "wrong-password" not in answer.text


def test_a_delivery_by_mail_is_recorded_with_what_the_server_said(db, settings, tmp_path):
    here = settings(ROLECALL_FOLDER=tmp_path)
    acme, ada = building.company(db), alerting.person(db)
    with Mailbox(answer="451 try later") as mailbox:
        address = f"mailto://127.0.0.1:{mailbox.port}?from=a%40b.example&to=c%40d.example"
        alerting.service(db, here, ada, address, name="mail")
        raise_alerts(db, ada, acme.board_id, "Engineer")
        release(db)
        (delivery,) = deliveries(db)
        alerts.deliver(delivery["id"], here)
        (delivery,) = deliveries(db)
        assert (delivery["state"], delivery["attempts"]) == ("waiting", 1)
        assert "451" in delivery["error"]
        mailbox.answer = "250 OK"
        db.execute(alerting.text("UPDATE deliveries SET due_at = now()"))
        db.commit()
        alerts.deliver(delivery["id"], here)
    assert [ok for ok, _ in tries(db, delivery["id"])] == [False, True]
    assert mailbox.mails[0].message["Subject"] == "Engineer at Acme"


def test_a_message_to_ntfy_is_plain_text(here, receiver):
    address = forms.compose("ntfy", {"topic": "jobs", "server": f"http://127.0.0.1:{receiver.port}", "token": "tk_abc"})
    assert send(here, address).ok
    (request,) = receiver.received
    assert request.headers["Authorization"] == "Bearer tk_abc"
    assert (request.json["topic"], request.json["title"]) == ("jobs", "3 new roles: Acme")
    assert request.json["message"].startswith("C++ & <b>Dev</b> @\u200beveryone\nAcme · Berlin · remote\n")


def test_a_message_to_gotify_arrives(here, receiver):
    address = forms.compose("gotify", {"server": f"http://127.0.0.1:{receiver.port}/push", "token": "AbCdEf123456789"})
    assert send(here, address).ok
    (request,) = receiver.received
    assert (request.path, request.headers["X-Gotify-Key"]) == ("/push/message", "AbCdEf123456789")


def test_what_a_service_answers_is_told_without_the_secrets_of_its_address(here, receiver):
    basic = base64.b64encode(b"ada:s3cret-word").decode()
    receiver.reply = lambda request: Reply(403, f'{{"error": "no s3cret-word, {basic}"}}'.encode())
    answer = send(here, f"ntfy://ada:s3cret-word@127.0.0.1:{receiver.port}/jobs")
    assert not answer.ok
    assert "403" in answer.text
    assert "no …" in answer.text
    assert "s3cret" not in answer.text
    assert basic not in answer.text


def test_a_service_that_hangs_is_given_up_in_time(settings, tmp_path, receiver):
    let_go = threading.Event()
    receiver.reply = lambda _: Reply(200) if let_go.wait(30) else Reply(500)
    here = settings(ROLECALL_FOLDER=tmp_path, ROLECALL_ALERT_SECONDS=4)
    answer = send(here, f"ntfy://127.0.0.1:{receiver.port}/jobs")
    let_go.set()
    assert (answer.ok, answer.text) == (False, "it took longer than 4 seconds")


def test_a_service_that_floods_costs_its_message_and_not_the_worker(settings, tmp_path, receiver):
    bomb = gzip.compress(bytes(1 << 30), 1)
    receiver.reply = lambda _: Reply(500, bomb, {"Content-Encoding": "gzip"})
    here = settings(ROLECALL_FOLDER=tmp_path, ROLECALL_ALERT_SECONDS=60)
    answer = send(here, f"ntfy://127.0.0.1:{receiver.port}/jobs")
    assert not answer.ok
    assert "500" not in answer.text, "whoever knows the status has held all of the answer"


@pytest.mark.parametrize(
    ("service", "given", "host", "text"),
    [
        ("slack", {"url": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"},
         "hooks.slack.com", "C++ &amp; &lt;b&gt;Dev&lt;/b&gt; @\u200beveryone\\n"),
        ("discord", {"url": "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"},
         "discord.com", "[**C++ & \\\\<b\\\\>Dev\\\\</b\\\\> @\u200beveryone**](https://acme.example/?a=1&b=2)"),
        ("telegram", {"token": "123456789:AAHgZ4cAAAAA_abcdefghijklmnopqrstuv", "chat": "12345678"},
         "api.telegram.org", "<b>C++ &amp; &lt;b&gt;Dev&lt;/b&gt; @\u200beveryone</b>"),
        ("teams", {"url": "https://prod-1.westeurope.logic.azure.com/workflows/643e69f83c8944/triggers/manual/paths/"
                   "invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=iRGVOkiBjp"},
         "prod-1.westeurope.logic.azure.com", "[**C++ & \\\\<b\\\\>Dev\\\\</b\\\\> @\u200beveryone**]"),
        ("pushover", {"user": "u" * 30, "token": "a" * 30, "device": "phone"},
         "api.pushover.net", "C%2B%2B+%26amp%3B+%26lt%3Bb%26gt%3BDev"),
        ("matrix", {"server": "https://matrix.example.org", "room": "!abc:example.org", "token": "syt_secret"},
         "matrix.example.org", "<b>C++ &amp; &lt;b&gt;Dev&lt;/b&gt; @\u200beveryone</b>"),
    ],
)  # fmt: skip
def test_each_common_service_is_sent_its_own_form(settings, monkeypatch, service, given, host, text):
    with Internet(seed=1, companies=1) as net:
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE"):
            monkeypatch.setenv(name, net.env[name])
        asked = answering(net, host)
        shared = settings(**SHARED)  # the proxy is on loopback, which only its own address may be
        kind, shown = reaching.look(shared, forms.compose(service, given))
        answer = send(shared, forms.compose(service, given))
    assert (answer.ok, kind) == (True, reaching.APPRISE), answer.text
    assert text in b"".join(asked).decode().replace("\\u200b", "\u200b")
    assert not any(
        secret in shown for secret in ("TIiajkdnlazkcOXrIdevi7FQ", "JHMHI8qBe7", "AAHgZ4c", "iRGVOk", "syt_")
    )


def answering(net: Internet, host: str) -> list[bytes]:
    """Let every address of a host answer with what its service would; return a list of what it is sent."""
    asked: list[bytes] = []
    reply = {
        "hooks.slack.com": Answer(200, b"ok", "text/plain"),
        "discord.com": Answer(204),
        "api.telegram.org": Answer(200, b'{"ok": true, "result": []}'),
        "api.pushover.net": Answer(200, b'{"status": 1}'),
        "matrix.example.org": Answer(
            200,
            b'{"room_id": "!abc:example.org", "event_id": "$1", "user_id": "@a:b", '
            b'"m.homeserver": {"base_url": "https://matrix.example.org"}}',
        ),
    }.get(host, Answer(202))

    def answer(request: Request) -> Answer:
        asked.append(request.body)
        return reply

    net.page(f"https://{host}/*", answer)
    return asked


@pytest.mark.parametrize(
    "address",
    [
        "ntfy://127.0.0.1:9/jobs",
        "ntfy://localhost:9/jobs",
        "gotify://10.0.0.7/AbCdEf123456789",
        "mailto://127.0.0.1:25?from=a%40b.example&to=c%40d.example",
        "mailto://mail.example:25?smtp=192.168.1.1&from=a%40b.example&to=c%40d.example",
        "matrix://token@[::1]/!room:example",
    ],
)
def test_among_several_people_a_service_reaches_no_private_address(shared, address):
    with pytest.raises(UnsafeAddress):
        send(shared, address)


def test_one_person_s_services_may_be_in_their_own_network(here, receiver):
    assert send(here, f"ntfy://localhost:{receiver.port}/jobs").ok


@pytest.mark.parametrize("address", ["file:///etc/passwd", "syslog://", "dbus://", "json://example.org/", "exec://ls"])
def test_among_several_people_only_some_schemes_may_be_used(shared, address):
    with pytest.raises(InvalidInput, match="may not be used in an installation of several people"):
        reaching.look(shared, address)
    with pytest.raises(InvalidInput, match="may not be used"):
        send(shared, address)


def test_among_several_people_an_address_reads_no_file_of_the_machine(settings, monkeypatch, tmp_path):
    template = tmp_path / "template.json"
    template.write_text('{"content": "a secret of this machine"}')
    address = f"discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?template={template}"
    with Internet(seed=1, companies=1) as net:
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE"):
            monkeypatch.setenv(name, net.env[name])
        asked = answering(net, "discord.com")
        assert send(settings(ROLECALL_FOLDER=tmp_path), address).ok
        assert b"a secret of this machine" in b"".join(asked), "one person's own installation reads it"
        asked.clear()
        assert not send(settings(**SHARED), address).ok
    assert asked == []


def test_a_child_gets_nothing_of_this_process_s_secrets(here, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:password@host/database")
    assert not {"DATABASE_URL", "REDIS_URL", "ROLECALL_SECRET_KEY", "FLOWER_BASIC_AUTH"} & set(apprising._environment())


@pytest.mark.parametrize("address", ["nonsense", "discord://1", "mailto://", "nothing-of-apprise-s://x/y"])
def test_an_address_that_nobody_understands_is_refused_and_not_repeated(here, address):
    with pytest.raises(InvalidInput) as refused:
        reaching.look(here, address)
    assert address not in str(refused.value) or "://" not in address


def test_an_address_is_shown_without_its_secrets(here):
    mail = "mailtos://smtp.example.org?user=ada%40example.org&pass=s3cret&from=ada%40example.org&to=bob%40example.org"
    assert reaching.look(here, mail) == ("apprise", "mailtos://ada:****@smtp.example.org/bob@example.org")
    assert reaching.look(here, "https://example.org/hook/s3cret?key=1") == ("webhook", "https://example.org/…")
    assert reaching.look(here, "https://example.org") == ("webhook", "https://example.org")


@pytest.mark.parametrize(
    ("service", "given", "words"),
    [
        ("carrier-pigeon", {}, "there is no form for 'carrier-pigeon'"),
        ("ntfy", {}, "ntfy also needs: Topic"),
        ("ntfy", {"topic": "x", "colour": "red"}, "ntfy does not ask for colour"),
        ("ntfy", {"topic": "x", "server": "ftp://push.example"}, "no address of a server"),
        ("ntfy", {"topic": "x", "server": "https://push.example/path"}, "no address of a server"),
        ("matrix", {"server": "https://[::1", "room": "!a:b", "token": "t"}, "no address of a server"),
        ("email", {"to": "a@b.c", "server": "smtp.example", "user": "ada"}, "also needs: From"),
        ("email", {"to": "a@b.c", "server": "smtp.example", "user": "a@b.c", "port": "70000"}, "is no port"),
        ("email", {"to": "a@b.c", "server": "smtp example", "user": "a@b.c"}, "no name of a server"),
        ("email", {"to": "a@b.c", "server": "x", "user": "a@b.c", "security": "very"}, "Security is one of starttls"),
        ("slack", {"url": "https://discord.com/api/webhooks/1/2"}, "not given out there; make one under Incoming"),
        ("webhook", {"url": "ntfy://ntfy.sh/x"}, "begins with https"),
        ("gotify", {"server": "x.example", "token": "A" * 3_000}, "longer than 2,000 characters"),
    ],
)
def test_a_form_says_what_is_wrong_with_it(service, given, words):
    with pytest.raises(InvalidInput, match=words):
        forms.compose(service, given)


FILLED = {
    "email": ({"to": "bob@example.org", "server": "smtp.example.org", "user": "ada@example.org", "password": "p/:@"},
              "mailtos://ada:****@smtp.example.org/bob@example.org"),
    "slack": ({"url": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"},
              "slack://T...2/A...D/T...Q"),
    "discord": ({"url": "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"},
                "discord://4...8/J...s"),
    "telegram": ({"token": "123456789:AAHgZ4cAAAAA_abcdefghijklmnopqrstuv", "chat": "@jobs_of_ada"},
                 "tgram://1...v/@jobs_of_ada"),
    "ntfy": ({"topic": "jobs-x7"}, "ntfys://ntfy.sh/jobs-x7"),
    "teams": ({"url": "https://prod-1.westeurope.logic.azure.com:443/workflows/643e69f83c8944/triggers/manual/paths/"
                      "invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=iRGVOkiBjp"},
              "workflow://prod-1.westeurope.logic.azure.com:443/6...4/i...p"),
    "matrix": ({"server": "https://matrix.example.org", "room": "!abc:example.org", "token": "syt_secret"},
               "matrixs://s...t@matrix.example.org/!abc:example.org"),
    "pushover": ({"user": "u" * 30, "token": "a" * 30}, "pover://u...u@a...a"),
    "gotify": ({"server": "gotify.example.org", "token": "AbCdEf123456789"}, "gotifys://gotify.example.org/A...9"),
    "webhook": ({"url": "https://example.org/rolecall"}, "https://example.org/…"),
}  # fmt: skip


@pytest.mark.parametrize("service", forms.SERVICES)
def test_the_address_that_a_form_makes_is_understood_and_shown_without_secrets(shared, service):
    given, shown = FILLED[service]
    assert reaching.look(shared, forms.compose(service, given))[1] == shown


def test_every_form_is_a_service_that_everybody_may_use():
    for service, (given, _) in FILLED.items():
        scheme = reaching.scheme_of(forms.compose(service, given))
        assert scheme in apprising.PLUGINS or scheme == "https"
