"""Pay in words to a salary: every way of writing an amount is read, and nothing but pay is taken for pay."""

import re
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker import pay
from worker.posting import Salary

Told = tuple[object, object, str | None, str | None]


def told(found: Salary | None) -> Told | None:
    return found and (found.min, found.max, found.currency, found.period)


def salary(low: str | int | None, high: str | int | None, currency: str | None, period: str | None) -> Told:
    return (None if low is None else Decimal(low), None if high is None else Decimal(high), currency, period)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gehalt: 80.000 € brutto im Jahr", salary(80_000, 80_000, "EUR", "YEAR")),
        ("£45k\u2013£55k", salary(45_000, 55_000, "GBP", "YEAR")),
        ("USD 120,000 to 150,000 OTE", salary(120_000, 150_000, "USD", "YEAR")),
        ("Stundenlohn: 15,50 € pro Stunde", salary("15.50", "15.50", "EUR", "HOUR")),
        ("Salaire : 45-55K€ brut annuel", salary(45_000, 55_000, "EUR", "YEAR")),
        ("Rémunération entre 45 000 € et 55 000 € brut par an", salary(45_000, 55_000, "EUR", "YEAR")),
        ("Bruto salaris €3.500 - €4.500 per maand", salary(3_500, 4_500, "EUR", "MONTH")),
        ("Salario: 30.000€ - 35.000€ brutos anuales", salary(30_000, 35_000, "EUR", "YEAR")),
        ("Wynagrodzenie 15 000 - 18 000 PLN brutto miesięcznie", salary(15_000, 18_000, "PLN", "MONTH")),
        ("R$ 5.000 - R$ 7.000 por mês", salary(5_000, 7_000, "BRL", "MONTH")),
        ("Day rate: £450 - £550 per day", salary(450, 550, "GBP", "DAY")),
        ("Weekly pay of US$1,200 - US$1,500 per week", salary(1_200, 1_500, "USD", "WEEK")),
        ("CHF 110'000 - 130'000", salary(110_000, 130_000, "CHF", "YEAR")),
        ("CHF 110\u2019000 - 130\u2019000", salary(110_000, 130_000, "CHF", "YEAR")),
        ("Salaire : 45\u202f000 € - 55\u202f000 € brut par an 😀", salary(45_000, 55_000, "EUR", "YEAR")),
        ("Compensation: ₹20 - 30 LPA", salary(2_000_000, 3_000_000, "INR", "YEAR")),
        ("salary of 3 000 000 - 4 000 000 JPY per year", salary(3_000_000, 4_000_000, "JPY", "YEAR")),
        ("The pay range is €45.50/hr - €60.25/hr", salary("45.50", "60.25", "EUR", "HOUR")),
        ("Base salary up to €150,000", salary(None, 150_000, "EUR", "YEAR")),
        ("Salary from £40,000", salary(40_000, None, "GBP", "YEAR")),
        ("Starting salary of 65,000 USD+", salary(65_000, None, "USD", "YEAR")),
        ("Compensation\n€90,000 - €120,000 depending on experience", salary(90_000, 120_000, "EUR", "YEAR")),
        ("Salary: $170-195,000 USD", salary(170_000, 195_000, "USD", "YEAR")),
        ("Zone A: €150,000 - €180,000 salary\nZone B: €130,000 - €160,000", salary(130_000, 180_000, "EUR", "YEAR")),
        (
            "Total compensation: €200,000 - €250,000 (base €150,000 - €180,000)",
            salary(150_000, 180_000, "EUR", "YEAR"),
        ),
        ("The base salary is €150,000-€180,000; OTE is €250,000-€300,000", salary(150_000, 180_000, "EUR", "YEAR")),
        ("Salary: €120k + 10% bonus", salary(120_000, 120_000, "EUR", "YEAR")),
        ("Lohn: CHF 110'000.\u2013 bis 130'000.\u2013", salary(110_000, 130_000, "CHF", "YEAR")),
        ("Salaris van €3.200,- tot €4.800,- bruto per maand", salary(3_200, 4_800, "EUR", "MONTH")),
        ("Gehalt: 3.200,- € bis 4.800,- € pro Monat", salary(3_200, 4_800, "EUR", "MONTH")),
        ("Mindestgehalt laut KV: EUR 2.800,- brutto pro Monat", salary(2_800, None, "EUR", "MONTH")),
        ("A minimum base salary of £40,000", salary(40_000, None, "GBP", "YEAR")),
        ("Base salary €60,000 with OTE of €120,000", salary(60_000, 60_000, "EUR", "YEAR")),
        ("Salary: ₹12,00,000 - ₹15,00,000 per annum", salary(1_200_000, 1_500_000, "INR", "YEAR")),
    ],
)
def test_pay_in_a_description_is_read(text: str, expected: Told):
    assert told(pay.from_text(f"About us\n\nWe bake.\n\n{text}\n\nApply now.")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "401(k) match up to $5,000", "401k with 4% match", "We raised a $50M Series B", "over 10,000 customers",
        "$5,000 sign-on bonus", "a referral bonus of $2,000", "18 to 65 years old", "up to 25% travel",
        "$1,500 annual learning budget", "You manage budgets of $500,000 - $1,000,000", "a team of 40 - 60 people",
        "close deals of $50k to $150k per year", "companies with $10M - $20M ARR", "a $2B valuation", "500 employees",
        "£500 per year for training", "$100 monthly phone stipend", "$1,000 home office stipend and paid time off",
        "Our customers save $10,000 - $20,000 per year", "average order value $50 - $100 per order",
        "we process $300,000 - $400,000 in payroll", "paid $12,000 in relocation", "the minimum wage is $15/hour",
        "We pay up to $5,000 a year towards childcare", "We pay $450 per month for your co-working space",
        "Funding\n$20,000 - $30,000", "- $2,000 - $5,000 per month in ad spend", "a $25 biweekly travel stipend",
        "$50,000 - $75,000 per year tuition support", "since 2019 - 2024", "Salary 50k", "lift up to 50 pounds",
        "Level 101 - 401", "24/7 support", "EUR-spot exchange since 2018", "Salary: competitive", "pay $30-$40",
        "Customers pay $30,000 - $50,000 per year", "You own a P&L of $5,000,000 - $10,000,000 per year",
    ],
)  # fmt: skip
def test_what_is_no_pay_beyond_doubt_is_none(text: str):
    assert pay.from_text(f"About us\n\nWe bake.\n\n{text}\n\nApply now.", ["US"]) is None


