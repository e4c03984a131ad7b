"""The only way out of this process to a careers site: paced, bounded, guarded."""

from worker.http.client import BoardClient, Limits, NotModified, Permit, Traffic, Validators
from worker.http.robots import RobotsFile, fetch_robots
from worker.http.sessions import SessionPool

__all__ = [
    "BoardClient",
    "Limits",
    "NotModified",
    "Permit",
    "RobotsFile",
    "SessionPool",
    "Traffic",
    "Validators",
    "fetch_robots",
]
