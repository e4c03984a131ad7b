"""The only way out of this process to a careers site: paced, bounded, guarded."""

from worker.http.client import BoardClient, Limits, NotModified, Traffic, Validators
from worker.http.sessions import SessionPool

__all__ = ["BoardClient", "Limits", "NotModified", "SessionPool", "Traffic", "Validators"]
