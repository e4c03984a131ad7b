"""What every page shows around its screen: who is asking, how much is new, and whether anything is being read."""

from functools import cached_property
from typing import Annotated, Any

import redis
from fastapi import Depends, Request
from sqlalchemy.orm import Session

from api.auth import CurrentUser, Person
from api.dependencies import CurrentSettings, DbSession, RedisClient
from api.loopback import is_local
from worker import heartbeat
from worker.settings import Settings
from worker.store import glances

NEW_MOST = 999
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "rolecall_theme"
KEYS_COOKIE = "rolecall_keys"


class Frame:
    """What the base template asks for; each thing is looked up when it does, and at most once."""

    def __init__(self, db: Session, client: redis.Redis, settings: Settings, person: Person) -> None:
        self._db = db
        self._redis = client
        self.settings = settings
        self.person = person

    @property
    def is_local(self) -> bool:
        """Whether there is nobody to sign out."""
        return is_local(self.settings)

    @cached_property
    def new_matches(self) -> int:
        """New matches of the person's, counted up to one more than `NEW_MOST`."""
        return glances.new_matches(self._db, self.person.id, most=NEW_MOST + 1)

    @cached_property
    def trouble(self) -> str | None:
        """Why nothing is being read at the moment, with what helps; None where all is well."""
        try:
            if heartbeat.seen(self._redis):
                return None
        except redis.RedisError:
            return (
                "Redis does not answer, so scans wait. Nothing is lost: they are stored and go on as soon as it is "
                "back. Start it, or see Health."
            )
        return (
            "No worker is running, so no board is being read. Scans that you start wait until one is back: start "
            "“rolecall up”, or “celery -A worker worker”."
        )


def get_frame(
    request: Request, db: DbSession, client: RedisClient, settings: CurrentSettings, person: CurrentUser
) -> Frame:
    """Return the frame of a request's page, where `render` finds it, too."""
    frame = Frame(db, client, settings, person)
    request.state.frame = frame
    return frame


PageFrame = Annotated[Frame, Depends(get_frame)]


def appearance(request: Request) -> dict[str, Any]:
    """Return how this browser wants pages: `theme`, and whether single keys do anything (`keys`)."""
    theme = request.cookies.get(THEME_COOKIE, "auto")
    return {"theme": theme if theme in THEMES else "auto", "keys": request.cookies.get(KEYS_COOKIE) != "off"}
