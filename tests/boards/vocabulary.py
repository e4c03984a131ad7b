"""Words of the simulated world: invented company names, places, titles and the sentences of job descriptions."""

from dataclasses import dataclass

FIRST_NAMES = (
    "Amber", "Birch", "Bright", "Cedar", "Clear", "Cobalt", "Copper", "Coral", "Daybreak", "Drift", "Ember",
    "Evergreen", "Fable", "Fern", "Granite", "Harbor", "Hollow", "Indigo", "Ivory", "Juniper", "Kestrel", "Lantern",
    "Linden", "Lumen", "Maple", "Marigold", "Meadow", "Mosaic", "North", "Nimbus", "Opal", "Orchard", "Paper",
    "Pebble", "Quiet", "Rowan", "Saffron", "Silver", "Slate", "Sparrow", "Tidal", "Umber", "Velvet", "Willow",
)  # fmt: skip
SECOND_NAMES = (
    "Anchor", "Arc", "Atlas", "Bridge", "Canvas", "Circuit", "Compass", "Cove", "Current", "Field", "Forge",
    "Foundry", "Garden", "Grove", "Harvest", "Kiln", "Ledger", "Lighthouse", "Loom", "Meridian", "Mill", "Orbit",
    "Parcel", "Path", "Pier", "Prism", "Quarry", "Ridge", "Signal", "Span", "Spindle", "Station", "Summit",
    "Thread", "Tide", "Transit", "Trellis", "Vale", "Vessel", "Workshop",
)  # fmt: skip
LAST_NAMES = ("", "Labs", "Works", "Collective", "Systems", "Group", "Partners", "Studio")

