"""House conventions, asked for with `--strict`: a protocol has to explain itself."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import messages, payload, schemas
from topicwire_codegen.operations import operations
from topicwire_codegen.references import Workspace


def check_conventions(workspace: Workspace) -> Iterator[Problem]:
    """Check for titles, summaries, examples and decided additional properties."""
    for key, message in messages(workspace):
        if not message.text("title"):
            yield message.problem("missing-title", f"message {key!r} has no title", "add a 'title'")
        schema = payload(message)
        if schema is not None and not schema.mapping().get("examples"):
            yield schema.problem(
                "missing-example",
                "this payload has no example",
                "add one that fits under 'examples'",
            )
    for key, operation in operations(workspace):
        if not operation.text("summary"):
            yield operation.problem(
                "missing-summary", f"operation {key!r} has no summary", "add a 'summary'"
            )
    for schema in schemas(workspace):
        fields = schema.mapping()
        if fields.get("type") == "object" and "additionalProperties" not in fields:
            yield schema.problem(
                "missing-additional-properties",
                "this schema does not say whether other properties are allowed",
                "add `additionalProperties: false` or `true`",
            )
