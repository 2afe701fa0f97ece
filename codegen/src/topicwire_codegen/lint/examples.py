"""Examples and defaults, held against their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, cast

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT7

from topicwire_codegen.document import Json, escape
from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import messages, payload, schemas
from topicwire_codegen.references import Node, Workspace

# What jsonschema's annotations want: a schema is a boolean or an object.
_Registry: TypeAlias = "Registry[bool | Mapping[str, Any]]"


def check_examples(workspace: Workspace) -> Iterator[Problem]:
    """Check the examples of all messages, and the examples and defaults of all schemas."""
    registry: _Registry = Registry().with_resources(
        (document.path.resolve().as_uri(), DRAFT7.create_resource(cast(Any, document.data)))
        for document in workspace.documents
    )
    for schema in schemas(workspace):
        yield from _check_schema(schema, registry)
    for _, message in messages(workspace):
        content = payload(message)
        examples = message.raw("examples")
        if content is None or examples is None or not isinstance(examples.value, list):
            continue
        validator = _validator(content, registry)
        for i, example in enumerate(examples.elements()):
            if "payload" in example.mapping():
                at = f"/examples/{i}/payload"
                yield from _check(message, at, example.mapping()["payload"], validator)


def _check_schema(schema: Node, registry: _Registry) -> Iterator[Problem]:
    fields = schema.mapping()
    examples = fields.get("examples")
    listed = examples if isinstance(examples, list) else []
    values = [(f"/examples/{i}", value) for i, value in enumerate(listed)]
    if "default" in fields:
        values.append(("/default", fields["default"]))
    if values:
        validator = _validator(schema, registry)
        for at, value in values:
            yield from _check(schema, at, value, validator)


def _validator(schema: Node, registry: _Registry) -> Draft7Validator:
    # Through a reference, so that references inside the schema are relative to its own file.
    reference = f"{schema.document.path.resolve().as_uri()}{schema.pointer}"
    return Draft7Validator({"$ref": reference}, registry=registry)


def _check(node: Node, at: str, value: Json, validator: Draft7Validator) -> Iterator[Problem]:
    error = best_match(validator.iter_errors(value))
    if error is not None:
        inside = "".join(f"/{escape(str(part))}" for part in error.absolute_path)
        message = error.message if len(error.message) < 200 else f"{error.message[:200]} ..."
        yield node.problem(
            "wrong-example",
            f"{'default' if at == '/default' else 'example'} does not fit its schema: {message}",
            "correct it, or the schema",
            at=at + inside,
        )
