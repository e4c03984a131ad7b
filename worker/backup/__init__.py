"""Backup and restore: all of an installation in one file, and back, whatever runs meanwhile."""

from worker.backup.making import make
from worker.backup.reading import Backup, opened
from worker.backup.restoring import Restored, restore

__all__ = ["Backup", "Restored", "make", "opened", "restore"]
