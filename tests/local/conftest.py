import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.local.watching import stack


@contextmanager
def _folder():
    # Not pytest's tmp_path: that one is closed to the servers' account when root runs the tests.
    folder = Path(tempfile.mkdtemp(prefix="rolecall-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def place():
    """An empty folder that the servers' account may enter."""
    with _folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def _used_once():
    with _folder() as folder:
        with stack(folder / "data") as first:
            first.until("Rolecall is ready")
            first.interrupt()
            assert first.ended() == 0
        yield folder / "data"


@pytest.fixture
def used(place, _used_once):
    """The folder of a stack that ran and was stopped: quicker than making a new cluster for each test."""
    subprocess.run(["cp", "-a", _used_once, place / "data"], check=True)
    return place / "data"


@pytest.fixture(scope="module")
def running():
    """A stack that runs while the module's tests look at it."""
    with _folder() as folder, stack(folder / "data") as started:
        started.until("Rolecall is ready")
        yield started


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give its servers another account")
