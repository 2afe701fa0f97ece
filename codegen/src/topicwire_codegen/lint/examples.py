"""Examples and defaults, held against their schemas."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.document import Json
from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import headers, messages, payload, schemas
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.standalone import standalone
from topicwire_codegen.time_limit import TimeIsUp, time_limit
from topicwire_codegen.validation import Validator

# Seconds for one value; it usually takes less than a thousandth.
PATIENCE = 5.0


def check_examples(workspace: Workspace) -> Iterator[Problem]:
    """Check the examples of all messages, and the examples and defaults of all schemas."""
    for schema in schemas(workspace):
        yield from _check_schema(schema)
    for _, message in messages(workspace):
        for part, content in (("payload", payload(message)), ("headers", headers(message))):
            if content is not None:
                yield from _check_message(message, part, Validator(standalone(content)))


def _check_message(message: Node, part: str, validator: Validator) -> Iterator[Problem]:
    listed = message.raw("examples")
    for i, example in enumerate(listed.elements() if listed is not None else ()):
        fields = example.mapping()
        if part in fields:
            yield from _check(message, f"/examples/{i}/{part}", fields[part], validator)


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
    try:
        with time_limit(PATIENCE):
            found = validator.mismatch(value)
    except TimeIsUp:
        yield node.problem(
            "slow-pattern",
            f"it takes more than {PATIENCE:g} s to hold this value against its schema",
            "write its patterns so that there are not many ways to match the same text",
            at=at,
        )
        return
    if found is not None:
        what = "default" if at == "/default" else "example"
        yield node.problem(
            "wrong-default" if what == "default" else "wrong-example",
            f"{what} does not fit its schema: {found.message}",
            "correct it, or the schema",
            at=at + found.pointer,
        )
