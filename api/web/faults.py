"""What is wrong with a wish that somebody wrote, beside the field that it is wrong in."""

from markupsafe import Markup

from api.web import words
from api.web.forms import Faulty, Form
from worker.errors import FilterSyntaxError, InvalidInput
from worker.filters import compile_filters

_FILTERS = ("title_filters", "text_filters")
_BEFORE, _SHOWN = 40, 80
_SHOWN_AS = Markup('{said}<code class="fault">{line}\n{mark}</code>')


def of_wish(error: InvalidInput, form: Form) -> dict[str, str]:
    """Return what the criteria of a form are refused for, by the name of the field."""
    if isinstance(error, Faulty):
        return error.errors
    for name in _FILTERS:
        try:
            compile_filters(form.get(name))
        except FilterSyntaxError as fault:
            return {name: pointed(fault, form.get(name))}
    said = str(error)
    return {"places" if "place" in said else "wish": words.sentence(said)}


def pointed(fault: FilterSyntaxError, text: str) -> Markup:
    """Return what is wrong with a filter, and below it the line with a mark under the place."""
    lines = text.splitlines()
    line = lines[fault.line - 1] if fault.line <= len(lines) else ""
    start = max(0, fault.column - 1 - _BEFORE)
    shown = "".join(char if char.isprintable() else " " for char in line[start : start + _SHOWN])
    mark = " " * (fault.column - 1 - start) + "^"
    return _SHOWN_AS.format(said=words.sentence(str(fault)), line=shown, mark=mark)
