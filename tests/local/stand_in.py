"""A small `rolecall up`: the real servers and supervisor over children of a few lines.

python -m tests.local.stand_in '{"folder": "…", "port": 8000}'; the key `children` maps names to Python programs.
"""

import json
import os
import signal
import sys
from pathlib import Path

from worker.errors import StartRefused
from worker.local import servers
from worker.local.child import Child, Stage
from worker.local.children import Plan, answers_http
from worker.local.stack import StackOptions, run

API = """
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_):
        print("asked for", self.path, flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
"""

POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("says goodbye", flush=True), sys.exit(0)))
print("works", flush=True)
while True:
    time.sleep(1)
"""

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("works", flush=True)
while True:
    time.sleep(1)
"""

PROGRAMS = {"polite": POLITE, "stubborn": STUBBORN}


def plan(options, running, children):
    def part(name, stage, program, **more):
        # -I: without the site-packages' start-up code, and the folder on the command line for the tests to see
        return Child(
            name, (sys.executable, "-I", "-c", program, str(options.folder)), stage, cwd=options.folder, **more
        )

    steady = children.pop("steady", 0.1)
    healthy = answers_http("127.0.0.1", options.port, "/healthz")
    return Plan(
        part("migrate", Stage.TRIGGERS, children.pop("migrate", "print('migrated')"), ready_seconds=60),
        (
            part("api", Stage.TRIGGERS, API.replace("PORT", str(options.port)), ready=healthy, ready_seconds=60),
            *(
                part(
                    name,
                    Stage[stage],
                    PROGRAMS.get(program, program),
                    urge=((60, signal.SIGKILL),),
                    steady_seconds=steady,
                )
                for name, (stage, program) in children.items()
            ),
        ),
    )


def main():
    given = json.loads(sys.argv[1])
    children = given.pop("children", {"beat": ["TRIGGERS", "polite"], "worker1": ["WORKERS", "polite"]})
    if "become" in given:
        os.setgroups([])
        os.setuid(given.pop("become"))
    servers.GIVEN_SERVER_SECONDS = given.pop("given_seconds", 5)
    options = StackOptions(**{**given, "folder": Path(given["folder"])}, with_flower=False)
    try:
        return run(
            options,
            on_ready=lambda running: print(f"then {running.api_url}\n", end="", flush=True),
            planner=lambda options, running: plan(options, running, children),
        )
    except StartRefused as error:
        print(f"refused: {error}", flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
