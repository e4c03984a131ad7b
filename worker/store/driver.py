"""Statements that every scan makes: given to the driver as they are, and planned once per connection.

SQLAlchemy's share of such a statement would be twice the rest of what it costs the worker; to parse and plan it anew
each time would be half of what it costs Postgres.
"""

import re
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.orm import Session

Opened = Session | PoolProxiedConnection
"""A session, in whose transaction a statement takes place, or a connection on which each is one by itself."""

_VALUE = re.compile(r"(?<!:):(\w+)")


class Statement:
    """SQL that returns one row or none, its values written `:name` as in `text()`; Postgres knows it under `name`."""

    def __init__(self, name: str, sql: str) -> None:
        values = list(dict.fromkeys(_VALUE.findall(sql)))
        numbered = _VALUE.sub(lambda found: f"${values.index(found[1]) + 1}", sql)
        self._name = name
        self._prepare = f"PREPARE {name} AS {numbered}"
        self._execute = f"EXECUTE {name} ({', '.join(f'%({value})s' for value in values)})"

    def row(self, opened: Opened, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Carry it out; return the row by the names of its columns."""
        connection = opened.connection().connection if isinstance(opened, Session) else opened
        with closing(connection.cursor()) as cursor:
            if self._name not in connection.info:
                cursor.execute(self._prepare)
                connection.info[self._name] = True
            cursor.execute(self._execute, values)
            found = cursor.fetchone()
            return dict(zip([column[0] for column in cursor.description], found, strict=True)) if found else None
