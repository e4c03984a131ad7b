"""The help texts: every command has a panel, examples, and fits the terminal."""

import re

import pytest
from typer.main import get_command

from tests.cli.conftest import commands
from worker.cli.app import app
from worker.cli.terminal import EXTEND, READ, RUN, WATCH

TOP = get_command(app).commands
COMMANDS = commands()
GROUPS = {name: one for name, one in TOP.items() if name not in COMMANDS}
NAMES = {
    RUN: ["up", "migrate", "backup", "restore", "doctor", "login-link", "people"],
    WATCH: [
        "add",
        "import",
        "export-list",
        "settings",
        "groups",
        "group",
        "channels",
        "channel",
        "deliveries",
        "detect",
        "catalogue",
        "suggestions",
        "scan",
        "cancel",
        "dry-run",
    ],
    READ: [
        *("companies", "boards", "preview", "why", "scans", "runs", "matches", "mark", "undo", "postings", "changes"),
        *("export", "hosts"),
    ],
    EXTEND: ["extractor", "verify"],
}


def test_the_commands_are_these():
    found = {}
    for name, command in TOP.items():
        found.setdefault(command.rich_help_panel, []).append(name)
    assert found == NAMES
    exports = {"export postings", "export matches", "export changes"}
    channel = {"channel add", "channel test", "channel remove", "channel services"}
    assert set(COMMANDS) - set(TOP) == {"catalogue search", "catalogue add", "extractor try", *exports, *channel}


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_shows_examples_and_fits_80_columns(rolecall, monkeypatch, name):
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    ran = rolecall(*name.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"Usage: rolecall {name}".rstrip() in ran.out
    assert f"rolecall {name or 'up'}" in ran.out.partition("Examples:")[2]
    assert max(len(line) for line in ran.out.splitlines()) <= 80


@pytest.mark.parametrize("name", GROUPS)
def test_the_help_of_a_group_lists_its_commands(rolecall, monkeypatch, name):
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    ran = rolecall(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert all(re.search(rf"^\W+{command} ", ran.out, re.MULTILINE) for command in GROUPS[name].commands)
    assert max(len(line) for line in ran.out.splitlines()) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_use_options_that_exist(name):
    command = COMMANDS[name]
    options = {option for param in command.params for option in [*param.opts, *param.secondary_opts]}
    words = {word for line in command.epilog.splitlines() if f"rolecall {name}" in line for word in line.split()}
    used = {word.split("=")[0].strip("[/]") for word in words if word.startswith("--")}
    assert used <= options


def test_without_arguments_the_help_is_shown(rolecall):
    ran = rolecall()
    assert "Usage: rolecall" in ran.out + ran.err


def test_the_version_is_shown(rolecall):
    assert rolecall("--version").out.startswith("rolecall ")
