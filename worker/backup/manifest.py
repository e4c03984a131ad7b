"""What a backup says of itself: `manifest.json`, the last member of its file."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from worker.secret import derived, secret_file
from worker.settings import Settings

FORMAT: Literal[1] = 1
KIND: Literal["rolecall backup"] = "rolecall backup"

Count = Annotated[int, Field(ge=0, lt=2**63)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class TableContent(BaseModel):
    """A table's rows, the bytes and the SHA-256 of its content, and its columns in their order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: Count
    bytes: Count
    sha256: Digest
    columns: list[ShortText]


class Manifest(BaseModel):
    """What is in a backup, and where it comes from.

    `position` is above the number of every transaction that the backup holds something of (`store.transactions`),
    `sequences` are the last numbers given. `secret` says whether the installation's secret is in it, `secret_check` is
    an HMAC by which the secret is recognised; None where there was none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["rolecall backup"] = KIND
    format: Literal[1] = FORMAT
    rolecall: ShortText
    revision: ShortText
    created_at: AwareDatetime
    position: Count
    tables: dict[Name, TableContent]
    sequences: dict[ShortText, Count]
    secret: bool
    secret_check: Digest | None


def secret_check(settings: Settings) -> str | None:
    """Return what an installation's secret is recognised by, None where it has none yet."""
    if settings.secret_key is None and not secret_file(settings).exists():
        return None
    return derived(settings, "backup").hex()
