"""What the body of a message is: JSON of a schema, or bytes that only the program understands."""

from __future__ import annotations

import re

from topicwire_codegen.document import Json
from topicwire_codegen.references import Node
from topicwire_codegen.traits import with_traits

_JSON = re.compile(r"application/(json|[\w.+-]+\+json)\s*(;.*)?\Z", re.IGNORECASE)
_JSON_SCHEMA = re.compile(
    r"application/(vnd\.aai\.asyncapi(\+json|\+yaml)?;version=[23]\.\d+\.\d+"
    r"|schema\+(json|yaml);version=draft-07)\Z"
)
# Later and earlier drafts are read neither as draft 7 nor as mere bytes.
_OTHER_JSON_SCHEMA = re.compile(r"application/(schema\+|vnd\.oai\.openapi)")


def content_type_of(message: Node, root: Node) -> str:
    """Return the content type of a message, which may be the document's."""
    own = with_traits(message).text("contentType")
    return own or root.text("defaultContentType") or "application/json"


def is_json(content_type: str) -> bool:
    """Return whether bodies of a content type are JSON."""
    return _JSON.match(content_type) is not None


def is_json_schema(schema_format: Json) -> bool:
    """Return whether a `schemaFormat` names JSON Schema, in AsyncAPI's dialect or draft 7."""
    return isinstance(schema_format, str) and _JSON_SCHEMA.match(schema_format) is not None


def is_other_json_schema(schema_format: Json) -> bool:
    """Return whether a `schemaFormat` is a dialect of JSON Schema that is not understood."""
    return (
        isinstance(schema_format, str)
        and not is_json_schema(schema_format)
        and _OTHER_JSON_SCHEMA.match(schema_format) is not None
    )


def payload_schema(message: Node, root: Node) -> Node | None:
    """Return the JSON Schema of a message's payload as it stands, maybe still a reference.

    None when the payload is bytes: nothing is said of it, its content is no JSON, or its schema is
    in another language. `message` has its traits merged in.
    """
    if not is_json(content_type_of(message, root)):
        return None
    return schema_of(message, "payload")


def schema_of(message: Node, key: str) -> Node | None:
    """Return the schema of a message's `payload` or `headers` without what names its format."""
    found = message.raw(key)
    if found is None:
        return None
    wrapper = found.workspace.follow(found)
    if "schemaFormat" not in wrapper.mapping():
        return found
    return wrapper.raw("schema") if is_json_schema(wrapper.mapping()["schemaFormat"]) else None
