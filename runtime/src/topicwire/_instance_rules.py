"""From pydantic's schema of a model to the quick look at its instances.

Only what is known in every detail is taken: a key of a schema that is not listed here, and a
value that can be changed, mean that there is no quick look at that model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import MISSING, BaseModel

from topicwire._instance_check import FieldCheck, InstanceCheck
from topicwire._instance_check_py import BOOLEAN, FLOAT, INTEGER, MEMBER, MODEL, TEXT, WORD

# pydantic-core describes them as typed dictionaries of many kinds; what is read is looked at.
Schema = Mapping[str, Any]

_ALWAYS = frozenset({"type", "ref", "metadata"})
_NUMBER = _ALWAYS | {"ge", "gt", "le", "lt", "strict", "allow_inf_nan"}
_MODEL = _ALWAYS | {"cls", "schema", "config", "custom_init", "root_model"}
_CONFIG = frozenset({
    "allow_inf_nan", "extra_fields_behavior", "regex_engine", "serialize_by_alias", "strict",
    "title", "validate_by_alias", "validate_by_name",
})  # fmt: skip

# What is around the schema of a field's value, and which values it adds.
_LAYERS: Mapping[str, tuple[object, ...]] = {
    "default": (), "nullable": (None,), "missing-sentinel": (MISSING,), "definition-ref": (),
    "json-or-python": (),
}  # fmt: skip


class _Unknown(Exception):
    """There is something in a schema that this knows nothing of."""


def instance_checks(payloads: Iterable[object]) -> dict[type, InstanceCheck]:
    """Return the quick looks at the instances of models, for those that have one."""
    checks: dict[type, InstanceCheck] = {}
    for payload in payloads:
        if isinstance(payload, type) and issubclass(payload, BaseModel):
            try:
                checks[payload] = _model(payload.__pydantic_core_schema__, {})
            except _Unknown:
                continue
    return checks


def _model(schema: Schema, definitions: Mapping[str, Schema]) -> InstanceCheck:
    if schema["type"] == "definitions":
        _expect(schema, _ALWAYS | {"schema", "definitions"})
        known = {one["ref"]: one for one in schema["definitions"]}
        schema, definitions = schema["schema"], {**definitions, **known}
    if schema["type"] == "definition-ref":
        # One that is taken out of the definitions cannot be met again inside of itself.
        rest = dict(definitions)
        schema, definitions = _definition(schema, rest), rest
    _expect(schema, _MODEL)
    config = schema.get("config", {})
    _expect(config, _CONFIG)
    if not config.get("serialize_by_alias"):
        raise _Unknown
    fields = schema["schema"]
    _expect(fields, _ALWAYS | {"fields", "computed_fields", "model_name"})
    if schema["type"] != "model" or schema.get("custom_init") or schema.get("root_model"):
        raise _Unknown
    if fields["type"] != "model-fields" or fields.get("computed_fields"):
        raise _Unknown
    return InstanceCheck(
        schema["cls"],
        [_field(name, field, definitions) for name, field in fields["fields"].items()],
    )


def _field(name: str, field: Schema, definitions: Mapping[str, Schema]) -> FieldCheck:
    _expect(field, _ALWAYS | {"schema", "serialization_alias", "validation_alias"})
    if field.get("serialization_alias") != field.get("validation_alias"):
        raise _Unknown
    schema, required = field["schema"], True
    others: tuple[object, ...] = ()
    while schema["type"] in _LAYERS:
        if schema["type"] == "definition-ref":
            rest = dict(definitions)
            schema, definitions = _definition(schema, rest), rest
            continue
        if schema["type"] == "json-or-python":
            # An integer: the other way is for 1.0, which only JSON has.
            _expect(schema, _ALWAYS | {"json_schema", "python_schema", "serialization"})
            schema = schema["python_schema"]
            continue
        _expect(schema, _ALWAYS | {"schema", "default"})
        required = required and schema["type"] != "default"
        others += _LAYERS[schema["type"]]
        schema = schema["schema"]
    make = _KINDS.get(schema["type"])
    if make is None:
        raise _Unknown
    return make(schema, definitions, {"name": name, "required": required, "others": others})


def _number(schema: Schema, _: object, about: dict[str, Any]) -> FieldCheck:
    _expect(schema, _NUMBER)
    low, high, outside = schema.get("ge"), schema.get("le"), 0
    if "gt" in schema:
        if low is not None:
            raise _Unknown
        low, outside = schema["gt"], 1
    if "lt" in schema:
        if high is not None:
            raise _Unknown
        high, outside = schema["lt"], outside | 2
    for limit in (low, high):
        if limit is not None and abs(limit) > 2**53:
            raise _Unknown
    return FieldCheck(
        kind=FLOAT if schema["type"] == "float" else INTEGER,
        low=float("-inf") if low is None else low,
        high=float("inf") if high is None else high,
        outside=outside,
        **about,
    )


def _text(schema: Schema, _: object, about: dict[str, Any]) -> FieldCheck:
    _expect(schema, _ALWAYS | {"min_length", "max_length", "pattern", "regex_engine", "strict"})
    pattern = schema.get("pattern")
    if pattern is not None and not isinstance(pattern, str):
        raise _Unknown
    return FieldCheck(
        kind=TEXT,
        low=schema.get("min_length", 0),
        high=schema.get("max_length", float("inf")),
        search=re.compile(pattern).search if pattern is not None else None,
        **about,
    )


def _word(schema: Schema, _: object, about: dict[str, Any]) -> FieldCheck:
    _expect(schema, _ALWAYS | {"expected"})
    words = schema["expected"]
    if not all(type(word) is str for word in words):
        raise _Unknown
    return FieldCheck(kind=WORD, words=frozenset(words), **about)


def _member(schema: Schema, _: object, about: dict[str, Any]) -> FieldCheck:
    _expect(schema, _ALWAYS | {"cls", "members", "sub_type", "strict"})
    if set(schema["cls"]) != set(schema["members"]):
        raise _Unknown
    return FieldCheck(kind=MEMBER, enum=schema["cls"], **about)


def _boolean(schema: Schema, _: object, about: dict[str, Any]) -> FieldCheck:
    _expect(schema, _ALWAYS | {"strict"})
    return FieldCheck(kind=BOOLEAN, **about)


def _nested(schema: Schema, definitions: Mapping[str, Schema], about: dict[str, Any]) -> FieldCheck:
    return FieldCheck(kind=MODEL, model=_model(schema, definitions), **about)


_KINDS: dict[str, Callable[[Schema, Mapping[str, Schema], dict[str, Any]], FieldCheck]] = {
    "float": _number,
    "int": _number,
    "str": _text,
    "bool": _boolean,
    "literal": _word,
    "enum": _member,
    "model": _nested,
}


def _definition(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    _expect(schema, _ALWAYS | {"schema_ref"})
    found = definitions.pop(schema["schema_ref"], None)
    if found is None:
        raise _Unknown
    return found


def _expect(schema: Schema, keys: frozenset[str]) -> None:
    if set(schema) - keys:
        raise _Unknown
