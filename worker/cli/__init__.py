"""The command line, `rolecall`: a module per group of commands, one door for errors, one for what goes out."""

from worker.cli.app import main

__all__ = ["main"]
