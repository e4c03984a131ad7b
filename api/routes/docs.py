"""The reference of the API as a page, served whole from here: Swagger UI comes from an installed package."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

router = APIRouter(prefix="/docs", include_in_schema=False)

_OURS = Path(__file__).parents[1] / "static"
_SWAGGER_UI = Path(str(files("fastapi_swagger") / "resources"))
_PAGE = _OURS / "docs.html"
_PARTS = {
    "icon.png": _SWAGGER_UI / "favicon-32x32.png",
    "start.js": _OURS / "docs.js",
    "swagger-ui-bundle.js": _SWAGGER_UI / "swagger-ui-bundle.js",
    "swagger-ui.css": _SWAGGER_UI / "swagger-ui.css",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI draws its icons from `data:` addresses within its style sheet."""
_CACHE = "public, max-age=86400"


@router.get("")
async def show_reference() -> FileResponse:
    """Return the page."""
    return FileResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


@router.get("/{part}")
async def get_part(part: str) -> FileResponse:
    """Return a part of the page."""
    if part not in _PARTS:
        raise HTTPException(404)
    return FileResponse(_PARTS[part], headers={"Cache-Control": _CACHE})
