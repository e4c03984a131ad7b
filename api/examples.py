"""Ready-made criteria: what people most often look for, to be changed to taste."""

from decimal import Decimal

from api.schemas.wishes import Criteria, Example, Pay

EXAMPLES = [
    Example(
        name="One job, well described",
        explanation="Each line is one way to be let in; all words of a line must be in the title, in any order.",
        criteria=Criteria(title_filters="python engineer\n(backend OR platform) developer"),
    ),
    Example(
        name="Senior, and not a manager",
        explanation="A line that begins with a minus keeps titles out whatever other lines say.",
        criteria=Criteria(title_filters="senior engineer\nstaff engineer\n-manager -director"),
    ),
    Example(
        name="Exact words",
        explanation="Quotes keep words together, a star stands for the rest of a word.",
        criteria=Criteria(title_filters='"machine learning"\n"data scien*"'),
    ),
    Example(
        name="First job",
        explanation="Internships and positions for beginners.",
        criteria=Criteria(title_filters='intern*\njunior\ngraduate\n"working student"\ntrainee'),
    ),
    Example(
        name="Remote in Europe",
        explanation="Where a board does not say how the work is done it is let in, unless you ask for strictness.",
        criteria=Criteria(places=["EU"], workplaces=["remote"]),
    ),
    Example(
        name="Near home, paid enough",
        explanation="Pay is compared in its currency; hours, months and years are reckoned into each other.",
        criteria=Criteria(
            places=["Berlin"],
            workplaces=["onsite", "hybrid"],
            pay=Pay(amount=Decimal(70_000), currency="EUR"),
        ),
    ),
]
