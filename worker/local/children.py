"""The parts of Rolecall that `rolecall up` runs: what each is started with, when it is ready, how it is stopped."""

import http.client
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import worker
from worker.local.child import Child, Stage
from worker.local.options import StackOptions
from worker.local.running import RunningStack
from worker.settings import reachable

SOURCE = Path(worker.__file__).parent.parent
PYTHON = sys.executable
MIGRATE_SECONDS = 300.0

# Seconds after the stop began. Together with the servers' own (stack.py) everything is over within 15.
TRIGGER_URGE = ((3.0, signal.SIGKILL),)
WORKER_URGE = ((8.0, signal.SIGQUIT), (11.0, signal.SIGKILL))
MONITOR_URGE = ((12.0, signal.SIGKILL),)


@dataclass(frozen=True, slots=True)
class Plan:
    """What runs on top of the servers: first the migrations, once, then the children."""

    migrate: Child
    children: tuple[Child, ...]


def plan(options: StackOptions, running: RunningStack) -> Plan:
    """Return the parts of Rolecall for these servers."""
    env = {
        "DATABASE_URL": running.database_url,
        "REDIS_URL": running.redis_url,
        "ROLECALL_FOLDER": str(options.folder),
        "ROLECALL_HOST": options.host,
        "ROLECALL_PORT": str(options.port),
        "ROLECALL_FLOWER_URL": running.flower_url or "",
        "PYTHONUNBUFFERED": "1",
        **options.env,
    }

    def part(name: str, stage: Stage, argv: tuple[str, ...], **more: object) -> Child:
        return Child(name, (PYTHON, *argv), stage, env=env, cwd=SOURCE, **more)  # type: ignore[arg-type]

    migrate = ("-m", "worker.cli", "migrate")
    api = ("-m", "uvicorn", "api.app:app", "--host", options.host, "--port", str(options.port))
    celery = ("-m", "celery", "--quiet", "-A", "worker")
    children = [
        part(
            "api",
            Stage.TRIGGERS,
            (*api, "--timeout-graceful-shutdown", "2"),
            ready=answers_http(options.host, options.port, "/healthz"),
            urge=TRIGGER_URGE,
        ),
        part(
            "beat",
            Stage.TRIGGERS,
            (*celery, "beat", "--schedule", str(options.folder / "beat-schedule")),
            urge=TRIGGER_URGE,
        ),
    ]
    for number in range(1, options.workers + 1):
        name = f"worker{number}"
        children.append(
            part(name, Stage.WORKERS, (*celery, "worker", "--hostname", f"{name}@%h"), urge=WORKER_URGE),
        )
    return Plan(
        part("migrate", Stage.TRIGGERS, migrate, ready_seconds=MIGRATE_SECONDS),
        (*children, *([_flower(options, env)] if options.with_flower else [])),
    )


def _flower(options: StackOptions, env: dict[str, str]) -> Child:
    argv = [
        PYTHON,
        "-m",
        "celery",
        "--quiet",
        "-A",
        "worker",
        "flower",
        "--address=127.0.0.1",
        f"--port={options.flower_port}",
    ]
    argv += ["--max-tasks=10000", "--persistent=True", f"--db={options.folder / 'flower'}"]
    return Child(
        "flower",
        tuple(argv),
        Stage.MONITORS,
        env={**env, "FLOWER_BASIC_AUTH": options.flower_basic_auth or ""},  # Flower reads it; no secret in `ps`
        cwd=SOURCE,
        ready=answers_http("127.0.0.1", options.flower_port, "/healthcheck"),
        urge=MONITOR_URGE,
    )


def answers_http(host: str, port: int, path: str) -> Callable[[], bool]:
    """Return a question: does this address answer 200? Asked directly, whatever proxy is configured."""

    def ask() -> bool:
        connection = http.client.HTTPConnection(reachable(host), port, timeout=2)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask
