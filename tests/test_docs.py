"""What the documents say is true: settings, commands, files, tests, layers and examples of filters.

`python -m tests.test_docs` writes the table of settings into README.md.
"""

import ast
import inspect
import re
import tomllib
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
import typer
from pydantic_core import PydanticUndefined

from worker.cli.app import app
from worker.extractors import extractors
from worker.filters import compile_filters
from worker.models import Base
from worker.settings import Settings

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
PROMISED = {
    "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/alerts.md", "docs/backup.md",
    "docs/architecture.md", "docs/adding-an-extractor.md", "docs/decisions.md", "docs/operations.md", "docs/traps.md",
    "docs/vendors.md",
}  # fmt: skip
# What a document may name although a checkout does not hold it.
NOT_IN_A_CHECKOUT = (".venv", ".env", ".rolecall", "path/to")
OF_ONE_MACHINE = re.compile(r"(?<![\w.…])/(?:home|mnt|root|tmp|usr|var|work)/\w|(?<!&)#\d+\b")

for_each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def part(document: Path, name: str) -> str:
    """Return what stands between `<!-- name -->` and `<!-- /name -->`."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", document.read_text(), re.DOTALL)
    assert found, f"{document.name} has no part {name}"
    return found[1]


def section(document: Path, heading: str) -> str:
    """Return what stands below a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", document.read_text(), re.DOTALL | re.MULTILINE)
    assert found, f"{document.name} has no section {heading}"
    return found[1]


