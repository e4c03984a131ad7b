"""One company: how watching it goes, what it offers, what its scans cost, and what the person wishes of it."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth import require_admin
from api.dependencies import CurrentSettings, DbSession, Id
from api.schemas.fields import Name, ThingId, Words
from api.starting import start
from api.web import forms, vendors, watching, wish_form, words
from api.web.forms import Faulty, SentForm
from api.web.frame import Frame, PageFrame
from api.web.notices import Notice
from api.web.rendering import local, redirect, render
from api.web.screen import screen
from api.web.wish_form import WishForm
from worker import tasks
from worker.errors import InvalidInput, NotFound
from worker.remedies import remedy
from worker.settings import Settings
from worker.store import companies, overview, wishes
from worker.store.overview import Day, Wanted

POSTINGS = 10
RUNS = 15
CHART_DAYS = 91
WEEKS = 13
CSV_DAYS = 730
_BOARDS_MOST = 100

router = screen()


class Shown(BaseModel):
    """What the address asks for: a scan that is watched, and parts of the lists."""

    scan: ThingId | None = None
    postings: Literal["open", "closed"] = "open"
    text: Words | None = None
    start: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    before: ThingId | None = None


class Change(BaseModel):
    """What an admin changes of a company for everybody."""

    name: Name | None = None
    enabled: Literal["yes", "no"] | None = None
    interval: Annotated[int, Field(ge=60, le=2_592_000)] | Literal["usual"] | None = None
    back: str | None = None


class Said(WishForm):
    """What the person wishes of the company: `watch` says whether it is watched, `groups` leaves that to them."""

    watch: Literal["yes", "no", "groups"] = "groups"


class Memberships(BaseModel):
    """The groups that the company is to be in."""

    groups: list[ThingId] = []
    new_group: Name | None = None


class View:
    """All that is shown of a company to a person."""

    def __init__(
        self, company_id: Id, request: Request, db: DbSession, frame: PageFrame, settings: CurrentSettings
    ) -> None:
        self.company_id = company_id
        self.request = request
        self.db = db
        self.frame = frame
        self.settings = settings

    def render(self, status: int = 200, /, **more: Any) -> Response:
        """Return the page; `more` takes the place of what is stored. Raises NotFound."""
        db, user, number = self.db, self.frame.person.id, self.company_id
        shown = forms.read_query(Shown, self.request.url.query if self.request.method == "GET" else "")
        found = overview.page(db, user, Wanted(ids=[number]), start=0, most=1)
        if not found:
            raise NotFound(f"there is no company {number}")
        mine = wishes.of_person(db, user)
        values = {
            "company": found[0],
            "shown": shown,
            "boards": watching.boards(db, number),
            "postings": _postings(db, user, number, shown),
            "most_postings": POSTINGS,
            "posting_counts": overview.posting_counts(db, number),
            **_charts(db, number, found[0]["began"]),
            **_runs(db, number, shown),
            "wish": mine.of(number),
            "wished": wish_form.said(mine.of(number)),
            **_groups(db, user, number),
            "is_admin": self.frame.person.role == "admin",
            **_settings(db, self.frame, number, self.settings),
            "values": {},
            "errors": {},
            "SAID": watching.SAID,
            **more,
        }
        return render(self.request, "company.html", status, **values)


Company = Annotated[View, Depends()]


@router.get("/companies/{company_id:int}")
def show_company(company: Company) -> Response:
    """Show a company."""
    return company.render()


@router.post("/companies/{company_id:int}/scan")
def scan_company(company_id: Id, db: DbSession, frame: PageFrame) -> Response:
    """Scan a company now, and show how that goes."""
    try:
        scan = start(db, frame.person.id, [company_id]).scan
    except InvalidInput as error:
        return redirect(f"/companies/{company_id}", Notice(words.sentence(str(error)), "problem"))
    return redirect(f"/companies/{company_id}?scan={scan}#log")


@router.post("/companies/{company_id:int}/change")
def change_company(company_id: Id, form: SentForm, company: Company) -> Response:
    """Rename, pause or resume a company, or set how often it is scanned."""
    require_admin(company.frame.person)
    try:
        wish = forms.read(Change, form)
        if "name" in form and wish.name is None:
            raise Faulty({"name": "A company needs a name."})
    except Faulty as fault:
        return company.render(422, values=form.values, errors=fault.errors)
    changes: dict[str, Any] = {}
    if wish.name is not None:
        changes["name"] = wish.name
    if wish.enabled is not None:
        changes["enabled"] = wish.enabled == "yes"
    if wish.interval is not None:
        changes["interval_seconds"] = None if wish.interval == "usual" else wish.interval
    back = local(wish.back, f"/companies/{company_id}")
    if not changes:
        return redirect(back)
    companies.change(company.db, company_id, changes)
    company.db.commit()
    return redirect(back, _changed(changes))


@router.post("/companies/{company_id:int}/wish")
def put_wish(company_id: Id, form: SentForm, company: Company) -> Response:
    """Store what the person wishes of a company."""
    db, user = company.db, company.frame.person.id
    try:
        wish = forms.read(Said, form)
        criteria = wish.criteria()
    except Faulty as fault:
        return company.render(422, values=wish_form.sent(form), errors=fault.errors)
    except InvalidInput as error:
        return company.render(422, values=wish_form.sent(form), errors={"wish": words.sentence(str(error))})
    enabled = {"yes": True, "no": False, "groups": None}[wish.watch]
    wishes.put_setting(db, user, company_id, criteria, enabled=enabled)
    wishes.changed(db, user)
    db.commit()
    tasks.follow_wishes(user, [company_id])
    return redirect(f"/companies/{company_id}#settings", "Kept. Your matches follow.")


@router.post("/companies/{company_id:int}/groups")
def put_into_groups(company_id: Id, form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Let a company be in those groups that are ticked, and in no others of the person's."""
    user = frame.person.id
    companies.get(db, company_id)
    back = f"/companies/{company_id}#settings"
    try:
        wish = forms.read(Memberships, form)
        wanted = set(wish.groups) | ({wishes.group_named(db, user, wish.new_group)} if wish.new_group else set())
    except InvalidInput as error:
        return redirect(back, Notice(words.sentence(str(error)), "problem"))
    for group in wishes.groups(db, user):
        move = wishes.put_in_group if group["id"] in wanted else wishes.take_out_of_group
        if not group["all_companies"] and (group["id"] in wanted) != (company_id in group["company_ids"]):
            move(db, user, group["id"], [company_id])
    wishes.changed(db, user)
    db.commit()
    tasks.follow_wishes(user, [company_id])
    return redirect(back, "Kept. Your matches follow.")


