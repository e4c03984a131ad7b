"""The key that signs access tokens and API keys: configured or, in a local installation, kept in its folder."""

from worker.local.folder import make_folder, secret
from worker.settings import Settings


def secret_key(settings: Settings) -> bytes:
    """Return the installation's secret; where none is configured it is generated once and kept (0600)."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    # 0711, as `rolecall up` makes it: the account its servers run under has to get through.
    return secret(make_folder(settings.folder, 0o711) / "api-secret").encode()
