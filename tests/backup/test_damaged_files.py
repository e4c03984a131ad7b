"""A file that is no backup, or not the one that was written, is refused in words, and nothing has changed then."""

import hashlib
import json
import os
import random
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.backup.databases import digests
from worker import backup as backups
from worker.errors import InvalidInput
from worker.store import backup as store

Members = dict[str, bytes]


@contextmanager
def members(file) -> Iterator[Members]:
    """Let a test change a backup's members, and write it anew."""
    with zipfile.ZipFile(file) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    yield found
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(name, content)


def manifest(found: Members, change: Callable[[dict[str, Any]], Any]) -> None:
    values = json.loads(found["manifest.json"])
    change(values)
    found["manifest.json"] = json.dumps(values).encode()


def rewrite(found: Members, table: str, content: bytes) -> None:
    """Give a table another content, and let the manifest say so: what only the database can find out."""
    found[f"tables/{table}.copy"] = content
    described = {"bytes": len(content), "rows": content.count(b"\n"), "sha256": hashlib.sha256(content).hexdigest()}
    manifest(found, lambda values: values["tables"][table].update(described))


def refused(file, settings, engine) -> str:
    """Restore over what is there; return why that was refused, having seen that nothing has changed."""
    before = digests(engine)
    with Session(engine) as db:
        numbers, revision = store.sequences(db), store.revision(db)
    with pytest.raises(InvalidInput) as error, backups.opened(file) as opened:
        backups.restore(engine, settings, opened, replace=True)
    assert digests(engine) == before
    with Session(engine) as db:
        assert (store.sequences(db), store.revision(db)) == (numbers, revision)
    return str(error.value)


def test_a_flipped_bit_anywhere_is_noticed_or_without_meaning(file):
    content = file.read_bytes()
    with backups.opened(file) as opened:
        written = opened.manifest
    chance = random.Random(1)
    places = {*range(120), *range(len(content) - 120, len(content)), *chance.sample(range(len(content)), 500)}
    noticed = 0
    for place in places:
        damaged = bytearray(content)
        damaged[place] ^= 1 << chance.randrange(8)
        file.write_bytes(damaged)
        try:
            with backups.opened(file) as opened:
                opened.verify()
                assert opened.manifest == written
        except InvalidInput:
            noticed += 1
    assert noticed > len(places) * 0.7


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_refused(file, folder_settings, filled, share):
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    assert "is no backup of Rolecall's, or its end is missing" in refused(file, folder_settings, filled)


def test_a_flipped_bit_in_a_table_is_named(file, folder_settings, filled):
    with zipfile.ZipFile(file) as archive:
        start = archive.getinfo("tables/postings.copy").header_offset
    content = bytearray(file.read_bytes())
    content[start + 200] ^= 1
    file.write_bytes(content)
    assert "is damaged (" in refused(file, folder_settings, filled)


def test_a_file_of_another_kind_is_no_backup(tmp_path, file, folder_settings, filled):
    for name, content in (("text", b"hello"), ("empty", b""), ("zeros", b"\0" * 5000)):
        other = tmp_path / name
        other.write_bytes(content)
        assert "is no backup of Rolecall's" in refused(other, folder_settings, filled)
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("notes.txt", "hello")
    assert "it has no manifest.json" in refused(other, folder_settings, filled)
    assert "cannot be read (Is a directory)" in refused(tmp_path, folder_settings, filled)
    assert "cannot be read (No such file" in refused(tmp_path / "none", folder_settings, filled)


def test_a_pipe_or_a_device_without_an_end_is_not_read(tmp_path, folder_settings, filled):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "nor any file" in refused(pipe, folder_settings, filled)
    with pytest.raises(InvalidInput, match="is there already and is no backup"):
        backups.make(filled, folder_settings, pipe)


