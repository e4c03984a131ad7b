"""`python -m worker.cli` is `rolecall`."""

from worker.cli import main

main()
