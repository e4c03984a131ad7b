"""Pay as a board words it, read as a salary: `£45k - £55k`, `80.000 € brutto im Jahr`, `USD 120,000 to 150,000 OTE`.

In a description an amount counts only with its currency, and only where the words around it say that it is pay: not a
bonus, a budget, a round of funding or a target. No age, headcount or 401(k) has a currency and a word for pay.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from worker import pay_words as words
from worker.posting import Salary, SalaryPeriod

YEARS_LEAST, YEARS_MOST = 20_000, 1_000_000
"""A salary between these, in a hard currency and without a word on its period, is a year's."""
WIDEST = 10
"""No range of pay is wider than from one to ten."""
LEAST: dict[SalaryPeriod | None, int] = {"HOUR": 4, "DAY": 20, "WEEK": 50, "MONTH": 150, "YEAR": 3_000, None: 1}
MOST: dict[SalaryPeriod | None, int] = {
    "HOUR": 2_000, "DAY": 20_000, "WEEK": 100_000, "MONTH": 2_000_000, "YEAR": 100_000_000, None: 100_000_000
}  # fmt: skip

_NEAR = 7
"""Characters between an amount and its currency."""
_LINE_MOST = 200
_HEADING_MOST = 60
_BEFORE, _AFTER = 110, 60
_THOUSAND, _LAKH = 1_000, 100_000
_LAKHS = ("l", "lpa", "lakh", "lakhs")
_NO_DIGIT = re.compile(r"\D")
_IN_LAKHS = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")
_GROUPED = re.compile(r"(\d{1,3}(?:[.,'\u2019]\d{3})+)(?:[.,](\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class _Found:
    """An amount or a range that is pay, with or without what is earned by reaching targets."""

    pay: Salary
    on_target: bool


def stated(text: str, countries: Sequence[str] = ()) -> Salary | None:
    """Read a field that is about pay: `$17.00 - $18.00 / hour`, `$1.40k - $1.80k`, `Tussen € 3.000 en € 4.500`.

    `countries` (ISO 3166-1 alpha-2) say whose dollars or crowns they are.
    """
    line = " ".join(text[: 2 * _LINE_MOST].split())
    for found in words.PAY.finditer(line):
        pay = _salary(found, line, countries)
        if pay and not _is_other(_last_clause(line[: found.start()]), _first_words(line[found.end() :])):
            return replace(pay, source="board")
    return None


def from_text(text: str, countries: Sequence[str] = ()) -> Salary | None:
    """Return the pay that a description states beyond doubt, over all ranges that are paid like the first.

    Base pay counts before what is earned on target. `countries` as in `stated`.
    """
    found = [one for line, heading in _lines(text) for one in _in_line(line, heading, countries)]
    pays = [one.pay for one in found if not one.on_target] or [one.pay for one in found]
    if len(pays) <= 1:
        return next(iter(pays), None)
    first = pays[0]
    alike = [pay for pay in pays if (pay.currency, pay.period) == (first.currency, first.period)]
    low = min((pay.min for pay in alike if pay.min), default=None)
    high = max((pay.max for pay in alike if pay.max), default=None)
    return first if low and high and high > low * WIDEST else replace(first, min=low, max=high)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield the lines that have an amount in a currency, each with the heading above it; of long ones what is near."""
    end = 0
    for first, last in words.digits(text):
        if first < end or not words.CURRENCY.search(text, max(0, first - _NEAR), last + _NEAR):
            continue
        start = text.rfind("\n", 0, first) + 1
        end = text.find("\n", last)
        end = min(len(text) if end < 0 else end, last + _LINE_MOST)
        yield text[max(start, first - _LINE_MOST) : end], _heading(text, start)


def _heading(text: str, start: int) -> str:
    """Return the line above the one that starts here, if it is short."""
    piece = text[max(0, start - _HEADING_MOST) : start].rstrip()
    _, newline, above = piece.rpartition("\n")
    return above if newline or start <= _HEADING_MOST else ""


def _in_line(line: str, heading: str, countries: Sequence[str]) -> Iterator[_Found]:
    named, of_other = bool(words.PAY_WORD.search(heading)), bool(words.NO_PAY_WORD.search(heading))
    end = 0
    for found in words.PAY.finditer(line):
        pay = _salary(found, line, countries)
        before = _last_clause(line[max(end, found.start() - _BEFORE) : found.start()])
        after = line[found.end() : found.end() + _AFTER]
        end = found.end()
        of_range = bool(found["high"])
        if pay and pay.period and _is_pay(pay, before, after, of_range=of_range, named=None if of_other else named):
            named = named or of_range
            yield _Found(pay, on_target=bool(words.ON_TARGET.search(f"{before}\n{_first_words(after)}")))


def _is_pay(pay: Salary, before: str, after: str, *, of_range: bool, named: bool | None) -> bool:
    """Whether the words around an amount say that it is pay.

    `named` tells whether what stands before these has said so; None that it has spoken of something else.
    """
    ahead = _first_words(after)
    if _is_other(before, ahead):
        return False
    names = words.PAY_WORD.findall(before)
    if named or (names and (of_range or pay.period == "YEAR")) or words.PAY_WORD.search(ahead):
        return True
    alone = named is not None and words.ALONE.fullmatch(before) is not None
    with_period = named is not None and words.period_after(after) is not None
    if of_range:
        return alone or with_period
    if pay.period == "HOUR" or (pay.period == "YEAR" and alone and with_period):
        return True
    return not all(map(words.PAY_VERB.fullmatch, names))


def _is_other(before: str, ahead: str) -> bool:
    """Whether the words around an amount name what is no pay: a bonus, a budget, the minimum wage."""
    if words.LAW.search(before) or _ends_with_other(before):
        return True
    other = words.NO_PAY_WORD.search(ahead)
    name = words.PAY_WORD.search(ahead) if other else None
    return other is not None and not (name and name.start() < other.start())


def _ends_with_other(before: str) -> bool:
    """Whether what is no pay is named behind the last word for pay."""
    if not words.NO_PAY_WORD.search(before):
        return False
    *_, last = [None, *words.PAY_WORD.finditer(before)]
    return words.NO_PAY_WORD.search(before, last.end() if last else 0) is not None


def _last_clause(text: str) -> str:
    return words.END_OF_CLAUSE.split(text)[-1]


def _first_words(text: str) -> str:
    return words.FIRST_WORDS.split(text, maxsplit=1)[0]


def _salary(found: re.Match[str], line: str, countries: Sequence[str]) -> Salary | None:
    """Return the amounts of a match with their currency and period; None for what cannot be pay."""
    before = line[max(0, found.start() - _BEFORE) : found.start()]
    first, last, end = _parts(found["low"]), None, found.end("low")
    if found["high"] and (not words.AND.search(line[end : found.start("high")]) or words.BETWEEN.search(before)):
        last, end = _parts(found["high"]), found.end()
    signs = [sign for part in (last, first) if part for sign in (part["after"], part["before"]) if sign]
    if not signs:
        return None
    currency = words.currency(signs, countries)
    low, high = _amount(first, currency), _amount(last, currency) if last else None
    if last and low and high:
        low = _like(low, first, high, last)
    elif low:
        low, high = _one_sided(low, before, more=bool(found["more"]))
    in_lakhs = _unit(last or first) in _LAKHS  # these are counted by the year
    period = "YEAR" if in_lakhs else _period(line[end:], before, low or high, currency)
    return _believable(low, high, currency, period)


def _parts(amount: str) -> re.Match[str]:
    found = words.PARTS.match(amount.strip())
    assert found  # noqa: S101 - it is a part of what PAY has matched
    return found


def _unit(part: re.Match[str]) -> str:
    return part["unit"].strip(" .").casefold()


def _amount(part: re.Match[str], currency: str | None) -> Decimal | None:
    """Return an amount in whole currency units; None for lakhs of anything but rupees."""
    unit = _unit(part)
    if unit in _LAKHS and currency != "INR":
        return None
    digits = "".join(part["number"].split())
    grouped = _GROUPED.fullmatch(digits)
    if grouped and not unit:
        plain = _NO_DIGIT.sub("", grouped[1]) + (f".{grouped[2]}" if grouped[2] else "")
    elif _IN_LAKHS.fullmatch(digits):
        plain = digits.replace(",", "")
    else:
        plain = digits.replace(",", ".").replace("'", "").replace("\u2019", "")
    if plain.count(".") > 1:
        return None
    return Decimal(plain) * (_LAKH if unit in _LAKHS else _THOUSAND if unit else 1)


def _like(low: Decimal, first: re.Match[str], high: Decimal, last: re.Match[str]) -> Decimal:
    """Return the lower bound in the unit of the upper one: `75-90k`, `$170-195,000`."""
    if _unit(first) or low >= _THOUSAND or low >= high:
        return low
    if _unit(last):
        return low * (_LAKH if _unit(last) in _LAKHS else _THOUSAND)
    return low * _THOUSAND if YEARS_LEAST <= low * _THOUSAND <= high else low


def _one_sided(amount: Decimal, before: str, *, more: bool) -> tuple[Decimal | None, Decimal | None]:
    if words.UP_TO.search(before):
        return None, amount
    return (amount, None) if more or words.FROM.search(before) else (amount, amount)


def _period(after: str, before: str, amount: Decimal | None, currency: str | None) -> SalaryPeriod | None:
    """Return what is paid for: as said behind the amount, else before it, else a year where it can be nothing else."""
    if words.NO_PERIOD.match(after.lstrip(" /")):
        return None
    if said := words.period_after(after):
        return said
    in_front = [one for one in words.PERIOD.finditer(_last_clause(before)) if words.PERIOD_IN_FRONT.fullmatch(one[0])]
    if in_front:
        return in_front[-1].lastgroup  # type: ignore[return-value]  # the groups are named after the periods
    is_years = amount is not None and currency in words.HARD_CURRENCIES and YEARS_LEAST <= amount <= YEARS_MOST
    return "YEAR" if is_years else None


def _believable(
    low: Decimal | None, high: Decimal | None, currency: str | None, period: SalaryPeriod | None
) -> Salary | None:
    bounds = [one for one in (low, high) if one is not None]
    if not bounds or not all(LEAST[period] <= one <= MOST[period] for one in bounds):
        return None
    if (low is not None and high is not None and low > high) or max(bounds) > min(bounds) * WIDEST:
        return None
    if period == "YEAR" and currency in words.HARD_CURRENCIES and max(bounds) > YEARS_MOST:
        return None
    return Salary(low, high, currency, period, "text")
