"""Restoring a backup: all of it or nothing, in one transaction, and not before it has been checked from end to end."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from worker import migrate
from worker.backup.manifest import Manifest, secret_check
from worker.backup.members import Counted
from worker.backup.reading import Backup
from worker.errors import Conflict, InvalidInput
from worker.private_files import make_folder, write_private
from worker.secret import secret_file
from worker.settings import Settings
from worker.store import backup as store
from worker.store import transactions

PATIENCE_SECONDS = 60.0
"""How long others are waited for who use the tables: exports, a backup, scans that are being written."""
_FEWEST_LEFT_OUT, _MOST_LEFT_OUT = 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and whether the installation's secret is the one it was stored under."""

    manifest: Manifest
    secret_replaced: bool
    secret_fits: bool


def restore(
    engine: Engine, settings: Settings, backup: Backup, *, replace: bool = False, patience: float = PATIENCE_SECONDS
) -> Restored:
    """Put a backup in the place of all that is in the database, and bring it to this code's shape.

    Everything may go on running: the tables are locked meanwhile, and what workers had under way when the backup was
    made begins anew. Raises InvalidInput for a backup that is damaged, and Conflict where the database is not empty
    (unless it is to be replaced) or is kept busy by others for `patience` seconds; nothing has changed then.
    """
    backup.verify()
    with Session(engine) as session:
        _lock(session, replace=replace, patience=patience)
        _replace_all(session, backup)
        session.commit()
    replaced = _restore_secret(settings, backup)
    check = backup.manifest.secret_check
    return Restored(backup.manifest, replaced, check is None or check == secret_check(settings))


def _lock(session: Session, *, replace: bool, patience: float) -> None:
    migrate.lock(session.connection())
    if not replace:
        _refuse_if_not_empty(session)  # before anybody is kept waiting
    if not store.hold_alone(session, store.tables(session), seconds=patience):
        raise Conflict(
            f"others have been using the tables for over {patience:g} seconds (a backup or an export under way?), so "
            "nothing was restored; try again when they have ended"
        )
    if not replace:
        _refuse_if_not_empty(session)


def _replace_all(session: Session, backup: Backup) -> None:
    manifest = backup.manifest
    given = store.sequences(session)
    number = max(transactions.mark(session), manifest.position + transactions.LEAP)
    _make_room(session, manifest)
    _load(session, backup)
    if manifest.revision != migrate.head():
        migrate.upgrade_within(session.connection())
    store.release(session)
    store.go_on(session, _numbers_to_go_on_from(given, manifest.sequences))
    transactions.go_on_from(session, number)
    store.analyse(session)


def _refuse_if_not_empty(session: Session) -> None:
    found = store.contents(session)
    if not found:
        return
    listed = ", ".join(f"{name.replace('_', ' ')} ({rows:,})" for name, rows in found.items())
    raise Conflict(
        f"the database is not empty: it has {listed}. Nothing was changed; --replace deletes all of that for good and "
        "puts the backup in its place"
    )


def _make_room(session: Session, manifest: Manifest) -> None:
    """Leave empty tables of the shape that the backup's have."""
    here = store.revision(session)
    if here is not None and not migrate.is_known(here):
        raise Conflict(
            f"the database is at migration {here}, which this Rolecall does not know; restore with the newer Rolecall "
            "that runs there, or into another database"
        )
    if here == manifest.revision:
        store.empty(session, store.tables(session))
        return
    store.drop(session, store.tables(session))
    migrate.upgrade_within(session.connection(), manifest.revision)


def _load(session: Session, backup: Backup) -> None:
    """Fill the tables, and see that the database has kept all of it as it was given."""
    wanted = backup.manifest.tables
    there = {table.name: table for table in store.tables(session)}
    shapes = {name: sorted(content.columns) for name, content in wanted.items()}
    if {name: sorted(table.columns) for name, table in there.items()} != shapes:
        raise InvalidInput(
            f"the backup {backup.file} does not have the tables of migration {backup.manifest.revision} that it says "
            "it is of; nothing was changed, restore another one"
        )
    for name, content in wanted.items():
        table = store.Table(name, tuple(content.columns), there[name].key)
        with backup.table(name) as source:
            store.copy_in(session, table, source)
        kept = Counted()
        rows = store.copy_out(session, table, kept)
        if (rows, kept.sha256) != (content.rows, content.sha256):
            raise InvalidInput(f"the database has not kept {name} as the backup has it, so nothing was changed")


def _numbers_to_go_on_from(here: dict[str, int], backed_up: dict[str, int]) -> dict[str, int]:
    """Return above which number each sequence goes on.

    Numbers that were given after the backup stand in other people's feeds, webhooks and bookmarks, and must not come to
    mean something else. Those of the database that is replaced are known; of another one that is lost, as many are left
    out as were given until the backup, within bounds.
    """
    beyond = {name: last + min(max(last, _FEWEST_LEFT_OUT), _MOST_LEFT_OUT) for name, last in backed_up.items()}
    return {name: max(here.get(name, 0), beyond.get(name, 0)) for name in here.keys() | beyond.keys()}


def _restore_secret(settings: Settings, backup: Backup) -> bool:
    """Keep the backup's secret where none is configured; say whether it took the place of another one."""
    secret = backup.secret()
    if secret is None or settings.secret_key is not None:
        return False
    file = secret_file(settings)
    if file.exists() and file.read_text().strip() == secret:
        return False
    make_folder(settings.folder, 0o711)
    replaced = file.exists()
    write_private(file, secret + "\n")
    return replaced
