"""The document describes what there is."""

from jsonschema import Draft202012Validator


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
    for path, _, one in operations(app):
        if not path.startswith("/api/v1"):
            continue
        assert {"401", "403", "413", "422", "429", "500", "503"} <= set(one["responses"]), path
        assert ("{" not in path) or "404" in one["responses"], path
        for status, response in one["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], path


def test_bodies_and_answers_have_examples(app):
    document = app.openapi()
    for path, method, one in operations(app):
        for content in one.get("requestBody", {}).get("content", {}).values():
            assert example(document, content), (method, path)


def example(document, content) -> bool:
    schema = content["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return (
        "example" in content or "examples" in schema or any("examples" in one for one in schema["properties"].values())
    )


def test_every_reference_leads_somewhere_and_schemas_are_valid(app):
    document = app.openapi()
    schemas = document["components"]["schemas"]

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
        assert reference.rsplit("/", 1)[1] in schemas
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_examples_of_bodies_are_valid(app, client):
    document = app.openapi()
    for name, schema in document["components"]["schemas"].items():
        for one in schema.get("examples", []):
            Draft202012Validator({**schema, "components": document["components"]}).validate(one), name


def test_the_documentation_is_served(client):
    assert client.get("/docs").status_code == 200
    assert client.get("/openapi.json").json()["info"]["title"] == "Rolecall"
