"""What people wish for, and what they got."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from worker.models.base import Base, count_column, id_column, moment_column


class CompanySetting(Base):
    """One person's wish for one company; what is NULL, or not in `criteria`, is as the company's groups have it.

    `worker.criteria` says what the criteria are.
    """

    __tablename__ = "company_settings"
    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    title_filters: Mapped[str | None]
    criteria: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    enabled: Mapped[bool | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    updated_at: Mapped[datetime] = moment_column()

    __table_args__ = (UniqueConstraint("user_id", "company_id"),)


class Group(Base):
    """Companies a person has put together, with settings that they inherit; of several groups the first has its say.

    The group of all companies, at most one of a person's, comes last whatever its position.
    """

    __tablename__ = "groups"
    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    position: Mapped[int] = count_column()
    all_companies: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    title_filters: Mapped[str | None]
    criteria: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = moment_column()
    updated_at: Mapped[datetime] = moment_column()

    __table_args__ = (
        Index("uq_groups_name", "user_id", func.lower(text("name")), unique=True),
        Index("uq_groups_all", "user_id", unique=True, postgresql_where=text("all_companies")),
    )


class GroupCompany(Base):
    """A company in a group."""

    __tablename__ = "group_companies"
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int] = mapped_column(
        ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Match(Base):
    """A posting that passed one person's filters, why, and what the person made of it.

    `fits` says whether it still passes; a row is never deleted with a filter, so nobody's notes are lost. `found_at` is
    when its news came, or when the posting was first seen. `repeats` is the person's earlier match of the same role: a
    further listing, or a repost, which is no news.
    """

    __tablename__ = "matches"
    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    posting_id: Mapped[int] = mapped_column(ForeignKey("postings.id", ondelete="CASCADE"), index=True)
    why: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    fits: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    state: Mapped[str] = mapped_column(server_default=text("'new'"))
    state_at: Mapped[datetime | None]
    applied_on: Mapped[date | None]
    note: Mapped[str | None]
    repeats: Mapped[int | None] = mapped_column(ForeignKey("matches.id", ondelete="SET NULL"), index=True)
    found_at: Mapped[datetime] = moment_column()
    created_at: Mapped[datetime] = moment_column()
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (
        UniqueConstraint("user_id", "posting_id"),
        Index("ix_matches_inbox", "user_id", "found_at", "id"),
        Index("ix_matches_state", "user_id", "state", "found_at", "id"),
    )


class MatchAction(Base):
    """What a person did to matches, with what they were before: `[id, state, applied_on, note, version now]` of each.

    An action can be undone once; a match that has changed since stays as it is.
    """

    __tablename__ = "match_actions"
    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    action: Mapped[str]
    before: Mapped[list[Any]]
    at: Mapped[datetime] = moment_column()
    undone_at: Mapped[datetime | None]