@router.post("/companies/{company_id:int}/watch")
def watch_company(company_id: Id, db: DbSession, frame: PageFrame) -> Response:
    """Watch a company again, whatever its groups say."""
    wishes.enable(db, frame.person.id, company_id, enabled=True)
    wishes.changed(db, frame.person.id)
    db.commit()
    tasks.follow_wishes(frame.person.id, [company_id])
    return redirect(f"/companies/{company_id}", "You watch this company now.")


@router.get("/companies/{company_id:int}/days.csv")
def download_days(company_id: Id, db: DbSession) -> Response:
    """Return what each day of the last two years brought."""
    companies.get(db, company_id)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("day", "open", "opened", "closed"))
    for day in overview.days(db, [company_id], until=datetime.now(UTC).date(), most=CSV_DAYS)[company_id]:
        writer.writerow((day.on.isoformat(), day.open, day.opened, day.closed))
    headers = {"Content-Disposition": f'attachment; filename="company-{company_id}-days.csv"'}
    return Response(file.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _postings(db: Session, user: int, company: int, shown: Shown) -> list[dict[str, Any]]:
    is_open = shown.postings == "open"
    return overview.postings(db, user, company, is_open=is_open, words=shown.text, start=shown.start, most=POSTINGS + 1)


def _charts(db: Session, company: int, began: datetime | None) -> dict[str, Any]:
    """Return the rows of the charts: what was open each day, and what each week brought since the first reading."""
    days = overview.days(db, [company], until=datetime.now(UTC).date(), most=CHART_DAYS)[company]
    since = began.astimezone(UTC).date() if began else None
    known = [day for day in days if since and day.on >= since]
    later = [day for day in days if since and day.on > since]
    return {
        "open_by_day": [(words.day(day.on), day.open) for day in known],
        "moved_by_week": _weeks(later),
    }


def _weeks(days: list[Day]) -> list[tuple[str, int, int]]:
    """Sum days up by weeks, which begin on Mondays."""
    weeks: dict[Any, list[Day]] = {}
    for day in days:
        weeks.setdefault(day.on - timedelta(days=day.on.weekday()), []).append(day)
    return [
        (f"Week of {words.day(first)}", sum(day.opened for day in week), sum(day.closed for day in week))
        for first, week in weeks.items()
    ][-WEEKS:]


def _runs(db: Session, company: int, shown: Shown) -> dict[str, Any]:
    """Return the scan that is watched, while it goes on or if the address names it, and the last runs."""
    unfinished = overview.unfinished_scan(db, company)
    scan = shown.scan or unfinished
    watched = overview.runs(db, company, scan=scan, most=_BOARDS_MOST) if scan else []
    past = overview.runs(db, company, before=shown.before, most=RUNS + 1)
    return {
        "scan": scan if watched else None,
        "is_live": any(run["state"] != "finished" for run in watched),
        "log": [_told(run) for run in watched],
        "runs": [_told(run) for run in past[:RUNS]],
        "older_runs": past[RUNS - 1]["id"] if len(past) > RUNS else None,
    }


def _told(run: dict[str, Any]) -> dict[str, Any]:
    wrong = run["outcome"] in ("failed", "gone", "partial", "suspect")
    return {
        **run,
        "vendor": vendors.name(run["ats"]),
        "remedy": remedy(run["outcome"], run["error_kind"]) if wrong else None,
    }


def _groups(db: Session, user: int, company: int) -> dict[str, Any]:
    groups = [group for group in wishes.groups(db, user) if not group["all_companies"]]
    return {"groups": groups, "in_groups": [group["name"] for group in groups if company in group["company_ids"]]}


def _settings(db: Session, frame: Frame, company: int, settings: Settings) -> dict[str, Any]:
    own = wishes.setting(db, frame.person.id, company)
    enabled = {None: "groups", True: "yes", False: "no"}[own["enabled"]]
    intervals = {board["interval_seconds"] for board in overview.boards(db, company)}
    interval = intervals.pop() if len(intervals) == 1 else None
    return {
        "own": {**wish_form.filled(own["criteria"]), "watch": enabled},
        "has_own": bool(own["version"]),
        "interval": "usual" if interval is None else interval,
        "intervals": watching.intervals(interval, settings.scan_interval),
    }


def _changed(changes: dict[str, Any]) -> str:
    if "enabled" in changes:
        return "Watched again." if changes["enabled"] else "Paused: it is not scanned by schedule until it is resumed."
    return "Renamed." if "name" in changes else "Kept."
