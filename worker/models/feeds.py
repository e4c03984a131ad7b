"""Feeds that people read elsewhere."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from worker.models.base import Base, id_column, moment_column


class Feed(Base):
    """A person's feed: of all matches, or those of a group or a company, or of all postings that pass a filter.

    Its address holds a token that is derived from `nonce` and the installation's secret; a new nonce renews it.
    `updated_at` is when name or scope changed last.
    """

    __tablename__ = "feeds"
    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    title_filters: Mapped[str | None]
    nonce: Mapped[bytes]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = moment_column()
    updated_at: Mapped[datetime] = moment_column()
    renewed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("num_nonnulls(group_id, company_id, title_filters) <= 1", name="one_scope"),)
