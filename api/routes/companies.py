"""Companies: added, listed, changed, removed."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api import detections, importing, limiting
from api.auth import CurrentUser, require_admin
from api.cursors import Page
from api.dependencies import CurrentSettings, DbSession, Id
from api.limiting import DryRunLimit
from api.openapi import problems
from api.schemas.companies import AddedCompany, Company, CompanyChange, Imported, NewCompany
from api.schemas.fields import Part, Words
from api.starting import start
from api.versions import expected_version, tag
from worker import tasks
from worker.importing import import_lines, put_in_groups
from worker.store import companies, lists

router = APIRouter(prefix="/companies", tags=["companies"])


@router.post("", response_model=AddedCompany, status_code=201, responses={200: {"model": AddedCompany}})
def add_company(
    wish: NewCompany,
    db: DbSession,
    person: CurrentUser,
    settings: CurrentSettings,
    limit: DryRunLimit,
    request: Request,
    response: Response,
) -> dict[str, Any]:
    """Watch a company: 201 when it is new, 200 when it was there.

    Where the address is not a board's own, the board is looked for as in `POST /detections`; 422 says what was tried,
    or names the boards to choose from.
    """
    board = detections.recognised(wish)
    if board is None:
        limiting.count_and_tell(request, limit, "detection", str(person.id))
        db.close()  # no connection is held while the network is waited for
        board = detections.looked_for(wish, settings)
    added = companies.add(db, name=wish.name or board.name, ats=board.ats, key=board.key, url=board.url)
    db.commit()
    scan = start(db, person.id, [added.company_id]).scan if added.new and wish.scan else None
    response.status_code = 201 if added.new else 200
    response.headers["Location"] = f"/api/v1/companies/{added.company_id}"
    return {**companies.get(db, added.company_id), "scan_id": scan}


@router.get("", response_model=Part[Company])
def list_companies(
    db: DbSession, page: Page, name: Annotated[Words | None, Query(description="Part of the name")] = None
) -> dict[str, Any]:
    """List companies with their boards, in the order they were added."""
    rows = companies.page(db, after=page.after("companies"), most=page.most, name=name)
    return page.part("companies", rows)


@router.post("/import", response_model=Imported, responses=problems(415), openapi_extra=importing.BODY)
def import_companies(
    text: Annotated[str, Depends(importing.get_text)],
    db: DbSession,
    person: CurrentUser,
    *,
    scan: Annotated[bool, Query(description="Read what was added at once")] = True,
) -> dict[str, Any]:
    """Watch many companies, one per line: `URL`, `Name, URL`; or CSV under a header with `url`, or OPML.

    The columns `name` and `groups` of CSV, and the outlines around those of OPML, put companies into the person's
    groups, which are made where there are none of the name.
    """
    lines = import_lines(db, text)
    moved = put_in_groups(db, person.id, lines)
    db.commit()
    if moved:
        tasks.follow_wishes(person.id, moved)
    new = [line.company_id for line in lines if line.status == "added" and line.company_id is not None]
    started = start(db, person.id, new) if new and scan else None
    return importing.summary(lines, started.scan if started else None)


@router.get("/export.{form}", response_class=Response, responses=importing.EXPORTED)
def export_companies(form: importing.Form, db: DbSession, person: CurrentUser) -> Response:
    """Return all companies with their boards and the person's groups (`txt`: without), as a file to import again."""
    return importing.download(lists.listed(db, person.id), form)


@router.get("/{company_id:int}", response_model=Company)
def get_company(company_id: Id, db: DbSession, response: Response) -> dict[str, Any]:
    """Return a company with its boards."""
    found = companies.get(db, company_id)
    tag(response, companies.version(found))
    return found


@router.patch(
    "/{company_id:int}", response_model=Company, responses=problems(412), dependencies=[Depends(require_admin)]
)
def change_company(
    company_id: Id,
    wish: CompanyChange,
    db: DbSession,
    response: Response,
    expected: Annotated[int | None, Depends(expected_version)],
) -> dict[str, Any]:
    """Rename a company, pause or resume its boards, or set how often they are scanned."""
    changed = companies.change(db, company_id, wish.model_dump(exclude_unset=True), expected=expected)
    db.commit()
    tag(response, companies.version(changed))
    return changed


@router.delete("/{company_id:int}", status_code=204, dependencies=[Depends(require_admin)])
def delete_company(company_id: Id, db: DbSession) -> None:
    """Delete a company with its boards, postings and their history."""
    companies.delete(db, company_id)
    db.commit()