@pytest.mark.parametrize(
    ("countries", "currency"),
    [(["US"], "USD"), (["CA"], "CAD"), (["AU"], "AUD"), (["US", "CA"], None), ([], None), (["DE"], None)],
)
def test_a_dollar_is_that_of_the_posting_s_only_country(countries: list[str], currency: str | None):
    assert told(pay.from_text("Salary: $100,000 - $120,000", countries)) == salary(100_000, 120_000, currency, "YEAR")


def test_a_currency_that_is_spelt_out_counts_before_the_sign():
    assert told(pay.from_text("Salary: $100,000 - $120,000 CAD", ["US"])) == salary(100_000, 120_000, "CAD", "YEAR")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("$1.40k - $1.80k", salary(1_400, 1_800, "USD", None)),
        ("$17.00 - $18.00 / hour", salary(17, 18, "USD", "HOUR")),
        ("80.000 €", salary(80_000, 80_000, "EUR", "YEAR")),
        ("Tussen € 3.000 en € 4.500 bruto per maand", salary(3_000, 4_500, "EUR", "MONTH")),
        ("2.500 €", salary(2_500, 2_500, "EUR", None)),
        ("$500 - $600 biweekly", salary(500, 600, "USD", None)),
        ("up to €120,000 plus 10% bonus", salary(None, 120_000, "EUR", "YEAR")),
        ("$120,000/yr - $150,000/yr", salary(120_000, 150_000, "USD", "YEAR")),
        ("NHS Band 5 £28,407 to £34,581 per annum", salary(28_407, 34_581, "GBP", "YEAR")),
        ("€80/100k", None),
        ("$5,000 sign-on bonus", None),
        ("Competitive", None),
        ("50K", None),
        ("", None),
    ],
)
def test_a_field_of_pay_needs_no_word_for_it(words: str, expected: Told | None):
    assert told(pay.stated(words, ["US"])) == expected


def test_pay_knows_where_it_was_said():
    assert pay.stated("€50,000").source == "board"
    assert pay.from_text("Salary: €50,000").source == "text"


# Laws


