"""The installation's secret: what is signed with it, and what is sealed with it before it is stored."""

import base64
import hashlib
import hmac
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from worker.errors import SealBroken
from worker.private_files import make_folder, secret
from worker.settings import Settings


def secret_key(settings: Settings) -> bytes:
    """Return the installation's secret; where none is configured it is generated once and kept (0600)."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    # 0711, as `rolecall up` makes it: the account its servers run under has to get through.
    make_folder(settings.folder, 0o711)
    return secret(secret_file(settings)).encode()


def secret_file(settings: Settings) -> Path:
    """Return the file that keeps the secret where none is configured; it need not be there yet."""
    return settings.folder / "api-secret"


def derived(settings: Settings, purpose: str) -> bytes:
    """Return a key of 32 bytes for one purpose: what is made with it says nothing of the secret or of other keys."""
    return hmac.new(secret_key(settings), f"rolecall:{purpose}".encode(), hashlib.sha256).digest()


def seal(settings: Settings, text: str) -> bytes:
    """Return a text encrypted and authenticated (Fernet: AES-128-CBC, HMAC-SHA256), as it is stored."""
    return _fernet(settings).encrypt(text.encode())


def unseal(settings: Settings, sealed: bytes) -> str:
    """Return a sealed text. Raises SealBroken where it was sealed with another secret."""
    try:
        return _fernet(settings).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise SealBroken(
            "this was stored under another ROLECALL_SECRET_KEY and cannot be read; enter it again, or start Rolecall "
            "with the secret of that time"
        ) from None


def _fernet(settings: Settings) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived(settings, "seal")))
