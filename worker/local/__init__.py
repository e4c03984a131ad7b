"""The local stack: real Postgres and Valkey from wheels, and every part of Rolecall as child processes of one command.

For `rolecall up`:

    from worker.local.stack import StackOptions, run
    code = run(StackOptions(folder=Path(".rolecall"), port=8000), on_ready=add_companies)

- `run` blocks until Ctrl-C or SIGTERM and returns the exit code 0. What makes a start impossible raises
  `worker.errors.StartRefused`, whose message is one sentence (and a child's last log lines, where one failed).
- `announce(sentence)` is told what happens, if given; `on_ready(running)` is called once, in a thread of its own, when
  the API answers. `running` is a `RunningStack`: database_url, redis_url, api_url, flower_url, pid.
- What runs is data: `children.plan` lists the parts of Rolecall, `servers.Servers` the two servers.

For commands that look for the stack of this folder:

    from worker.local.running import find_running
    running = find_running(Path(".rolecall"))  # RunningStack or None

For tests:

    from worker.local.temporary import temporary_postgres, temporary_valkey
    with temporary_postgres() as postgres:  # a folder may be given; fast=False keeps fsync on
        postgres.url  # superuser of a fresh cluster; create databases at will
        postgres.restart()  # clean stop and start, same port and data
        postgres.kill()  # as in a power cut; then postgres.start()
"""
