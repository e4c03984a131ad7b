"""The browsers a person has signed in with, and signing out."""

from fastapi import Depends, Request, Response

from api import sessions
from api.dependencies import CurrentSettings, DbSession, Id
from api.loopback import require_accounts
from api.web.frame import PageFrame
from api.web.rendering import redirect, render
from api.web.screen import screen
from worker.store import sessions as store

SHOWN_MOST = 500
_HERE = "/settings/sessions"

router = screen()
router.dependencies.append(Depends(require_accounts))


@router.get(_HERE)
def show_sessions(request: Request, db: DbSession, frame: PageFrame) -> Response:
    """Show the browsers, the one that asks first."""
    found = store.page(db, frame.person.id, most=SHOWN_MOST)
    shown = sorted(found, key=lambda one: (one["id"] != frame.person.session_id, -one["last_used_at"].timestamp()))
    return render(request, "settings_sessions.html", sessions=shown, current=frame.person.session_id)


@router.post(_HERE + "/{session_id:int}/end")
def end_session(session_id: Id, db: DbSession, frame: PageFrame) -> Response:
    """Sign out of one browser."""
    store.end(db, frame.person.id, session_id)
    db.commit()
    return redirect(_HERE, "That browser is signed out.")


@router.post(_HERE + "/end-others")
def end_others(db: DbSession, frame: PageFrame) -> Response:
    """Sign out of every browser but the one that asks."""
    store.end_all(db, frame.person.id, but=frame.person.session_id)
    db.commit()
    return redirect(_HERE, "Every other browser is signed out.")


@router.post("/sign-out")
def sign_out(db: DbSession, frame: PageFrame, settings: CurrentSettings) -> Response:
    """Sign out of the browser that asks."""
    if frame.person.session_id is not None:
        store.end(db, frame.person.id, frame.person.session_id)
        db.commit()
    answer = redirect("/sign-in", "You are signed out.")
    sessions.clear(answer, settings)
    return answer
