"""Log lines: readable by people or machines, and never with a secret in them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

FAILING = """
import logging, structlog
from worker import logs
logs.set_up()
password = "hunter2"
try:
    raise ValueError("it broke")
except ValueError:
    structlog.get_logger().exception("a task failed", run=7)
    logging.getLogger("some.library").exception("a library failed")
"""


@pytest.mark.parametrize("kind", ["text", "json"])
def test_an_error_is_logged_with_its_traceback_and_without_the_values_of_variables(kind):
    env = {"DATABASE_URL": "postgresql://u:p@h/d", "REDIS_URL": "redis://h", "ROLECALL_LOG_FORMAT": kind}
    ended = subprocess.run(
        [sys.executable, "-c", FAILING],
        cwd=Path(__file__).parents[1],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr.count("ValueError: it broke") == 2
    assert "hunter2" not in ended.stderr.replace('password = "hunter2"', "")
    if kind == "json":
        first, second = (json.loads(line) for line in ended.stderr.splitlines())
        assert (first["event"], first["run"], first["level"]) == ("a task failed", 7, "error")
        assert "Traceback" in second["exception"]
