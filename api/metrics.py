"""Figures for a monitor, in the text format of Prometheus. They are counted when they are asked for."""

from collections.abc import Iterator

import redis
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from worker import heartbeat
from worker.celery import app as celery
from worker.store import drift, health

CONTENT_TYPE = CONTENT_TYPE_LATEST


def text(db: Session, client: redis.Redis) -> str:
    """Return every figure; what Redis knows is left out while it does not answer."""
    registry = CollectorRegistry()
    registry.register(_Figures(db, client))
    return generate_latest(registry).decode()


class _Figures(Collector):
    def __init__(self, db: Session, client: redis.Redis) -> None:
        self._db = db
        self._redis = client

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the families of figures."""
        boards, runs = health.boards(self._db), health.backlog(self._db)
        yield _by("rolecall_boards", "Boards, by what is to be said of them", "state",
                  {name: boards[name] for name in ("enabled", "failing", "incomplete")})  # fmt: skip
        yield GaugeMetricFamily("rolecall_open_postings", "Postings that are open", value=boards["open_postings"])
        yield _by("rolecall_runs", "Runs that have not ended", "state", {n: runs[n] for n in ("queued", "running")})
        yield GaugeMetricFamily(
            "rolecall_oldest_run_seconds", "Age of the oldest run that has not ended", value=runs["oldest_seconds"] or 0
        )
        yield self._drift()
        try:
            yield GaugeMetricFamily("rolecall_workers", "Workers seen lately", value=len(heartbeat.seen(self._redis)))
            lengths = {queue.name: self._redis.llen(queue.name) for queue in celery.conf.task_queues}
            yield _by("rolecall_queue_messages", "Messages that wait in a queue", "queue", lengths)
        except redis.RedisError:
            return

    def _drift(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "rolecall_drift_ratio",
            "Share of the day against the month's level, where it is far off",
            labels=("ats", "what"),
        )
        for one in drift.lately(self._db):
            family.add_metric((one.ats, one.what), one.share / one.level if one.level else float("inf"))
        return family


def _by(name: str, what: str, label: str, values: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=(label,))
    for value, number in values.items():
        family.add_metric((value,), number)
    return family
