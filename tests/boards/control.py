"""The control endpoint http://boards.control/, by which another process changes this internet. JSON in, JSON out.

GET  /companies                                   who there is: slug, name, vendor, address, site, open postings
POST /advance    {"rounds": 1}                    let time pass; answers what changed
POST /change     {"company", "do", …}             do: open (count, title), close (ids), close_most (share),
                                                  reopen (ids), edit (id, title)
GET  /faults                                      the faults that are set
POST /faults     {"target", "kind", "requests", "after", "path", …}   set one; the rest are the fault's options
DELETE /faults   or /faults?target=…              remove them
"""

from collections.abc import Callable
from typing import Any

from tests.boards.company import Change
from tests.boards.faults import Fault, Faults, decoded
from tests.boards.wire import Answer, Request, json_answer
from tests.boards.world import World

CONTROL_HOST = "boards.control"


def control(world: World, faults: Faults, request: Request) -> Answer:
    """Answer a request to the control endpoint: 400 with the reason for what cannot be done."""
    act = _ACTS.get((request.method, request.path))
    if act is None:
        known = [f"{method} {path}" for method, path in _ACTS]
        return json_answer({"error": f"there is no {request.method} {request.path}", "known": known}, 404)
    try:
        return json_answer(act(world, faults, request))
    except (ValueError, TypeError, LookupError) as error:
        return json_answer({"error": f"{type(error).__name__}: {error}"}, 400)


def _companies(world: World, faults: Faults, request: Request) -> Any:
    return [
        {
            "slug": company.slug,
            "name": company.name,
            "vendor": company.vendor.name,
            "address": company.address,
            "site": company.site,
            "open": len(company.now.roles),
        }
        for company in world.companies
    ]


def _advance(world: World, faults: Faults, request: Request) -> Any:
    changes = world.advance(int(decoded(request.body).get("rounds", 1)))
    return {"round": world.round, "changes": [described(world, change) for change in changes]}


def _change(world: World, faults: Faults, request: Request) -> Any:
    asked = decoded(request.body)
    company, do, before = world[asked["company"]], asked["do"], len(world.history)
    if do == "open":
        world.open(company, int(asked.get("count", 1)), title=asked.get("title", ""))
    elif do == "close":
        world.close(company, asked["ids"])
    elif do == "close_most":
        world.close_most(company, float(asked.get("share", 0.8)))
    elif do == "reopen":
        world.reopen(company, asked["ids"])
    elif do == "edit":
        world.edit(company, asked["id"], title=asked["title"])
    else:
        raise ValueError(f"{do!r} is none of open, close, close_most, reopen, edit")
    return {"round": world.round, "changes": [described(world, change) for change in world.history[before:]]}


def described(world: World, change: Change) -> dict[str, Any]:
    """Return a change with the names that people read."""
    company = world[change.company]
    title = world.role(company, change.external_id).title
    return change._asdict() | {"title": title, "name": company.name, "vendor": company.vendor.name}


def _list_faults(world: World, faults: Faults, request: Request) -> Any:
    return [_fault(fault) for fault in faults]


def _set_fault(world: World, faults: Faults, request: Request) -> Any:
    asked = decoded(request.body)
    target = asked.pop("target")
    company = world.get(target)
    return _fault(faults.add(company.slug, vendor=company.vendor, **asked) if company else faults.add(target, **asked))


def _clear_faults(world: World, faults: Faults, request: Request) -> Any:
    target = request.query.get("target")
    faults.clear(world[target].slug if target and target in world else target)
    return [_fault(fault) for fault in faults]


def _fault(fault: Fault) -> dict[str, Any]:
    return {"target": fault.target, "kind": fault.kind, "left": fault.left, "met": fault.met, "path": fault.path,
            "options": dict(fault.options)}  # fmt: skip


_ACTS: dict[tuple[str, str], Callable[[World, Faults, Request], Any]] = {
    ("GET", "/companies"): _companies,
    ("POST", "/advance"): _advance,
    ("POST", "/change"): _change,
    ("GET", "/faults"): _list_faults,
    ("POST", "/faults"): _set_fault,
    ("DELETE", "/faults"): _clear_faults,
}