TRADES = (
    ("energy software", "balances household batteries with the grid, street by street"),
    ("logistics", "moves parcels through cities by bicycle, barge and night train"),
    ("health records", "gives clinics one calm screen for a patient's whole story"),
    ("payments", "settles invoices between small manufacturers in minutes instead of months"),
    ("education", "helps teachers turn a lesson plan into practice that adapts to each pupil"),
    ("agriculture", "measures soil and water so that growers use a third less of both"),
    ("developer tools", "finds out why a build is slow and fixes the dull half of it"),
    ("robotics", "teaches warehouse robots to ask for help before they make a mess"),
    ("insurance", "insures tools, bikes and instruments by the day"),
    ("travel", "plans journeys over land and sells them as one ticket"),
    ("climate data", "turns satellite pictures into flood warnings that people act on"),
    ("food", "ferments protein for kitchens that would rather not compromise on taste"),
    ("security", "keeps the secrets of small companies as well as those of large ones"),
    ("publishing", "makes reading on a screen as restful as reading on paper"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A city as job boards name it."""

    city: str
    region: str
    region_code: str
    country: str
    country_code: str
    currency: str


PLACES = (
    Place("Berlin", "Berlin", "BE", "Germany", "DE", "EUR"),
    Place("Munich", "Bavaria", "BY", "Germany", "DE", "EUR"),
    Place("Hamburg", "Hamburg", "HH", "Germany", "DE", "EUR"),
    Place("Vienna", "Vienna", "W", "Austria", "AT", "EUR"),
    Place("Zürich", "Zürich", "ZH", "Switzerland", "CH", "CHF"),
    Place("Amsterdam", "North Holland", "NH", "Netherlands", "NL", "EUR"),
    Place("Utrecht", "Utrecht", "UT", "Netherlands", "NL", "EUR"),
    Place("Paris", "Île-de-France", "IDF", "France", "FR", "EUR"),
    Place("Lyon", "Auvergne-Rhône-Alpes", "ARA", "France", "FR", "EUR"),
    Place("Madrid", "Madrid", "MD", "Spain", "ES", "EUR"),
    Place("Barcelona", "Catalonia", "CT", "Spain", "ES", "EUR"),
    Place("Lisbon", "Lisbon", "11", "Portugal", "PT", "EUR"),
    Place("Dublin", "Leinster", "L", "Ireland", "IE", "EUR"),
    Place("London", "England", "ENG", "United Kingdom", "GB", "GBP"),
    Place("Edinburgh", "Scotland", "SCT", "United Kingdom", "GB", "GBP"),
    Place("Stockholm", "Stockholm", "AB", "Sweden", "SE", "SEK"),
    Place("København", "Hovedstaden", "84", "Denmark", "DK", "DKK"),
    Place("Kraków", "Lesser Poland", "MA", "Poland", "PL", "PLN"),
    Place("New York", "New York", "NY", "United States", "US", "USD"),
    Place("Boston", "Massachusetts", "MA", "United States", "US", "USD"),
    Place("Austin", "Texas", "TX", "United States", "US", "USD"),
    Place("Denver", "Colorado", "CO", "United States", "US", "USD"),
    Place("Seattle", "Washington", "WA", "United States", "US", "USD"),
    Place("Toronto", "Ontario", "ON", "Canada", "CA", "CAD"),
    Place("Singapore", "Singapore", "01", "Singapore", "SG", "SGD"),
    Place("Melbourne", "Victoria", "VIC", "Australia", "AU", "AUD"),
)

MAKER_RANKS = ("", "Junior", "Senior", "Senior", "Staff", "Principal", "Lead")
SELLER_RANKS = ("", "Senior", "Enterprise", "Mid-Market", "Associate")


@dataclass(frozen=True, slots=True)
class Department:
    """What one department hires for, and what its job descriptions say."""

    name: str
    ranks: tuple[str, ...]
    crafts: tuple[str, ...]
    focuses: tuple[str, ...]
    duties: tuple[str, ...]
    skills: tuple[str, ...]
    pay: int
    """A typical yearly salary, in thousands."""


DEPARTMENTS = (
    Department(
        "Engineering",
        MAKER_RANKS,
        ("Backend Engineer", "Frontend Engineer", "Software Engineer", "Site Reliability Engineer", "Mobile Engineer",
         "Platform Engineer", "Engineering Manager", "QA Engineer"),
        ("Payments", "Platform", "Growth", "Search", "Billing", "Developer Experience", "Integrations", "Identity"),
        ("Design, build and run services that other teams depend on, and write down how they fail.",
         "Take a feature from a rough sketch to production, with tests you would want to inherit.",
         "Review colleagues' changes with care and kindness, and ask for the same.",
         "Share an on-call rota of one week in eight, and remove the cause of each page.",
         "Cut the time from merge to production below ten minutes, and keep it there.",
         "Untangle the oldest parts of our codebase in steps that can each be rolled back.",
         "Work with product and design to find the smallest version that teaches us something.",
         "Mentor two or three engineers and learn from them in return."),
        ("Several years of building web services in Python, Go, Java or something you can defend.",
         "A good eye for data models, indexes & the query that will hurt next year.",
         "Experience with PostgreSQL under load, and with a queue that once lost a message.",
         "You write clearly: design notes, commit messages, replies to incident questions.",
         "You have operated what you built and have opinions on alerts.",
         "Comfort with containers, infrastructure as code and reading other people's Terraform.",
         "You would rather delete code than add it."),
        95,
    ),
    Department(
        "Data",
        MAKER_RANKS,
        ("Data Engineer", "Data Scientist", "Analytics Engineer", "Machine Learning Engineer", "Data Analyst"),
        ("Forecasting", "Experimentation", "Marketplace", "Risk", "Core Models", "Measurement"),
        ("Own the tables that the whole company counts with, and their tests.",
         "Build models that a colleague can retrain on a Friday without calling you.",
         "Design experiments with product teams and say plainly when the result is noise.",
         "Move our nightly pipelines to incremental ones that finish before breakfast.",
         "Turn vague questions into small analyses that change a decision.",
         "Document where each number comes from, and who may rely on it.",
         "Watch for drift, and make the alarm quiet enough to be believed."),
        ("Fluent SQL, and Python that others can read.",
         "A solid grasp of statistics: you know when an average misleads.",
         "Experience with dbt, Airflow or similar, and with their discontents.",
         "You can explain a confidence interval to somebody in a hurry.",
         "You have shipped a model and then had to live with it.",
         "Care for privacy: you ask whether we should keep a field at all.",
         "Practical knowledge of columnar storage & what it costs."),
        90,
    ),
    Department(
        "Product & Design",
        MAKER_RANKS,
        ("Product Manager", "Product Designer", "UX Researcher", "Content Designer", "Technical Writer"),
        ("Onboarding", "Mobile", "Self-Service", "Pricing", "Accessibility", "Partner Tools"),
        ("Spend an afternoon each week with the people who use what we make.",
         "Keep a roadmap short enough to be remembered, and say no in a way that helps.",
         "Prototype early, throw most of it away and keep the reasons.",
         "Write the words in the product so that nobody needs the manual.",
         "Bring engineering, support and sales to one understanding of the problem.",
         "Measure whether a release helped, and tell everybody when it did not.",
         "Look after our design system with two colleagues from engineering."),
        ("A portfolio or a list of decisions you can talk us through, failures included.",
         "Experience with products that people use all day, not once a year.",
         "You are at ease with numbers and suspicious of dashboards.",
         "You can run an interview without leading the witness.",
         "Knowledge of accessibility beyond contrast ratios.",
         "You write short documents that settle long discussions.",
         "You enjoy working with engineers & take constraints as material."),
        85,
    ),
    Department(
        "Sales",
        SELLER_RANKS,
        ("Account Executive", "Sales Development Representative", "Solutions Consultant", "Partner Manager",
         "Sales Operations Analyst"),
        ("DACH", "Nordics", "Benelux", "UK & Ireland", "Southern Europe", "North America", "Public Sector"),
        ("Find the twenty companies in your region that we would truly help, and talk to them.",
         "Run a sales process that the customer would describe as honest.",
         "Give demonstrations with the customer's own data wherever we may.",
         "Keep forecasts that finance can rely on.",
         "Bring back what you hear, so that product hears it in the customer's words.",
         "Negotiate contracts with legal at your side, and close them within the quarter.",
         "Open a new segment together with marketing and tell us whether it is worth it."),
        ("A record of reaching your targets with deals between 20k and 200k a year.",
         "You listen more than you pitch.",
         "Fluent English; German, French or Dutch is a real advantage.",
         "You keep your CRM in a state that you would hand over without shame.",
         "Experience selling software to operations or finance teams.",
         "You can read a balance sheet well enough to ask a good question.",
         "Willingness to travel about one week in six."),
        75,
    ),
    Department(
        "Marketing",
        MAKER_RANKS[:4],
        ("Content Strategist", "Performance Marketing Manager", "Brand Designer", "Event Manager",
         "Lifecycle Marketer"),
        ("Europe", "Community", "Product Launches", "Partnerships", "Organic Growth"),
        ("Tell stories about our customers that they are glad to share.",
         "Plan campaigns with a budget, a hypothesis and an end date.",
         "Look after the website, its words and its speed.",
         "Organise four gatherings a year that people would attend without us.",
         "Find out which channels work and stop paying for the others.",
         "Write the newsletter that colleagues forward to their friends.",
         "Brief agencies & freelancers well enough that the second draft is the last."),
        ("Very good written English and an ear for tone.",
         "Experience with marketing in a company that sells to other companies.",
         "You know your tools and do not need all of them.",
         "You can show a piece of work that changed a number.",
         "Curiosity about a technical product and patience with its experts.",
         "A calm way with deadlines.",
         "You respect people's inboxes."),
        65,
    ),
    Department(
        "Customer Success",
        MAKER_RANKS[:5],
        ("Customer Success Manager", "Support Engineer", "Implementation Consultant", "Onboarding Specialist"),
        ("Strategic Accounts", "Scale", "Nordics", "Technical", "Renewals"),
        ("Guide new customers from contract to first result within thirty days.",
         "Answer difficult questions in writing, once, where everybody finds the answer.",
         "Notice when an account goes quiet, and call.",
         "Reproduce bugs so well that engineers thank you.",
         "Lead business reviews that are worth the customer's hour.",
         "Improve our help centre article by article.",
         "Carry the customer's view into planning, with examples."),
        ("Experience in support, consulting or account management of a technical product.",
         "You read logs & API documentation without fear.",
         "Empathy that survives a bad Monday.",
         "Clear, friendly writing in English and one other language.",
         "You organise yourself and do not need to be chased.",
         "You know when to escalate and when to fix it yourself.",
         "Some SQL or scripting, or the wish to learn it here."),
        60,
    ),
    Department(
        "Operations",
        MAKER_RANKS[:5],
        ("Operations Manager", "Supply Chain Planner", "Warehouse Supervisor", "Field Technician",
         "Procurement Specialist", "Fleet Coordinator"),
        ("Night Shift", "Inbound", "Returns", "Quality", "Facilities", "Spare Parts"),
        ("Plan shifts that respect both the orders and the people.",
         "Walk the floor every day and fix one thing on the way.",
         "Negotiate with suppliers who have known us for years.",
         "Keep stock accurate enough that nobody has to look.",
         "Train new colleagues until they train the next ones.",
         "Lead safety rounds and act on what they find.",
         "Find out why parcels are late, and make them not."),
        ("Experience in logistics, manufacturing or field service.",
         "A head for spreadsheets and a hand for machines.",
         "You stay friendly at five in the morning.",
         "Knowledge of lean methods, applied with common sense.",
         "A driving licence (class B or local equivalent).",
         "You speak the local language well enough to lead a briefing.",
         "Readiness to work weekends from time to time, paid & planned ahead."),
        50,
    ),
    Department(
        "Finance & Legal",
        MAKER_RANKS[:5],
        ("Financial Accountant", "Financial Controller", "Payroll Specialist", "Legal Counsel", "Treasury Analyst"),
        ("Group Reporting", "Tax", "Privacy", "Commercial Contracts", "Planning"),
        ("Close the books in five days, and look for the way to four.",
         "Explain to budget owners what their numbers mean.",
         "Prepare audits so that they bore the auditor.",
         "Draft and negotiate contracts in language that both sides understand.",
         "Automate a reconciliation that somebody still does by hand.",
         "Advise product teams on privacy before the first line of code.",
         "Watch cash by the week, in three currencies."),
        ("A qualification in accounting, controlling or law.",
         "Experience with IFRS or local GAAP, ideally in a growing company.",
         "Discretion, and a sense of humour about receipts.",
         "You question a process before you digitise it.",
         "Confident use of spreadsheets & of the ERP behind them.",
         "You explain rules to people without making them feel foolish.",
         "Very good English; the language of the office helps."),
        70,
    ),
    Department(
        "People",
        MAKER_RANKS[:4],
        ("Recruiter", "People Partner", "Office Manager", "Learning & Development Manager",
         "People Operations Specialist"),
        ("Tech Hiring", "Early Careers", "Workplace", "Compensation", "Northern Europe"),
        ("Run hiring processes that candidates recommend even after a no.",
         "Coach managers through their first difficult conversation.",
         "Keep pay fair, explain it, and publish the bands.",
         "Make the first week of every new colleague a good one.",
         "Look after an office that people come to by choice.",
         "Build learning budgets into habits.",
         "Turn our engagement survey into two changes a quarter."),
        ("Experience in recruiting, HR or office management of a company our size.",
         "Knowledge of local labour law, and of where to ask.",
         "You keep confidences.",
         "You are organised in a way that looks effortless.",
         "Structured interviewing is second nature to you.",
         "You like people & paperwork in about equal measure.",
         "Fluent English; a second language is welcome."),
        58,
    ),
    Department(
        "Hardware & Research",
        MAKER_RANKS,
        ("Embedded Engineer", "Mechanical Engineer", "Electrical Engineer", "Research Scientist", "Test Engineer",
         "Process Engineer"),
        ("Power Electronics", "Sensors", "Materials", "Reliability", "Perception", "Prototyping"),
        ("Design boards, housings or processes from first sketch to small series.",
         "Plan tests that break things on purpose, and learn from the pieces.",
         "Work with suppliers on tolerances that can really be made.",
         "Write firmware that updates itself safely in the field.",
         "Publish what we may, and read what others do.",
         "Bring a measurement from the lab bench to the production line.",
         "Keep a lab notebook that a successor could follow."),
        ("A degree or equal experience in engineering or natural science.",
         "Practice with C, CAD or the lab equipment of your field.",
         "You are careful with units and high voltages.",
         "Knowledge of the norms that apply, EN & UL among them.",
         "You have taken at least one product through certification.",
         "You enjoy the workshop as much as the screen.",
         "Patience with experiments, impatience with meetings."),
        88,
    ),
)  # fmt: skip

INTROS = (
    (
        "We are looking for {a} {title} to join our {department} team in {place}. You will work in a group of six, "
        "close to the people who use what we build, and own your work from the first question to the last detail."
    ),
    (
        "Our {department} team in {place} is growing, and we would like {a} {title} to grow with it. The work is "
        "varied, the problems are real, and there is time set aside each week to do things properly."
    ),
    (
        "As {title} you will shape how {company} works in {place}. You report to the head of {department}, who "
        "has done this job before and remembers what it takes."
    ),
    (
        "{company} has more good ideas than hands. As our next {title} in {place} you will pick the ideas worth "
        "doing and see them through, together with a {department} team that likes to share what it knows."
    ),
)
HABITS = (
    (
        "We work in small teams with few meetings. Decisions are written down where everybody can read them, and "
        "anybody may question them. Most of us keep Wednesdays free of calls, and nobody expects an answer in the"
        " evening."
    ),
    (
        "We plan in cycles of six weeks with two weeks of slack between them. Estimates are ranges, mistakes are "
        "discussed without names, and what we learn goes into a handbook that new colleagues are asked to "
        "correct."
    ),
    (
        "Our days start with a quarter of an hour together and then leave you alone. We pair when it helps, "
        "review everything and celebrate deletions. Twice a year we all meet somewhere with bad reception."
    ),
)
PERKS = (
    "30 days of paid holiday, and a reminder when you do not take them",
    "A yearly learning budget of 1,500 with no approval needed",
    "Parental leave of 16 weeks at full pay for every parent",
    "Equipment of your choice, for the office and for home",
    "A pension plan to which we add half of what you put in",
    "A public transport ticket or a bicycle, whichever you prefer",
    "Four weeks a year of working from another country",
    "Shares in the company & a plain explanation of what they may be worth",
    "Lunch together on Tuesdays and Thursdays",
    "A sabbatical of six weeks after four years",
)