CHANGES: dict[str, tuple[Callable[[Members], Any], str]] = {
    "a table is missing": (lambda found: found.pop("tables/matches.copy"), "tables/matches.copy"),
    "the manifest is missing": (lambda found: found.pop("manifest.json"), "it has no manifest.json"),
    "a member too many": (lambda found: found.update({"tables/other.copy": b""}), "tables/other.copy"),
    "a path out of the folder": (lambda found: found.update({"../../etc/cron.d/x": b"x"}), "../../etc/cron.d/x"),
    "an absolute path": (lambda found: found.update({"/etc/cron.d/x": b"x"}), "/etc/cron.d/x"),
    "a secret that nobody announced": (lambda found: found.update({"api-secret": b"x"}), "its secret is not what"),
    "another content": (
        lambda found: found.update({"tables/users.copy": found["tables/users.copy"].replace(b"1", b"2")}),
        "the content of users is not what was written",
    ),
    "a row too many": (
        lambda found: manifest(found, lambda values: values["tables"]["users"].update(rows=6)),
        "the content of users is not what was written",
    ),
    "another digest": (
        lambda found: manifest(found, lambda values: values["tables"]["users"].update(sha256="0" * 64)),
        "the content of users is not what was written",
    ),
    "another size": (
        lambda found: manifest(found, lambda values: values["tables"]["users"].update(bytes=1)),
        "the size of tables/users.copy is not what was written",
    ),
    "a table with the name of a path": (
        lambda found: manifest(found, lambda values: values["tables"].update({"../x": values["tables"]["users"]})),
        "its manifest.json cannot be understood tables/../x",
    ),
    "no kind": (lambda found: manifest(found, lambda values: values.pop("kind")), "does not say so"),
    "no tables": (lambda found: manifest(found, lambda values: values.pop("tables")), "cannot be understood tables"),
    "a negative number": (lambda found: manifest(found, lambda values: values.update(position=-1)), "position"),
    "no JSON": (lambda found: found.update({"manifest.json": b"{"}), "manifest.json cannot be understood"),
    "JSON without end": (lambda found: found.update({"manifest.json": b"[" * 500_000}), "cannot be understood"),
    "a number without end": (lambda found: found.update({"manifest.json": b"9" * 500_000}), "cannot be understood"),
    "a huge manifest": (lambda found: found.update({"manifest.json": b" " * 5_000_000}), "it has no manifest.json"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_file_that_is_not_the_one_that_was_written_is_refused(file, folder_settings, filled, what):
    change, said = CHANGES[what]
    with members(file) as found:
        change(found)
    assert said in refused(file, folder_settings, filled)


ONLY_THE_DATABASE_KNOWS: dict[str, tuple[Callable[[Members], Any], str]] = {
    "a row that refers to nothing": (
        lambda found: rewrite(found, "group_companies", b"99\t99\n"), "what the backup has as group_companies cannot"
    ),
    "a row with too few columns": (
        lambda found: rewrite(found, "group_companies", b"1\n"), "what the backup has as group_companies cannot"
    ),
    "a row twice": (
        lambda found: rewrite(found, "group_companies", b"1\t1\n1\t1\n"), "what the backup has as group_companies"
    ),
    "rows in another order": (
        lambda found: rewrite(found, "group_companies", b"2\t1\n1\t1\n"), "has not kept group_companies"
    ),
    "an end before the end": (
        lambda found: rewrite(found, "group_companies", b"1\t1\n\\.\n2\t1\n"), "group_companies"
    ),
    "a column too few": (
        lambda found: manifest(found, lambda values: values["tables"]["users"]["columns"].pop()),
        "does not have the tables of migration",
    ),
    "a column with the name of a statement": (
        lambda found: manifest(
            found, lambda values: values["tables"]["users"]["columns"].append('id") FROM STDIN; DROP TABLE users; --')
        ),
        "does not have the tables of migration",
    ),
    "a revision of other tables": (
        lambda found: manifest(found, lambda values: values.update(revision="0004")),
        "does not have the tables of migration 0004",
    ),
    "a table of its own": (
        lambda found: [
            found.update({"tables/other.copy": b""}),
            manifest(found, lambda values: values["tables"].update(
                other={"rows": 0, "bytes": 0, "sha256": hashlib.sha256().hexdigest(), "columns": ["id"]})),
        ],
        "does not have the tables of migration",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ONLY_THE_DATABASE_KNOWS)
def test_a_file_that_is_whole_and_wrong_leaves_everything_as_it_was(file, folder_settings, filled, what):
    change, said = ONLY_THE_DATABASE_KNOWS[what]
    with members(file) as found:
        change(found)
    assert said in refused(file, folder_settings, filled)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(file, folder_settings, filled):
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("tables/users.copy", "x")
    assert "is damaged (" in refused(file, folder_settings, filled)


@pytest.mark.parametrize("way", ["announced", "hidden"])
def test_a_bomb_is_put_aside_unopened(file, folder_settings, filled, way):
    """Half a gigabyte of nothing, in half a megabyte: as large as it says, or as small as what was there before."""
    with zipfile.ZipFile(file) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            if name != "tables/users.copy":
                archive.writestr(name, content)
                continue
            with archive.open(name, "w", force_zip64=True) as member:
                for _ in range(512):
                    member.write(b"\0" * (1 << 20))
            if way == "hidden":
                archive.getinfo(name).file_size = len(content)
    tracemalloc.start()
    try:
        assert "is damaged (" in refused(file, folder_settings, filled)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_members_packed_in_another_way_are_refused(file, folder_settings, filled, method):
    with zipfile.ZipFile(file) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(name, content, method if name == "tables/users.copy" else zipfile.ZIP_DEFLATED)
    assert "packed in a way that Rolecall does not use" in refused(file, folder_settings, filled)


def test_a_hostile_name_reaches_no_statement(file, folder_settings, filled):
    with members(file) as found:
        manifest(found, lambda values: values["sequences"].update({"users_id_seq'); DROP TABLE users; --": 5}))
    with backups.opened(file) as opened:
        backups.restore(filled, folder_settings, opened, replace=True)
    with Session(filled) as db:
        assert db.execute(text("SELECT count(*) FROM users")).scalar_one() == 5
