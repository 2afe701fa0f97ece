"""Examples and defaults, held against their schemas."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.document import Json
from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import messages, payload, schemas
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.standalone import standalone
from topicwire_codegen.validation import Validator


def check_examples(workspace: Workspace) -> Iterator[Problem]:
    """Check the examples of all messages, and the examples and defaults of all schemas."""
    for schema in schemas(workspace):
        yield from _check_schema(schema)
    for _, message in messages(workspace):
        content = payload(message)
        examples = message.raw("examples")
        if content is None or examples is None or not isinstance(examples.value, list):
            continue
        inner = Validator(standalone(content))
        for i, example in enumerate(examples.elements()):
            if "payload" in example.mapping():
                at = f"/examples/{i}/payload"
                yield from _check(message, at, example.mapping()["payload"], inner)


def _check_schema(schema: Node) -> Iterator[Problem]:
    fields = schema.mapping()
    examples = fields.get("examples")
    listed = examples if isinstance(examples, list) else []
    values = [(f"/examples/{i}", value) for i, value in enumerate(listed)]
    if "default" in fields:
        values.append(("/default", fields["default"]))
    if values:
        inner = Validator(standalone(schema))
        for at, value in values:
            yield from _check(schema, at, value, inner)


def _check(node: Node, at: str, value: Json, validator: Validator) -> Iterator[Problem]:
    found = validator.mismatch(value)
    if found is not None:
        what = "default" if at == "/default" else "example"
        yield node.problem(
            "wrong-default" if what == "default" else "wrong-example",
            f"{what} does not fit its schema: {found.message}",
            "correct it, or the schema",
            at=at + found.pointer,
        )
