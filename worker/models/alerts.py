"""How people hear of matches and changes, and what became of each message."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from worker.models.base import Base, count_column, id_column, moment_column


class Channel(Base):
    """A way to reach a person: an Apprise address, or a webhook of their own.

    `address` and `secret` (what a webhook is signed with) are encrypted; `shown` is the address without what is secret.
    A digest is sent at `digest_hour` on `digest_days` (ISO weekdays, none: every day), by the clock of `time_zone`, as
    is the quiet time. `group_ids` routes: matches of these groups only, none: all. `events` are the kinds of changes
    that a webhook is told of, from the position (`tx`, `id`) of the feed of changes on. `released_at` is when the last
    delivery of matches was made.
    """

    __tablename__ = "channels"
    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    address: Mapped[bytes]
    shown: Mapped[str]
    secret: Mapped[bytes | None]
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    mode: Mapped[str] = mapped_column(server_default=text("'instant'"))
    digest_hour: Mapped[int] = mapped_column(server_default=text("8"))
    digest_days: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    time_zone: Mapped[str] = mapped_column(server_default=text("'UTC'"))
    quiet_from: Mapped[time | None]
    quiet_to: Mapped[time | None]
    muted_until: Mapped[datetime | None]
    most: Mapped[int] = mapped_column(server_default=text("20"))
    group_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    matches: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    events: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    position_tx: Mapped[int] = count_column()
    position_id: Mapped[int] = count_column()
    released_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = moment_column()
    updated_at: Mapped[datetime] = moment_column()


class Delivery(Base):
    """One message to one channel, frozen when it was made: every try sends the same body under the same id.

    It is waiting, sending, sent, dead (not tried any more) or skipped (nothing was left to tell). `since` is when its
    tries began, or began anew. One that is `enqueued_at` is under way: on Redis, or with a worker until `lease_until`.
    """

    __tablename__ = "deliveries"
    id: Mapped[int] = id_column()
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"))
    kind: Mapped[str]
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    attempts: Mapped[int] = count_column()
    since: Mapped[datetime] = moment_column()
    due_at: Mapped[datetime] = moment_column()
    enqueued_at: Mapped[datetime | None]
    token: Mapped[int] = count_column()
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = moment_column()
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_deliveries_channel_id_id", "channel_id", "id"),
        Index("ix_deliveries_due", "due_at", postgresql_where=text("state = 'waiting' AND enqueued_at IS NULL")),
        Index("ix_deliveries_under_way", "channel_id", postgresql_where=text("enqueued_at IS NOT NULL")),
        Index("ix_deliveries_open", "channel_id", postgresql_where=text("finished_at IS NULL")),
    )


class Alert(Base):
    """That a match is to be told to a channel, once for each run that brought it; told in `delivery_id`."""

    __tablename__ = "alerts"
    id: Mapped[int] = id_column()
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id", ondelete="CASCADE"))
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), index=True)
    scan_run_id: Mapped[int]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = moment_column()

    __table_args__ = (
        UniqueConstraint("channel_id", "match_id", "scan_run_id"),
        Index("ix_alerts_waiting", "channel_id", "id", postgresql_where=text("delivery_id IS NULL")),
    )


class DeliveryTry(Base):
    """One try to send a delivery, and what was answered."""

    __tablename__ = "delivery_tries"
    id: Mapped[int] = id_column()
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = moment_column()
    ok: Mapped[bool]
    answer: Mapped[str]
    milliseconds: Mapped[int]
