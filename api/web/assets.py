"""The page's own files: read once, named after their content, and so kept by browsers for as long as they like."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api.compression import takes_gzip

FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_HASH_LETTERS = 10

router = APIRouter(prefix="/static", include_in_schema=False)


class Asset(NamedTuple):
    """A file as it is served."""

    name: str
    media_type: str
    body: bytes
    packed: bytes


@cache
def assets() -> dict[str, Asset]:
    """Return the files by the names they have in the folder."""
    return {path.name: _asset(path) for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}


def address(name: str) -> str:
    """Return where a file of the folder is served: another address for every content."""
    return f"/static/{assets()[name].name}"


@router.get("/{name}")
async def get_asset(name: str, request: Request) -> Response:
    """Return a file."""
    found = _by_address().get(name)
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if not takes_gzip(request):
        return Response(found.body, media_type=found.media_type, headers=headers)
    return Response(found.packed, media_type=found.media_type, headers={**headers, "Content-Encoding": "gzip"})


@cache
def _by_address() -> dict[str, Asset]:
    return {asset.name: asset for asset in assets().values()}


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:_HASH_LETTERS]
    return Asset(f"{path.stem}.{digest}{path.suffix}", _TYPES[path.suffix], body, gzip.compress(body, mtime=0))
