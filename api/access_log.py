"""Uvicorn's access log, without the secrets that stand in addresses: sign-in links work for whoever reads them."""

import logging
import re

_LOGGER = "uvicorn.access"
_SECRET = re.compile(r"(?<=/)[\w-]{32,}")


class _WithoutSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, its path cut: the third of uvicorn's five values."""
        if isinstance(record.args, tuple):
            record.args = tuple(_SECRET.sub("…", one) if isinstance(one, str) else one for one in record.args)
        return True


_FILTER = _WithoutSecrets()


def hide_secrets() -> None:
    """Keep what looks like a secret out of the access log. Safe to repeat."""
    logging.getLogger(_LOGGER).addFilter(_FILTER)
