"""What the person chose for the local stack."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StackOptions:
    """The options of `rolecall up`."""

    folder: Path = Path(".rolecall")
    host: str = "127.0.0.1"
    port: int = 8000
    flower_port: int = 5555
    with_flower: bool = True
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    database_url: str | None = None
    """A server to use instead of our own PostgreSQL."""
    redis_url: str | None = None
    """A server to use instead of our own Valkey."""
    flower_basic_auth: str | None = None
    """`user:password` for Flower; generated and kept in the folder if not given."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Set for every part of Rolecall, in addition to the environment."""
