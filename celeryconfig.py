"""Celery's settings: values only. Each is here for a reason that stands beside it."""

from kombu import Queue

from worker.settings import get_settings

_settings = get_settings()

broker_url = _settings.redis_url.get_secret_value()
broker_transport = "worker.messaging:Transport"
broker_connection_retry_on_startup = True
broker_connection_max_retries = None  # Redis may be away for long; a worker that gives up is one more thing to mend
broker_channel_error_retry = True  # nor when Redis refuses writes for a while: its memory is full, or it is a replica
broker_transport_options = {
    # Over twice a run's deadline, so that a message is never delivered twice while its run is alive.
    "visibility_timeout": max(600, round(2.5 * _settings.run_seconds)),
    # A dead worker's messages come back by this timer; the defaults take an hour.
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # The default of 10 loses acknowledgements under 64 threads.
    "max_connections": 64 + 50,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "retry_on_timeout": True,
}

# Declared in full: with routes alone a plain `celery worker` would take nothing from the routed queues.
# No exchange by name: its bindings would live in Redis, and messages vanish once a flush has taken them.
task_queues = [Queue(name, routing_key=name) for name in ("interactive", "scans", "alerts", "maintenance")]
task_default_queue = "maintenance"
task_create_missing_queues = False
task_routes = {
    "alert.deliver": {"queue": "alerts"},
    "wishes.apply": {"queue": "interactive"},
    "people.mail_link": {"queue": "interactive"},
}

# Threads: `requests` and psycopg2 wait without the GIL. One process per core.
worker_pool = "threads"
worker_concurrency = 64
worker_prefetch_multiplier = 1
worker_send_task_events = True
worker_soft_shutdown_timeout = 30
worker_enable_soft_shutdown_on_idle = True
worker_hijack_root_logger = False
worker_redirect_stdouts = False

# A message is acknowledged when its task is done, so a killed worker's messages are delivered again.
task_acks_late = True
task_reject_on_worker_lost = True
task_ignore_result = True
result_backend = None
task_send_sent_event = False

imports = ("worker.tasks",)
timezone = "UTC"
enable_utc = True


# Expiry is written by the clock of beat's machine and read by the worker's, which may differ by minutes.
_CLOCKS_DIFFER = 600.0


def _every(seconds: float, task: str) -> dict[str, object]:
    """A tick that nobody took is not worth keeping: the next ones do the same."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds + _CLOCKS_DIFFER}}


beat_schedule = {
    "start scans of boards that are due": _every(_settings.sweep_seconds, "scan.due"),
    "send runs that waited": _every(_settings.sweep_seconds / 6, "scan.release"),
    "find lost runs": _every(_settings.sweep_seconds, "scan.sweep"),
    "look for boards that are gone": _every(600.0, "boards.relocate"),
    "count what vendors say": _every(3600.0, "vendors.measure"),
    "count what charts are drawn from": _every(120.0, "insights.count"),
    "apply wishes that nobody applied": _every(_settings.sweep_seconds, "wishes.sweep"),
    "tell people what was found": _every(min(5.0, _settings.sweep_seconds), "alerts.release"),
    "forget old scans": _every(3600.0, "scan.prune"),
    "forget old deliveries": _every(3600.0, "alerts.prune"),
    "forget old actions": _every(3600.0, "actions.prune"),
    "forget sessions that have ended": _every(3600.0, "people.forget"),
}
beat_max_loop_interval = 5
