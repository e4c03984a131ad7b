"""Personio: XML per subdomain, German unless another language is asked for; unknown companies are sent away."""

import html

from tests.boards import prose
from tests.boards.roles import Role
from tests.boards.vendors.vendor import Vendor, digits
from tests.boards.wire import Answer, Request, View, html_answer, redirect

EMPLOYMENT = {
    "full_time": "permanent",
    "part_time": "permanent",
    "contract": "freelance",
    "intern": "intern",
    "temporary": "temporary",
}


def xml(view: View, request: Request, posting_id: str) -> Answer:
    """Write the board as `workzag-jobs`."""
    english = request.query.get("language") == "en"
    positions = "\n".join(_position(view, role, english=english) for role in view.roles)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n\n<workzag-jobs>\n{positions}\n</workzag-jobs>\n'
    return Answer(200, text.encode(), "text/xml; charset=UTF-8")


def _position(view: View, role: Role, *, english: bool) -> str:
    first, *others = (html.escape(place.city) for place in role.places)
    offices = "".join(f"<office>{office}</office>" for office in others)
    created = role.posted.isoformat(timespec="seconds")
    if role.number % 2:
        created = created.replace("+00:00", "+0000")
    return f"""<position>
    <id>{role.id}</id>
    <subcompany>{html.escape(view.name)} GmbH</subcompany>
    <office>{first}</office>
    <additionalOffices>{offices}</additionalOffices>
    <department>{html.escape(role.department)}</department>
    <recruitingCategory>{html.escape(role.department)}</recruitingCategory>
    <name>{html.escape(role.title)}</name>
    <jobDescriptions>{_descriptions(view, role, english=english)}</jobDescriptions>
    <employmentType>{EMPLOYMENT[role.employment]}</employmentType>
    <seniority>{"student" if role.employment == "intern" else "experienced"}</seniority>
    <schedule>{"part-time" if role.employment == "part_time" else "full-time"}</schedule>
    <yearsOfExperience>2-5</yearsOfExperience>
    <keywords>{html.escape(role.focus)}</keywords>
    <occupation>other</occupation>
    <occupationCategory>other</occupationCategory>
    <createdAt>{created}</createdAt>
</position>"""


def _descriptions(view: View, role: Role, *, english: bool) -> str:
    if not english:
        german = f"<p>{html.escape(view.name)} sucht Verstärkung: {html.escape(role.title)}.</p>"
        return _section("Ihre Stelle", german)
    return (
        _section("Your role", prose.intro(view.name, role))
        + _section("What you will do", f"<ul>{prose.duties(role)}</ul>")
        + _section("What you bring", f"<ul>{prose.skills(role)}</ul>")
        + _section("What we offer", f"<ul>{prose.perks(role)}</ul>")
        + _section(f"About {html.escape(view.name)}", prose.about(view.name, view.company.trade))
    )


def _section(name: str, markup: str) -> str:
    return (
        f"<jobDescription><name>{name}</name><value><![CDATA[{markup}]]></value></jobDescription>"  # as the feed has it
    )


VENDOR = Vendor(
    name="personio",
    names=("*.jobs.personio.de", "*.jobs.personio.com", "www.personio.com"),
    routes=(("GET", r"(?P<board>[\w-]+)\.jobs\.personio\.(?P<domain>de|com)", r"/xml/?", xml),),
    key=lambda slug, name, rng: {"board": slug, "domain": rng.choice(("de", "de", "com"))},
    address=lambda key: f"https://{key['board']}.jobs.personio.{key['domain']}/",
    posting_id=digits(7, "1"),
    unknown=lambda request: (
        html_answer("<h1>Too many requests</h1>", 429)
        if request.host == "www.personio.com"
        else redirect("https://www.personio.com/", 307)
    ),
    title_field="name",
    title_suffixes=(" (m/f/d)",),
)
