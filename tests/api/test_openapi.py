"""The document describes what there is, and docs/openapi.json is the document.

`python -m tests.api.test_openapi` writes docs/openapi.json.
"""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from api.app import create_app

WRITTEN = Path(__file__).parents[2] / "docs/openapi.json"


def operations(app):
    return [(path, method, one) for path, found in app.openapi()["paths"].items() for method, one in found.items()]


def test_every_operation_has_an_id_a_tag_a_summary_and_a_description(app):
    ids = [one["operationId"] for _, _, one in operations(app)]
    assert len(set(ids)) == len(ids)
    assert all(one_id.isidentifier() for one_id in ids)
    for path, _, one in operations(app):
        assert one["tags"], path
        assert one["summary"], path
        assert one["description"], path


def test_every_route_documents_its_problems(app):
    document = app.openapi()
    for path, _, one in operations(app):
        if not path.startswith("/api/v1"):
            continue
        assert {"401", "403", "413", "422", "429", "500", "503"} <= set(one["responses"]), path
        assert ("{" not in path) or "404" in one["responses"], path
        for status, response in one["responses"].items():
            if status >= "400":
                assert list(found(document, response)["content"]) == ["application/problem+json"], path


def test_bodies_and_answers_have_examples(app):
    document = app.openapi()
    for path, method, one in operations(app):
        for content in one.get("requestBody", {}).get("content", {}).values():
            assert example(document, content), (method, path)


def found(document, part):
    """Return a part of the document, or what it refers to."""
    for step in part.get("$ref", "").split("/")[1:]:
        document = document[step]
    return document if "$ref" in part else part


def example(document, content) -> bool:
    schema = found(document, content["schema"])
    return (
        "example" in content or "examples" in schema or any("examples" in one for one in schema["properties"].values())
    )


def test_every_reference_leads_somewhere_and_schemas_are_valid(app):
    document = app.openapi()
    schemas = document["components"]["schemas"]
    pointed = [f"#/components/{kind}/{name}" for kind, parts in document["components"].items() for name in parts]

    def references(value):
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"]
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for reference in references(document):
        assert reference in pointed
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_examples_of_bodies_are_valid(app, client):
    document = app.openapi()
    for name, schema in document["components"]["schemas"].items():
        for one in schema.get("examples", []):
            Draft202012Validator({**schema, "components": document["components"]}).validate(one), name


def test_the_document_is_served(client, app):
    assert client.get("/openapi.json").json() == app.openapi()


def test_the_document_in_the_repository_is_that_of_the_application(app):
    assert json.loads(WRITTEN.read_text()) == app.openapi(), "write it anew: make openapi"
    assert WRITTEN.read_text() == written(app.openapi()), "write it anew: make openapi"


def test_what_people_edit_has_a_version_in_the_document(app):
    for path, one in app.openapi()["paths"].items():
        for method in {"put", "patch"} & set(one):
            assert "if-match" in {parameter["name"] for parameter in one[method].get("parameters", ())}, (method, path)
            assert "412" in one[method]["responses"], (method, path)
            assert "ETag" in one[method]["responses"]["200"]["headers"], (method, path)
            assert "ETag" in one["get"]["responses"]["200"]["headers"], (method, path)


def written(document) -> str:
    """Return the document as it is committed: the same for the same application, a line a value."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    WRITTEN.write_text(written(create_app().openapi()))
