"""The Celery application: `celery -A worker worker`, `… beat` and `… flower` work as typed."""

from typing import Any

from celery import Celery, signals

from worker import heartbeat, logs, watchdog

app = Celery("rolecall", events="worker.messaging:Events")
app.config_from_object("celeryconfig")


@signals.setup_logging.connect
def _set_up_logging(**_: Any) -> None:
    logs.set_up()


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