SIGNS = {"EUR": ["€", "EUR", "Euro"], "GBP": ["£", "GBP"], "USD": ["US$", "USD"], "CHF": ["CHF"], "PLN": ["PLN", "zł"]}
PERIODS = {
    "HOUR": ["per hour", "/hr", "pro Stunde", "an hour"], "DAY": ["per day", "/day"], "WEEK": ["per week", "a week"],
    "MONTH": ["per month", "/month", "pro Monat", "par mois"], "YEAR": ["per year", "p.a.", "annually", "im Jahr"],
}  # fmt: skip
SIZES = {"HOUR": (10, 150), "DAY": (100, 1_500), "WEEK": (500, 5_000), "MONTH": (1_000, 15_000),
         "YEAR": (20_000, 900_000)}  # fmt: skip


def written(amount: int, grouping: str, sign: str, *, in_front: bool) -> str:
    digits = f"{amount:,}".replace(",", grouping)
    return f"{sign} {digits}" if in_front else f"{digits} {sign}"


@given(st.data())
def test_a_known_amount_is_read_back_however_it_is_written(data: st.DataObject):
    currency, period = data.draw(st.sampled_from(list(SIGNS))), data.draw(st.sampled_from(list(PERIODS)))
    least, most = SIZES[period]
    low = data.draw(st.integers(least, most))
    high = data.draw(st.integers(low, min(most, low * 3)))
    grouping, sign = data.draw(st.sampled_from([",", ".", " ", "'", ""])), data.draw(st.sampled_from(SIGNS[currency]))
    in_front = sign not in ("Euro", "zł") and data.draw(st.booleans())
    to = data.draw(st.sampled_from([" - ", "-", " \u2013 ", " to ", " bis "]))
    amounts = to.join([written(amount, grouping, sign, in_front=in_front) for amount in (low, high)])
    words = f"Salary: {amounts} {data.draw(st.sampled_from(PERIODS[period]))}"
    assert told(pay.from_text(words)) == told(pay.stated(words)) == salary(low, high, currency, period)


@given(st.integers(30, 400), st.integers(0, 200), st.sampled_from(["k", "K"]), st.sampled_from(["€{}{k}", "{}{k} €"]))
def test_thousands_may_be_written_short(low: int, more: int, k: str, form: str):
    amounts = " - ".join([form.format(low, k=k), form.format(low + more, k=k)])
    assert told(pay.from_text(f"Salary {amounts}")) == salary(low * 1000, (low + more) * 1000, "EUR", "YEAR")


@given(st.text(st.characters(exclude_categories=["Nd", "Nl", "No"]), max_size=200))
def test_without_a_digit_there_is_no_pay(text: str):
    assert pay.from_text(f"Salary $ {text}", ["US"]) is None
    assert pay.stated(f"Salary $ {text}", ["US"]) is None


@given(st.text(st.characters(exclude_categories=["Sc"]), max_size=200))
def test_without_a_currency_there_is_no_pay(text: str):
    letters = re.sub(r"[A-Za-zčŁłŽž]", "x", text)
    assert pay.from_text(f"Salary: 100,000 - 120,000 per year\n{letters}") is None


PIECES = ["Salary", "$", "€", "EUR", "100,000", "120k", "-", " to ", "per hour", "/year", "bonus", "401(k)", "50", ".",
          "\n", " ", "OTE", "up to", "£45", "%", "M", "LPA", "₹", "between", "and", "(", "+", "9" * 30]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=200))
def test_any_junk_gives_believable_pay_or_none(text: str):
    for found in (pay.from_text(text, ["US"]), pay.stated(text, ["US"])):
        if found is None:
            continue
        bounds = [one for one in (found.min, found.max) if one is not None]
        assert bounds == sorted(bounds)
        assert all(0 < one <= 100_000_000 for one in bounds)
        assert all(re.search(str(int(one))[0], text) for one in bounds)
        assert found.currency is None or re.fullmatch("[A-Z]{3}", found.currency)


@pytest.mark.parametrize(
    "text",
    ["$1 " * 60_000, "9" * 200_000, "$" * 200_000, "Salary " * 30_000, "1,111," * 30_000 + "$", "€1-" * 60_000,
     "gehalt" * 30_000 + "$50", "$9" * 100_000, "a 1\n$" * 50_000],
)  # fmt: skip
def test_no_text_takes_long(text: str):
    started = time.process_time()
    pay.from_text(text[:200_000], ["US"])
    assert time.process_time() - started < 5
