"""Every example of docs/api.md is carried out, in the order in which it stands there, against a real server."""

import ast
import re
import shlex
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import text

from api import limiting, links
from tests.api import building, signing_in
from tests.api.conftest import LIMITS, SECRET, _logs, app, serve  # noqa: F401 - fixtures
from tests.api.test_feed_docs import fits
from tests.test_docs import ROOT, code_blocks, rows, section
from worker.posting import Place

DOCUMENT = ROOT / "docs/api.md"
WITH_ACCOUNTS = "Signing in"
WRITTEN_FOR = "localhost:8000"


def examples(written: str) -> list[tuple[str, str]]:
    """Return (command line, what it is said to answer)."""
    found = []
    for block in re.findall(r"^```\n(.*?)^```", written, re.DOTALL | re.MULTILINE):
        found += [tuple(one.partition("\n")[::2]) for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return found


class Shell:
    """Carries out curl's command lines at a server. Words in capitals stand for what earlier answers held."""

    SECRETS: ClassVar = {"ACCESS": r'"access_token":"([^"]+)"', "KEY": r'"key":"([^"]+)"'}

    def __init__(self, url: str, **known: str) -> None:
        self._netloc = urlsplit(url).netloc
        self._known = known

    def run(self, line: str) -> str:
        for word, secret in self._known.items():
            line = re.sub(rf"\b{word}\b", secret, line)
        answer = self._answer(line)
        for word, pattern in self.SECRETS.items():
            if found := re.search(pattern, answer):
                self._known[word] = found[1]
        return answer

    def _answer(self, line: str) -> str:
        name, *words = shlex.split(line)
        assert name == "curl"
        method, body, url, headers, shows_headers = None, None, "", {}, False
        while words:
            match words.pop(0):
                case "-s" | "-si" as option:
                    shows_headers = "i" in option
                case "-X":
                    method = words.pop(0)
                case "-H":
                    key, _, value = words.pop(0).partition(": ")
                    headers[key] = value
                case "-d":
                    body = words.pop(0)
                case "--json":
                    body = words.pop(0)
                    headers["Content-Type"] = "application/json"
                case address if address.startswith(f"{WRITTEN_FOR}/"):
                    url = f"http://{address.replace(WRITTEN_FOR, self._netloc, 1)}"
                case other:
                    raise AssertionError(f"an example uses {other}, which is not understood here")
        answer = requests.request(method or ("POST" if body else "GET"), url, data=body, headers=headers, timeout=60)
        head = [f"HTTP/1.1 {answer.status_code} {answer.reason}", *(f"{n}: {v}" for n, v in answer.headers.items())]
        return "\n".join([*(head if shows_headers else []), answer.text])


def carry_out(written: str, shell: Shell) -> int:
    """Carry out all examples; return how many there were."""
    for line, told in examples(written):
        answer = shell.run(line)
        assert fits(answer, told), f"{line}\n{answer}"
    return len(examples(written))


@pytest.fixture
def url(app, db, monkeypatch) -> Iterator[str]:  # noqa: F811
    """The address of a server that knows a company with three open postings."""
    for name, limit in LIMITS.items():
        monkeypatch.setattr(limiting, name, limit)
    acme = building.company(db)
    berlin, paris = Place("Berlin", "Berlin", "DE"), Place("Paris", None, "FR")
    building.postings(db, acme.board_id, "Data Engineer", locations=["Berlin"], places=[berlin])
    building.postings(db, acme.board_id, "Data Scientist", "Baker", run=2, locations=["Paris"], places=[paris])
    db.execute(text("UPDATE boards SET open_count = 3"))
    building.caught_up(db)
    with serve(app) as url:
        yield url


def test_the_examples_answer_what_stands_there(url):
    document = DOCUMENT.read_text()
    elsewhere = document.replace(section(DOCUMENT, WITH_ACCOUNTS), "")
    assert carry_out(elsewhere, Shell(url)) > 20


def test_the_examples_of_signing_in_answer_what_stands_there(app, db, settings):  # noqa: F811
    settings(ROLECALL_ACCOUNTS="true", ROLECALL_SECRET_KEY=SECRET, ROLECALL_MAIL_URL="mailto://u:p@127.0.0.1:9")
    ada = signing_in.person(db)
    with serve(app) as url:
        token = signing_in.link(db, ada).rpartition("/")[2]
        assert carry_out(section(DOCUMENT, WITH_ACCOUNTS), Shell(url, TOKEN=token)) > 4


def test_the_consumer_of_changes_gets_each_event_once(url, db):
    """Whatever it is given at a time, and however it ended before."""
    (source,) = [block for block in code_blocks(DOCUMENT) if block.startswith("import time")]
    ast.parse(source)
    consumer: dict = {}
    exec(source.replace(f"http://{WRITTEN_FOR}", url).replace("limit=500", "limit=1"), consumer)
    kept: dict = {"cursor": None, "events": []}

    def store(events, cursor):
        kept["events"] += [event["id"] for event in events]
        kept["cursor"] = cursor

    def store_and_die(events, cursor):
        store(events, cursor)
        raise KeyboardInterrupt

    def follow(store) -> list[int]:
        consumer["follow"](lambda: kept["cursor"], store)
        return kept["events"]

    with pytest.raises(KeyboardInterrupt):
        follow(store_and_die)
    assert kept["events"] == [1]
    assert follow(store) == follow(store) == [1, 2, 3]
    db.execute(
        text("INSERT INTO boards (company_id, ats, key, url) VALUES (1, 'lever', 'acme', 'https://acme.example')")
    )
    building.postings(db, 2, "Plumber", run=3)
    building.caught_up(db)
    assert follow(store) == [1, 2, 3, 4]


def test_the_limits_are_those_there_are():
    told = {
        name.strip("`"): (int(most), int(seconds)) for name, most, seconds, _ in rows(section(DOCUMENT, "How often"))
    }
    limits = {
        "person": limiting.request_limit(),
        "preview": limiting.preview_limit(),
        "channel": limiting.channel_limit(),
        "feed": limiting.feed_limit(),
        **dict.fromkeys(("dry run", "detection"), limiting.dry_run_limit()),
        **dict.fromkeys(("sign-in", "wrong credential", "unknown feed"), limiting.sign_in_limit()),
        "link from": links.limit_by_address(),
        "link for": links.limit_by_email(),
    }
    assert told == {name: (limit.amount, limit.get_expiry()) for name, limit in limits.items()}


def test_every_policy_is_told():
    counted = set()
    for path in (ROOT / "api").rglob("*.py"):
        counted |= set(
            re.findall(r"(?:limiting\.count|count_and_tell)\w*\([\w.]+(?:, [\w.]+)?, \"([\w -]+)\"", path.read_text())
        )
    assert counted == {name.strip("`") for name, *_ in rows(section(DOCUMENT, "How often"))}
