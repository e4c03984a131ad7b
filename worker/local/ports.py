"""Ports on this machine: is one free, choose one, keep it."""

import errno
import socket
from pathlib import Path

from worker.errors import StartRefused

LOOPBACK = "127.0.0.1"


def refuse_taken_port(what: str, host: str, port: int, option: str) -> None:
    """Raise StartRefused, naming the remedy, when `what` could not listen on the port."""
    try:
        _bind(host, port)
    except OSError as error:
        reason = {
            errno.EADDRINUSE: f"Port {port} on {host} is taken",
            errno.EACCES: f"Port {port} on {host} is reserved for root",
        }.get(error.errno or 0, f"Nothing can listen on port {port} of {host} ({error.strerror or error})")
        raise StartRefused(
            f"{reason}, so {what} cannot start; stop what uses it or choose another with {option}."
            if error.errno == errno.EADDRINUSE
            else f"{reason}, so {what} cannot start; choose another with {option}."
        ) from None


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port of the loopback address."""
    try:
        _bind(LOOPBACK, port)
    except OSError:
        return False
    return True


def free_port() -> int:
    """Return a port of the loopback address that nobody uses right now."""
    return _bind(LOOPBACK, 0)


def kept_port(file: Path) -> int:
    """Return the port noted in the file, or note a free one where there is none or somebody else took it."""
    try:
        port = int(file.read_text())
    except (FileNotFoundError, ValueError):
        port = 0
    if port == 0 or not is_free(port):
        port = free_port()
        file.write_text(f"{port}\n")
    return port


def _bind(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        return int(listener.getsockname()[1])
