"""Insights: what opened and closed, how long it was open, how long reading took and how that ended."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from api.dependencies import DbSession
from api.schemas.fields import ThingId, Words
from api.web import figures, forms, vendors
from api.web.frame import PageFrame
from api.web.rendering import render
from api.web.screen import screen
from worker.export_formats import FORMATS, Row, Table
from worker.store import companies, insights, overview, wishes
from worker.store.insights import Moves, RunsOfDay, Wanted

router = screen()


class Shown(BaseModel):
    """Whose figures are asked for. Readings are told apart by vendor only."""

    name: Words | None = None
    company: ThingId | None = None
    ats: Words | None = None
    group: ThingId | None = None


class Asked:
    """The figures that an address asks for."""

    def __init__(self, request: Request, db: DbSession, frame: PageFrame) -> None:
        self.shown = forms.read_query(Shown, request.url.query)
        self.now = datetime.now(UTC)
        self.user = frame.person.id
        self._db = db

    def moves(self) -> Moves:
        """Return what opened and closed."""
        return insights.moves(self._db, self.user, Wanted(**self.shown.model_dump()), now=self.now)

    def run_days(self) -> list[RunsOfDay]:
        """Return how long readings took."""
        return insights.run_days(self._db, self.shown.ats, now=self.now)

    def outcomes(self) -> list[dict[str, Any]]:
        """Return how readings ended."""
        return insights.outcomes(self._db, self.shown.ats, now=self.now)


Figures = Annotated[Asked, Depends()]

FILES: Mapping[str, tuple[Table, Callable[[Asked], Sequence[Row]]]] = {
    "weeks": (figures.WEEKS, lambda asked: figures.weeks_file(asked.moves())),
    "time-open": (figures.TIME_OPEN, lambda asked: figures.time_open_file(asked.moves())),
    "durations": (figures.DURATIONS, lambda asked: figures.durations_file(asked.run_days())),
    "outcomes": (figures.ENDED, lambda asked: figures.ended_file(asked.outcomes())),
}


@router.get("/insights")
def show_insights(request: Request, db: DbSession, asked: Figures) -> Response:
    """Show the charts."""
    shown, moves, outcomes, days = asked.shown, asked.moves(), asked.outcomes(), asked.run_days()
    today = asked.now.date()
    return render(
        request,
        "insights.html",
        shown=shown,
        given=shown.model_dump(exclude_none=True),
        company=companies.get(db, shown.company)["name"] if shown.company else None,
        moves=moves,
        weeks=figures.weeks(moves, today),
        first_week_ends=figures.first_week_ends(moves, today),
        lasted=figures.lasted(moves),
        half=figures.half(moves),
        durations=figures.durations(days),
        is_timed=any(day.asked for day in days),
        ended=figures.ended(outcomes),
        mixed=figures.mixed(outcomes),
        looks=figures.looks(outcomes),
        counted_at=insights.counted_at(db),
        vendors=[(ats, vendors.name(ats)) for ats, _ in overview.vendors(db)],
        groups=wishes.groups(db, asked.user),
        HEADS=[said for _, said in figures.LOOKS.values()],
    )


@router.get("/insights/{name}.csv")
def download_figures(name: Literal["weeks", "time-open", "durations", "outcomes"], asked: Figures) -> Response:
    """Return the figures of a chart as a file."""
    table, rows = FILES[name]
    form = FORMATS["csv"]
    headers = {"Content-Disposition": f'attachment; filename="rolecall-{table.name}-{asked.now:%Y-%m-%d}.csv"'}
    return Response(b"".join(form.write(table, rows(asked))), media_type=form.media_type, headers=headers)
