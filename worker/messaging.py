"""Celery's way to Redis, relieved of what it would do anew for every message.

Both classes are named where Celery asks for them: the transport in celeryconfig.py, the events in worker/celery.py.
"""

from typing import Any

from celery.app import events
from celery.events.dispatcher import EventDispatcher
from kombu.transport import redis

EVENTS_MOST = 200
"""So many task events wait at most; fewer go out with the next heartbeat, every two seconds."""


class Channel(redis.Channel):
    """Kombu's channel, with one client for all commands: building one takes longer than the command."""

    _shared: Any = None

    def _create_client(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002 - kombu's signature
        if asynchronous:
            return super()._create_client(asynchronous=True)  # has a connection of its own
        if self._shared is None or self._shared.connection_pool is not self.pool:
            self._shared = super()._create_client()
        return self._shared


class Transport(redis.Transport):
    """Kombu's Redis transport over such channels."""

    Channel = Channel


class Dispatcher(EventDispatcher):
    """Celery's sender of events, telling what became of tasks by the hundred instead of at every turn of its loop."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "buffer_limit": EVENTS_MOST, "on_send_buffered": None})

    def send(self, type: str, *args: Any, **fields: Any) -> Any:  # noqa: A002 - Celery's signature
        """Send an event: one of a task waits for company, and leaves with the next heartbeat at the latest."""
        sent = super().send(type, *args, **fields)
        if not type.startswith("task-"):
            self.flush()
        return sent


class Events(events.Events):
    """Celery's events, sent by the `Dispatcher` above."""

    dispatcher_cls = f"{__name__}:Dispatcher"
