"""docs/backup.md: each of its commands does what it is said to do."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.api import building
from tests.backup.databases import digests, living_in
from tests.cli.conftest import CHECKOUT
from tests.cli.conftest import rolecall as rolecall  # noqa: PLC0414 - a fixture

DOCUMENT = (CHECKOUT / "docs/backup.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)


def commands() -> list[list[str]]:
    """The commands of the plain blocks, in their order."""
    lines = [line for kind, block in BLOCKS if kind == "" for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("rolecall ")]


@pytest.fixture
def watched(new_database):
    """An installation that watches two companies."""
    engine = new_database()
    with Session(engine) as db:
        for name in ("acme", "globex"):
            building.postings(db, building.company(db, name, "lever").board_id, "Baker", "Cook")
            db.commit()
    return engine


def test_every_command_works_as_it_stands(rolecall, watched, new_database, redis, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROLECALL_FOLDER", str(tmp_path / "folder"))
    before = digests(watched)
    done = []
    with living_in(watched):
        assert rolecall("backup", "before.zip").code == 0
        for command in commands():
            if command[0] == "doctor":  # looks at a whole installation, workers and all
                continue
            if command[0] == "restore" and len(command) == 2:
                assert rolecall(*command).code == 1, "it refuses what is not empty"
                with living_in(new_database()):
                    assert rolecall(*command).code == 0
            else:
                ran = rolecall(*command)
                assert ran.code == 0, (command, ran.err)
            done.append(command[0])
    assert digests(watched) == before
    assert set(done) == {"backup", "restore", "export-list", "import"}
    assert done.count("restore") >= 4


@pytest.fixture
def srv(tmp_path) -> Path:
    """A folder with an installation, as the schedules have it."""
    program = tmp_path / ".venv/bin/rolecall"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH={CHECKOUT} exec {sys.executable} -m worker.cli "$@"\n')
    program.chmod(0o755)
    (tmp_path / "backups").mkdir()
    return tmp_path


def run(line: str, folder: Path) -> None:
    line = line.replace("/srv/rolecall", str(folder))
    done = subprocess.run(["/bin/sh", "-c", line], cwd=folder, env=os.environ, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_crontab_makes_a_file_a_night_and_keeps_those_of_a_month(filled, srv):
    (block,) = [block for kind, block in BLOCKS if kind == "crontab"]
    lines = [re.fullmatch(r"(?:[\d*]+ ){5}(.+)", line)[1].replace(r"\%", "%") for line in block.splitlines()]
    old = srv / "backups/rolecall-2020-01-01.zip"
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    with living_in(filled):
        for line in lines:
            run(line, srv)
    (made,) = (srv / "backups").iterdir()
    assert re.fullmatch(r"rolecall-\d{4}-\d\d-\d\d\.zip", made.name)


def test_the_service_makes_a_backup(filled, srv):
    (block,) = [block for kind, block in BLOCKS if kind == "ini"]
    (line,) = re.findall(r"^ExecStart=/bin/sh -c '(.+)'$", block, re.MULTILINE)
    with living_in(filled):
        run(line.replace("%%", "%"), srv)
    assert [file.suffix for file in (srv / "backups").iterdir()] == [".zip"]


def test_the_container_is_one_of_the_compose_file():
    (line,) = [line for _, block in BLOCKS for line in block.splitlines() if line.startswith("docker compose")]
    assert re.search(r' --volume "\$PWD/backups:/backups" api rolecall backup /backups/\S+$', line)
    assert 'user: "10001"' in (CHECKOUT / "docker-compose.yml").read_text()
    assert re.search(r"^  api:$", (CHECKOUT / "docker-compose.yml").read_text(), re.MULTILINE)
