"""Reading a backup: nothing of it is believed before all of it was checked, and nothing is unpacked by its name."""

import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import ValidationError

from worker import migrate
from worker.backup.manifest import FORMAT, KIND, Manifest
from worker.backup.members import MANIFEST, SECRET, Counted, member_of
from worker.errors import InvalidInput

MANIFEST_BYTES_MOST = 1024 * 1024
SECRET_BYTES_MOST = 1024
_CHUNK_BYTES = 256 * 1024
_ENCRYPTED = 0x1
_BROKEN = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error, zlib.error)
"""What `zipfile` raises of a file that is none, is cut off or has been changed."""


class Backup:
    """An open backup whose manifest has been read, and whose members are those that the manifest names."""

    def __init__(self, file: Path, archive: ZipFile, manifest: Manifest) -> None:
        self.file = file
        self.manifest = manifest
        self._archive = archive

    def verify(self) -> None:
        """Read everything and hold it against the manifest. Raises InvalidInput, and says what is damaged."""
        for name, content in self.manifest.tables.items():
            counted, rows = Counted(), 0
            with self.table(name) as member:
                while data := member.read(_CHUNK_BYTES):
                    counted.write(data)
                    rows += data.count(b"\n")
            if (counted.bytes, counted.sha256, rows) != (content.bytes, content.sha256, content.rows):
                raise _damaged(self.file, f"the content of {name} is not what was written")
        self.secret()

    @contextmanager
    def table(self, name: str) -> Iterator[IO[bytes]]:
        """Yield a table's content, to be read once. Raises InvalidInput where it is damaged."""
        with _in_words(self.file, name), self._archive.open(member_of(name)) as member:
            yield member

    def secret(self) -> str | None:
        """Return the secret of the installation that was backed up, None if it is not in the backup."""
        if not self.manifest.secret:
            return None
        with _in_words(self.file, "the secret"):
            return self._archive.read(SECRET).decode("ascii").strip()


@contextmanager
def opened(file: Path) -> Iterator[Backup]:
    """Open a backup. Raises InvalidInput for what is none, or none that this Rolecall can restore."""
    if file.exists() and not (file.is_file() or file.is_dir()):
        # The end of a device would be looked for until memory is full, the writer of a pipe waited for.
        raise InvalidInput(f"{file} is no backup of Rolecall's, nor any file; name a file that `rolecall backup` wrote")
    try:
        stream = file.open("rb")
    except OSError as error:
        raise InvalidInput(
            f"the backup {file} cannot be read ({error.strerror}); name a file that `rolecall backup` wrote"
        ) from None
    with stream:
        try:
            archive = ZipFile(stream)
        except _BROKEN as error:
            raise InvalidInput(
                f"{file} is no backup of Rolecall's, or its end is missing ({error}); nothing was changed, restore "
                "another one"
            ) from None
        with archive:
            yield Backup(file, archive, _manifest(file, archive))


def _manifest(file: Path, archive: ZipFile) -> Manifest:
    members = {one.filename: one for one in archive.infolist()}
    manifest = _parsed(file, _manifest_text(file, archive, members))
    wanted = {member_of(name): content.bytes for name, content in manifest.tables.items()}
    found = {name: one.file_size for name, one in members.items() if name not in (MANIFEST, SECRET)}
    if len(members) != len(archive.infolist()) or found.keys() != wanted.keys():
        odd = sorted(found.keys() ^ wanted.keys()) or ["a name that is there twice"]
        raise _damaged(file, f"it does not hold what its manifest names ({', '.join(odd)[:200]})")
    if wrong := sorted(name for name, size in found.items() if size != wanted[name]):
        raise _damaged(file, f"the size of {wrong[0]} is not what was written")
    if (SECRET in members) != manifest.secret or (manifest.secret and members[SECRET].file_size > SECRET_BYTES_MOST):
        raise _damaged(file, "its secret is not what its manifest says")
    if any(_is_odd(one) for one in members.values()):
        raise _damaged(file, "its members are packed in a way that Rolecall does not use")
    return manifest


def _manifest_text(file: Path, archive: ZipFile, members: dict[str, ZipInfo]) -> bytes:
    found = members.get(MANIFEST)
    if found is None or _is_odd(found) or found.file_size > MANIFEST_BYTES_MOST:
        raise InvalidInput(f"{file} is no backup of Rolecall's: it has no {MANIFEST} that could be read")
    with _in_words(file, MANIFEST):
        return archive.read(found)


def _parsed(file: Path, content: bytes) -> Manifest:
    try:
        values = json.loads(content)
        if not isinstance(values, dict) or values.get("kind") != KIND:
            raise InvalidInput(f"{file} is no backup of Rolecall's: its {MANIFEST} does not say so")
        _refuse_newer(file, values)
        return Manifest.model_validate(values, strict=False)
    except (ValueError, RecursionError) as error:  # pydantic's own is a ValueError, too
        where = error.errors()[0]["loc"] if isinstance(error, ValidationError) else ()
        raise _damaged(file, f"its {MANIFEST} cannot be understood {'/'.join(map(str, where))}".rstrip()) from None


def _refuse_newer(file: Path, values: dict[str, Any]) -> None:
    form, revision = values.get("format"), values.get("revision")
    newer_form = isinstance(form, int) and form > FORMAT
    if newer_form or (isinstance(revision, str) and not migrate.is_known(revision)):
        raise InvalidInput(
            f"{file} was made by a newer Rolecall ({str(values.get('rolecall'))[:100]}, migration "
            f"{str(revision)[:100]}), which this one cannot read; nothing was changed. Install that version or a newer "
            "one, and restore again"
        )


def _is_odd(member: ZipInfo) -> bool:
    return member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or bool(member.flag_bits & _ENCRYPTED)


@contextmanager
def _in_words(file: Path, what: str) -> Iterator[None]:
    try:
        yield
    except InvalidInput:
        raise
    except _BROKEN as error:
        raise _damaged(file, f"{what}: {error or type(error).__name__}") from None


def _damaged(file: Path, how: str) -> InvalidInput:
    return InvalidInput(f"the backup {file} is damaged ({how}); nothing was changed, restore another one")
