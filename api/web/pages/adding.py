"""Adding companies: addresses pasted or in a file, what was found, and which of several boards is meant."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from api import limiting
from api.dependencies import CurrentSettings, DbSession
from api.detections import get_place
from api.limiting import DryRunLimit
from api.schemas.fields import Address, Name, Words
from api.starting import start
from api.web import forms, pasted, vendors, words
from api.web.forms import Faulty, Form, SentForm
from api.web.frame import PageFrame
from api.web.notices import Notice
from api.web.pasted import Found, Pasted
from api.web.rendering import local, redirect, render
from api.web.screen import screen
from worker import detect
from worker.detection import Detection, find_boards
from worker.errors import RolecallError
from worker.list_files import decode

router = screen()
RESULTS = "/companies/added"
_LETTERS_MOST = 900_000


class Looking(BaseModel):
    """What is to be looked for: an address, a domain, or a company's name."""

    what: Address
    back: str | None = None


class Choice(BaseModel):
    """The board that is meant by what was looked for."""

    board: Words
    what: Address
    name: Name | None = None
    back: str | None = None


class Adding:
    """Adds what was pasted, and counts how often somebody lets boards be looked for."""

    def __init__(self, request: Request, db: DbSession, settings: CurrentSettings, limit: DryRunLimit) -> None:
        self._request = request
        self._db = db
        self._settings = settings
        self._limit = limit

    def add(self, user: int, form: Form) -> Pasted:
        """Add what a form has in its field `addresses` and its file. Raises Faulty for nothing."""
        limiting.count_and_tell(self._request, self._limit, "detection", str(user))
        text = given(form)
        try:
            return pasted.add(self._db, user, text, self._settings)
        except RolecallError as error:
            raise Faulty({"addresses": words.sentence(str(error))}) from None


Adder = Annotated[Adding, Depends()]


@router.get("/companies/add")
def show_adding(request: Request) -> Response:
    """Show the form."""
    return render(request, "companies_add.html", values={}, errors={})


@router.post("/companies/add")
def add_companies(request: Request, form: SentForm, frame: PageFrame, adder: Adder) -> Response:
    """Add what was pasted; of one company, show that, else all results; of an address that may mean several, ask."""
    try:
        done = adder.add(frame.person.id, form)
    except Faulty as fault:
        return render(request, "companies_add.html", 422, values=form.values, errors=fault.errors)
    return results(request, done, RESULTS)


@router.get(RESULTS)
def show_added(request: Request, db: DbSession) -> Response:
    """Show what became of what was pasted."""
    return render(request, "companies_added.html", **pasted.view(db, forms.read_query(Found, request.url.query)))


@router.post("/companies/look", dependencies=[Depends(get_place, scope="function")])
def look_for_board(
    request: Request, form: SentForm, db: DbSession, frame: PageFrame, settings: CurrentSettings, limit: DryRunLimit
) -> Response:
    """Look for the board behind something, and show what may be meant."""
    wish = forms.read(Looking, form)
    limiting.count_and_tell(request, limit, "detection", str(frame.person.id))
    db.close()  # no connection is held while the network is waited for
    found = find_boards(wish.what, settings)
    return render(request, "companies_look.html", **choices(found, local(wish.back, RESULTS)))


@router.post("/companies/choose")
def choose_board(form: SentForm, db: DbSession, frame: PageFrame) -> Response:
    """Watch the board that was meant."""
    wish = forms.read(Choice, form)
    ats, _, key = wish.board.partition("/")
    added = pasted.watch(db, detect.from_name(ats, key), wish.name)
    db.commit()
    if added.new:
        start(db, frame.person.id, [added.company_id])
    path, _, query = local(wish.back, RESULTS).partition("?")
    found = forms.read_query(Found, query).with_company(added.company_id, wish.what)
    return redirect(found.address(path), "Added; it is being read." if added.new else "This was watched already.")


def given(form: Form) -> str:
    """Return the text that was pasted, and that of the file. Raises Faulty where there is neither."""
    file = form.file("file")
    read = decode(file.file.read(_LETTERS_MOST)) if file else ""
    text = read or form.get("addresses")
    if not text.strip():
        raise Faulty({"addresses": "Paste at least one address, or choose a file."})
    return text


def results(request: Request, done: Pasted, path: str) -> Response:
    """Lead to the results; where one thing was pasted that may mean several boards, ask which."""
    undecided = [found for found in done.looked.values() if found.candidates]
    if undecided and not done.new and not done.known and len(done.found.unread) == 1:
        return render(request, "companies_look.html", **choices(undecided[0], done.found.address(path)))
    return redirect(done.found.address(path), _said(done))


def choices(found: Detection, back: str) -> dict[str, Any]:
    """Return what templates/companies_look.html shows."""
    return {
        "what": found.what,
        "candidates": [(one, vendors.name(one.board.ats)) for one in found.candidates],
        "tried": found.tried,
        "seconds": found.seconds,
        "goes_back": back,
    }


def _said(done: Pasted) -> Notice:
    if not done.new and not done.known:
        return Notice("Nothing was added: no board was found behind what you pasted.", "problem")
    known = f", {words.count(done.known, 'was', 'were')} watched already" if done.known else ""
    reading = " Being read now." if done.found.scan else ""
    return Notice(f"{words.count(done.new, 'company', 'companies')} added{known}.{reading}")
