"""Every example of docs/feeds.md is run, in the order in which it stands there."""

import os
import re
import shlex
import subprocess

import pytest
from openpyxl import load_workbook

from tests.api import building
from tests.cli.conftest import CHECKOUT, command
from tests.test_docs import ROOT, code_blocks
from worker.export_formats import FORMATS

DOCUMENT = ROOT / "docs/feeds.md"
ANY = "…"


def examples() -> list[tuple[str, str]]:
    """Return (command, what it is said to answer)."""
    found = []
    for block in code_blocks(DOCUMENT):
        if block.startswith("$ "):
            found += [tuple(one.partition("\n")[::2]) for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return found


def fits(answer: str, told: str) -> bool:
    pattern = re.escape(told.strip()).replace(re.escape(f"{ANY}\n{ANY}"), ".*?").replace(re.escape(ANY), ".*?")
    return re.fullmatch(pattern, answer.replace("\r\n", "\n").strip(), re.DOTALL) is not None


class Curl:
    """Carries out curl's command lines; `TOKEN` is what the first feed that was shown had."""

    def __init__(self, client) -> None:
        self._client = client
        self._token = ""

    def run(self, line: str) -> str:
        name, *words = shlex.split(line)
        assert name == "curl"
        method, body, url = None, None, None
        while words:
            match words.pop(0):
                case "-s":
                    pass
                case "-X":
                    method = words.pop(0)
                case "--json":
                    body = words.pop(0)
                case address if address.startswith("localhost:8000/"):
                    url = f"http://{address.replace('TOKEN', self._token)}"
                case other:
                    raise AssertionError(f"an example uses {other}, which is not understood here")
        headers = {"Content-Type": "application/json"} if body else {}
        answer = self._client.request(method or ("POST" if body else "GET"), url, content=body, headers=headers).text
        self._token = self._token or (re.search(r"/feeds/1-([\w-]+)\.atom", answer) or [""] * 2)[1]
        return answer


@pytest.fixture
def acme(db):
    acme = building.company(db)
    building.postings(db, acme.board_id, "Data Engineer", "Designer", locations=["Berlin"])
    building.caught_up(db)
    return acme


def test_the_examples_answer_what_stands_there(client, acme):
    curl = Curl(client)
    assert len(examples()) > 10
    for line, told in examples():
        answer = curl.run(line)
        assert fits(answer, told), f"{line}\n{answer}"


def test_the_commands_write_files(client, acme, tmp_path):
    lines = re.findall(r"^rolecall export .*$", DOCUMENT.read_text(), re.MULTILINE)
    assert len(lines) == 4
    for line in lines:
        env = os.environ | {"PYTHONPATH": str(CHECKOUT)}
        ran = subprocess.run(command(*shlex.split(line)[1:]), capture_output=True, cwd=tmp_path, env=env, check=False)
        assert (ran.returncode, ran.stderr) == (0, b""), line
    assert {one.name for one in tmp_path.iterdir()} == {"postings.xlsx", "engineers.parquet", "matches.csv"}
    assert load_workbook(tmp_path / "postings.xlsx").active.max_row == 3


def test_every_format_is_described():
    table = DOCUMENT.read_text().partition("| Format |")[2]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(FORMATS)
