"""The Celery application: `celery -A worker worker`, `… beat` and `… flower` work as typed."""

import gc
from typing import Any

from celery import Celery, signals

from worker import gazetteer, heartbeat, logs, resources, watchdog
from worker.extractors import extractors

app = Celery("rolecall", events="worker.messaging:Events")
app.config_from_object("celeryconfig")


@signals.setup_logging.connect
def _set_up_logging(**_: Any) -> None:
    logs.set_up()


@signals.worker_init.connect
def _prepare(**_: Any) -> None:
    """Read and make what all first tasks would otherwise read and make at the same time, each for itself."""
    extractors()
    gazetteer.load()
    resources.prepare()
    gc.collect()
    gc.freeze()  # what is there now stays, so the collector need not look through it again and again


@signals.worker_ready.connect
def _start_watchdog(**_: Any) -> None:
    watchdog.start()


@signals.task_prerun.connect
def _begin(task_id: str, **_: Any) -> None:
    watchdog.begin(task_id)


@signals.task_postrun.connect
def _end(task_id: str, **_: Any) -> None:
    watchdog.end(task_id)


@signals.heartbeat_sent.connect
def _say_so(sender: Any, **_: Any) -> None:
    heartbeat.beat(sender.eventer.hostname)


@signals.beat_init.connect
@signals.beat_embedded_init.connect
def _listen_to_beat(**_: Any) -> None:
    signals.after_task_publish.connect(_tick)


def _tick(**_: Any) -> None:
    heartbeat.tick()


@signals.worker_shutdown.connect
def _say_goodbye(sender: Any, **_: Any) -> None:
    heartbeat.leave(sender.hostname)
