import os
import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def place():
    """A folder that the servers' account may enter: pytest's own tmp_path is closed to it when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="rolecall-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give its servers another account")
