"""The settings: how pages look, files to take along, backups, and what this installation is."""

from fastapi import Request, Response

from api.dependencies import DbSession
from api.web.frame import PageFrame
from api.web.rendering import render
from api.web.screen import screen
from worker.export_formats import FORMATS, parquet
from worker.settings import rolecall_version
from worker.store import people

router = screen()

_KINDS = (
    ("matches", "Matches", "What passes your filters, with state, notes and every field of the posting."),
    ("postings", "Postings", "Every posting of every company, open and closed."),
    ("changes", "Changes", "What opened, was changed, closed and opened again."),
)


@router.get("/settings")
def show_settings(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show the appearance, backups and what this is."""
    settings = frame.settings
    about = {
        "version": rolecall_version(),
        "url": settings.public_url,
        "user_agent": settings.user_agent,
        "has_contact": bool(settings.contact),
        "interval": settings.scan_interval,
        "keep_days": settings.keep_days,
    }
    return render(request, "settings.html", about=about, me=people.get(db, frame.person.id))


@router.get("/settings/exports")
def show_exports(request: Request) -> Response:
    """Offer everything as files."""
    forms = [one for one in FORMATS if one != "parquet" or parquet.can_be_written()]
    return render(request, "settings_exports.html", kinds=_KINDS, forms=forms)
