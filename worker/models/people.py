"""People, and what they sign in with."""

from datetime import datetime

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from worker.models.base import Base, count_column, id_column, moment_column


class User(Base):
    """A person, `admin` or `member`. Without accounts there is exactly one, without an e-mail address of its own.

    A disabled one keeps everything and is refused everywhere; `signed_in_at` is null for somebody who was invited and
    has not come yet.
    `wishes` counts the changes of the person's filters, `wishes_applied` is the last of them that the stored postings
    have been judged by. Who writes matches locks the row for share, who changes filters for update.
    """

    __tablename__ = "users"
    id: Mapped[int] = id_column()
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    google_sub: Mapped[str | None] = mapped_column(unique=True)
    role: Mapped[str] = mapped_column(server_default=text("'member'"))
    wishes: Mapped[int] = count_column()
    wishes_applied: Mapped[int] = count_column()
    created_at: Mapped[datetime] = moment_column()
    signed_in_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]


class ApiKey(Base):
    """A key of a person's. Only its HMAC is stored; `prefix` lets the person tell keys apart."""

    __tablename__ = "api_keys"
    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime] = moment_column()
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class BrowserSession(Base):
    """A browser that a person has signed in with. Only the HMAC of its cookie is stored.

    `expires_at` moves on with each use; `browser` is what it calls itself, so that the person can tell them apart.
    """

    __tablename__ = "browser_sessions"
    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    browser: Mapped[str | None]
    created_at: Mapped[datetime] = moment_column()
    last_used_at: Mapped[datetime] = moment_column()
    expires_at: Mapped[datetime]


class LoginLink(Base):
    """A link that signs a person in, once. Only its HMAC is stored."""

    __tablename__ = "login_links"
    id: Mapped[int] = id_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime] = moment_column()
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
