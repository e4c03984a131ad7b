"""Writing a backup: one moment of the database, streamed into one file."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from worker import migrate
from worker.backup.manifest import Manifest, TableContent, secret_check
from worker.backup.members import MANIFEST, SECRET, Counted, member_of
from worker.backup.reading import opened
from worker.errors import InvalidInput
from worker.secret import secret_file
from worker.settings import Settings, rolecall_version
from worker.store import backup as store
from worker.store import transactions

_LEVEL = 3
"""Of deflate: beyond it a file of postings becomes a tenth smaller and takes twice as long."""


def make(engine: Engine, settings: Settings, file: Path) -> Manifest:
    """Write all that is in the database at this moment to a file that only its owner reads; return what is in it.

    The file appears whole and on the disk, or not at all; a backup of that name is replaced. Memory stays flat whatever
    the size. Raises InvalidInput where the file cannot be written, or the database is not one that this code knows.
    """
    _refuse_to_overwrite(file)
    with _appearing(file) as stream, Session(engine) as session:
        held = store.tables(session)
        revision = _known(store.revision(session))
        session.rollback()
        session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        store.hold_still(session, held)
        return _write(session, settings, revision, stream)


def _write(session: Session, settings: Settings, revision: str, stream: BinaryIO) -> Manifest:
    created_at = datetime.now(UTC)
    with ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        position = transactions.mark(session)
        tables = {table.name: _write_table(session, archive, table) for table in store.tables(session)}
        manifest = Manifest(
            rolecall=rolecall_version(),
            revision=revision,
            created_at=created_at,
            position=position,
            tables=tables,
            sequences=store.sequences(session),
            secret=_write_secret(settings, archive),
            secret_check=secret_check(settings),
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


def _write_table(session: Session, archive: ZipFile, table: store.Table) -> TableContent:
    with archive.open(member_of(table.name), "w", force_zip64=True) as member:
        counted = Counted(member)
        rows = store.copy_out(session, table, counted)
    return TableContent(rows=rows, bytes=counted.bytes, sha256=counted.sha256, columns=list(table.columns))


def _write_secret(settings: Settings, archive: ZipFile) -> bool:
    """Put the generated secret into the backup; one that is configured is its operator's to keep."""
    if settings.secret_key is not None or not secret_file(settings).exists():
        return False
    archive.writestr(SECRET, secret_file(settings).read_text())
    return True


def _known(revision: str | None) -> str:
    if revision is None:
        raise InvalidInput("there is nothing to back up: this database has no tables of Rolecall's yet")
    if not migrate.is_known(revision):
        raise InvalidInput(
            f"the database is at migration {revision}, which this Rolecall does not know, so it cannot be backed up in "
            "full; use the Rolecall that runs there"
        )
    return revision


def _refuse_to_overwrite(file: Path) -> None:
    if not file.parent.is_dir():
        raise InvalidInput(f"there is no folder {file.parent} to write the backup to; make it, or name another one")
    if file.is_dir():
        raise InvalidInput(f"{file} is a folder; name a file in it")
    if not file.exists():
        return
    try:
        with opened(file):
            pass
    except InvalidInput:
        raise InvalidInput(
            f"{file} is there already and is no backup that this Rolecall could replace; choose another name, or "
            "remove it first"
        ) from None


@contextmanager
def _appearing(file: Path) -> Iterator[BinaryIO]:
    """Yield a file (0600) that stands in the place of `file` once all of it is on the disk."""
    # Its name is known before it is there: who interrupts this may do so at the very moment at which it appears.
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(file)
        _sync(file.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Let a renaming reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
