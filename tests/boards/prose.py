"""The description of a role, as the HTML that vendors carry whole or in parts."""

import html
import re

from tests.boards.roles import DEPARTMENT, Role
from tests.boards.vocabulary import HABITS, INTROS, PERKS


def intro(company: str, role: Role) -> str:
    """Return the opening paragraphs."""
    place = " or ".join(place.city for place in role.places)
    article = "an" if role.title[0] in "AEIO" else "a"
    text = INTROS[role.intro].format(
        a=article, title=role.title, department=role.department, place=place, company=company
    )
    return f"<p>{html.escape(text, quote=False)}</p>\n<p>{HABITS[role.habit]}</p>"


def duties(role: Role) -> str:
    """Return the duties as list items."""
    return _list_items(DEPARTMENT[role.department].duties[n] for n in role.duties)


def skills(role: Role) -> str:
    """Return the requirements as list items."""
    return _list_items(DEPARTMENT[role.department].skills[n] for n in role.skills)


def perks(role: Role) -> str:
    """Return what is offered as list items."""
    return _list_items(PERKS[n] for n in role.perks)


def about(company: str, trade: str) -> str:
    """Return the paragraph that stands under all roles of a company."""
    return (
        f"<p><strong>{html.escape(company)}</strong> {html.escape(trade)}. We are a few hundred people in a handful "
        "of cities, profitable enough to be patient, and curious about everybody who applies. All applicants are "
        "considered without regard to age, disability, gender, origin, religion or sexual orientation&nbsp;&ndash; "
        "tell us what you need for a fair interview, and we will arrange it.</p>\n"
        "<p>How we hire: you write to us in a few sentences, a CV is welcome and a letter is not needed. A person "
        "reads every application within five working days. Then follow a call of half an hour, a conversation about "
        "work that you have done, and an afternoon with the people who would be your colleagues, for which we pay. "
        "You hear from us after each step, also when the answer is no, and with reasons if you want them. References "
        "come last, and only with your leave. From the first message to an offer it takes three weeks in most "
        "cases.</p>"
    )


def whole(company: str, trade: str, role: Role) -> str:
    """Return the full description for vendors that carry it in one field."""
    return (
        f"{intro(company, role)}\n<h3>What you will do</h3>\n<ul>{duties(role)}</ul>\n<h3>What you bring</h3>\n"
        f"<ul>{skills(role)}</ul>\n<h3>What we offer</h3>\n<ul>{perks(role)}</ul>\n{about(company, trade)}"
    )


def plain(markup: str) -> str:
    """Return a description's text, list items on lines of their own, as vendors' plain fields have it."""
    text = re.sub(r"<li>", "- ", re.sub(r"</(?:p|h3|li)>", "\n", markup))
    return html.unescape(re.sub(r"<[^>]+>", "", text)).strip()


def _list_items(sentences) -> str:
    return "".join(f"<li>{html.escape(sentence, quote=False)}</li>" for sentence in sentences)