def rows(table: str) -> list[list[str]]:
    """Return the cells of a table's body."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def code_blocks(document: Path) -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```", document.read_text(), re.DOTALL | re.MULTILINE)


def in_code(document: Path) -> str:
    """Return what a document shows as code, inline or in blocks."""
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL))
    return "\n".join([*code_blocks(document), *inline])


def settings_table() -> str:
    """Return the table of settings, written from the class: variable, default, and the docstring."""
    body = ast.parse(inspect.getsource(Settings)).body[0].body  # type: ignore[attr-defined]
    meanings = {
        field.target.id: " ".join(inspect.cleandoc(doc.value.value).split())
        for field, doc in pairwise(body)
        if isinstance(field, ast.AnnAssign)
    }
    lines = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        lines.append(f"| `{field.alias}` | {_default(field.default)} | {meanings[name]} |")
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    if value is PydanticUndefined:
        return "must be set"
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def test_every_promised_document_is_there():
    assert {str(path.relative_to(ROOT)) for path in DOCUMENTS} >= PROMISED


def test_the_table_of_settings_is_that_of_the_class():
    assert part(README, "settings") == settings_table(), "write it anew: python -m tests.test_docs"


@for_each_document
def test_every_variable_named_is_a_setting(document):
    known = {str(field.alias) for field in Settings.model_fields.values()}
    assert set(re.findall(r"\bROLECALL_[A-Z_]+\b", document.read_text())) <= known


@for_each_document
def test_every_make_target_named_exists(document):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|[\s`$])make ([a-z]+)", in_code(document), re.MULTILINE)) <= targets


@for_each_document
def test_every_command_named_exists_with_its_options(document):
    group = typer.main.get_command(app)
    for name, rest in re.findall(r"(?:^|[\s`/])rolecall ([a-z][a-z-]*)([^\n`]*)", in_code(document), re.MULTILINE):
        assert name in group.commands, f"rolecall {name}"
        command = group.commands[name]
        if inner := getattr(command, "commands", None):
            under = rest.split()[0] if rest.split() else ""
            assert not under or under in inner, f"rolecall {name} {under}"
            command = inner.get(under, command)
        options = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
        given = re.findall(r"(?<=\s)(--[a-z-]+)", rest.partition("#")[0])
        assert set(given) <= options | {"--help"}, f"rolecall {name}{rest}"


@for_each_document
def test_every_file_named_exists(document):
    names = re.findall(r"(?<![\w/.<…-])((?:[\w.-]+/)+[\w.-]*\w/?|[\w-]+\.(?:py|md|txt|toml|yml|svg|lark))(?![\w<*])",
                       in_code(document))  # fmt: skip
    folders = ("api/", "bench/", "docs/", "tests/", "worker/", ".ci/")
    for name in names:
        if name.startswith(NOT_IN_A_CHECKOUT) or ("/" in name and not name.startswith(folders)):
            continue
        if "/" in name:
            assert (ROOT / name).exists(), name
        else:
            found = [path for folder in ("api", "worker", "tests", "docs") for path in (ROOT / folder).rglob(name)]
            assert found or (ROOT / name).exists(), name


@for_each_document
def test_every_test_named_exists(document):
    for path, name in re.findall(r"(tests/[\w/]+\.py)::(\w+)", document.read_text()):
        assert re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE), f"{path}::{name}"


@for_each_document
def test_every_function_named_exists(document):
    """`scan.claim()` and the like name something that is defined in a module of that name."""
    for module, name in re.findall(r"`(?:worker\.|api\.)?([a-z_.]+)\.(\w+)\(\)`", document.read_text()):
        paths = [path for root in ("worker", "api") for path in (ROOT / root).rglob(f"{module.split('.')[-1]}.py")]
        assert any(re.search(rf"^\s*(?:async )?def {name}\(", path.read_text(), re.MULTILINE) for path in paths), (
            f"{module}.{name}"
        )


@for_each_document
def test_every_link_leads_somewhere(document):
    text = document.read_text()
    links = [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'src="([^"]+)"', text)]
    for link in links:
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            assert anchor in map(_anchor, headings), link


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@for_each_document
def test_no_document_names_what_only_its_writers_have(document):
    for number, line in enumerate(document.read_text().splitlines(), start=1):
        assert not OF_ONE_MACHINE.search(line), f"{document.name}:{number}: {line}"
        for name in re.findall(r"(?<![\w/-])([\w-]+\.md)\b", line):
            assert (ROOT / name).exists() or (ROOT / "docs" / name).exists(), f"{document.name}:{number}: {name}"


@for_each_document
def test_lines_fit(document):
    for number, line in enumerate(document.read_text().splitlines(), start=1):
        fits = len(line) <= 120 or line.lstrip().startswith(("|", "<img")) or "](" in line
        assert fits, f"{document.name}:{number} is {len(line)} characters long"


def filter_examples() -> list[tuple[str, str, bool]]:
    table = rows(section(README, "Title filters"))
    return [
        ("\n".join(re.findall(r"`([^`]+)`", written)), unescape(title), {"yes": True, "no": False}[passes])
        for written, title, passes in table
    ]


@pytest.mark.parametrize(("written", "title", "passes"), filter_examples())
def test_an_example_of_a_filter_is_true(written, title, passes):
    assert compile_filters(written).matches(title) is passes


def test_as_many_vendors_are_named_as_there_are():
    vendors = len(extractors()) - 1  # a careers page has no vendor
    assert f"It reads [{vendors} vendors](docs/vendors.md)" in README.read_text()
    assert f"- Read {vendors} vendors" in (ROOT / "CHANGELOG.md").read_text()


def test_the_layers_are_those_that_are_checked():
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in configuration if one.get("containers") == ["worker"])
    assert part(ROOT / "docs/architecture.md", "layers") == "```\n" + "\n".join(layers) + "\n```\n"


def test_the_tables_are_those_there_are():
    told = {name for row in rows(section(ROOT / "docs/architecture.md", "Tables")) for name in _named(row[0])}
    assert told == set(Base.metadata.tables)


def test_every_task_that_beat_sends_is_told():
    sent = re.findall(r'_every\(.+, "([\w.]+)"\)', (ROOT / "celeryconfig.py").read_text())
    assert sent
    told = (ROOT / "docs/architecture.md").read_text()
    assert not [task for task in sent if f"`{task}`" not in told]


def test_the_errors_are_those_there_are():
    tree = ast.parse((ROOT / "worker/errors.py").read_text())
    defined = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    told = {name for row in rows(section(ROOT / "docs/architecture.md", "Errors")) for name in _named(row[0])}
    boards = {node.name for node in tree.body if isinstance(node, ast.ClassDef) and _is_of_boards(node)}
    assert boards <= told
    assert told - defined <= {"NotModified", "Exception"}


def _named(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def _is_of_boards(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "BoardError" for base in node.bases)


def test_every_route_named_exists():
    from api.app import app as api

    paths = {re.sub(r"\{\w+\}", "{}", path) for path in api.openapi()["paths"]}
    for document in DOCUMENTS:
        for method, path in re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[\w/{}-]*)", document.read_text()):
            full = path if path in ("/healthz", "/readyz") else f"/api/v1{path.removeprefix('/api/v1')}"
            assert re.sub(r"\{\w+\}", "{}", full) in paths, f"{method} {path}"


def test_the_api_has_the_version_of_the_package():
    from api.app import app as api

    assert api.version == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def test_every_message_explained_is_one_that_rolecall_says():
    said = [
        node.value
        for folder in ("api", "worker")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    for message, _ in rows(section(ROOT / "docs/operations.md", "Troubleshooting by message")):
        for fragment in filter(str.strip, message.strip("`").split("…")):
            assert any(fragment in one for one in said), fragment


def test_the_extractor_that_is_walked_through_is_the_real_one():
    source = (ROOT / "worker/extractors/pinpoint.py").read_text()
    shown = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "docs/adding-an-extractor.md").read_text(), re.DOTALL | re.MULTILINE
    )
    assert len(shown) == 3
    for block in shown:
        assert block in source


def test_there_is_something_to_compare():
    """A pattern that finds nothing proves nothing."""
    assert len(re.findall(r"rolecall [a-z]", in_code(README))) > 10
    assert len(re.findall(r"make [a-z]", in_code(README))) > 5
    assert len(re.findall(r"tests/[\w/]+\.py::\w+", (ROOT / "docs/architecture.md").read_text())) > 20
    assert len(filter_examples()) > 10


def test_the_picture_is_small_and_says_what_it_shows():
    picture = (ROOT / "docs/data-flow.svg").read_text()
    assert len(picture) < 10_000
    assert "<title" in picture
    assert "prefers-color-scheme: dark" in picture


def main() -> None:
    """Write the table of settings into README.md."""
    text = README.read_text()
    before, _, rest = text.partition("<!-- settings -->\n")
    _, _, after = rest.partition("<!-- /settings -->")
    README.write_text(f"{before}<!-- settings -->\n{settings_table()}<!-- /settings -->{after}")


if __name__ == "__main__":
    main()
