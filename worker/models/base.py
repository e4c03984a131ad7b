"""Common naming and types of all tables, and columns that many have."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, Identity, LargeBinary, MetaData, Numeric, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Common naming and types of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as it is
        int: BigInteger,
        str: Text,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        Decimal: Numeric,
        list[str]: ARRAY(Text),
        list[int]: ARRAY(BigInteger),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


def id_column() -> Mapped[int]:
    """A number that the database gives."""
    return mapped_column(BigInteger, Identity(always=True), primary_key=True)


def moment_column() -> Mapped[datetime]:
    """A moment, without another one that of the transaction."""
    return mapped_column(server_default=func.now())


def count_column() -> Mapped[int]:
    """A number, 0 at first."""
    return mapped_column(server_default=text("0"))
