"""What pydantic found wrong with a JSON text, by the places in the text. Pure."""

from __future__ import annotations

import json
from typing import cast

from pydantic import ValidationError

from topicwire._whole_numbers import WITH_FRACTION
from topicwire.errors import FieldError

# The place of these is that of a property which is not there.
_ABSENT = ("missing", "json_schema_required")


def field_errors(error: ValidationError, body: bytes) -> list[FieldError]:
    """Return the reasons why a text does not fit, each with a JSON pointer into it."""
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    found = [
        FieldError(_pointer(item["loc"], value, item["type"]), item["msg"], item["type"])
        for item in error.errors(include_url=False, include_input=False, include_context=False)
        # Said of the same number as an integer already.
        if WITH_FRACTION not in item["loc"]
    ]
    return list(dict.fromkeys(found))


def _pointer(location: tuple[int | str, ...], value: object, kind: str) -> str:
    """Return pydantic's location as a pointer, without the names of what it tried in between."""
    pointer = ""
    for i, part in enumerate(location):
        if isinstance(value, dict) and part in value:
            value = cast(dict[int | str, object], value)[part]
        elif (
            isinstance(value, list)
            and isinstance(part, int)
            and part < len(items := cast(list[object], value))
        ):
            value = items[part]
        elif i < len(location) - 1 or kind not in _ABSENT:
            continue
        pointer += "/" + str(part).replace("~", "~0").replace("/", "~1")
    return pointer
