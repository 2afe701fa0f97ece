"""A JSON Schema (draft 7) as one function that says why a value does not fit it. Pure.

It is what the models cannot say by themselves: each keyword becomes a closure once, and a value is
then looked at without reading the schema again. Values are those of `json.loads`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sized
from typing import NamedTuple, cast

from topicwire._ecma_pattern import python_pattern
from topicwire._formats import FORMATS
from topicwire._json_values import JSON_TYPES, is_multiple, is_number, json_key

_SHOWN = 60


class Mismatch(NamedTuple):
    """Why a value does not fit: `keyword` of the schema, and the `path` to the place inside."""

    keyword: str
    message: str
    path: tuple[str | int, ...] = ()

    def below(self, part: str | int) -> Mismatch:
        """Return the same, seen from one level above."""
        return Mismatch(self.keyword, self.message, (part, *self.path))


Check = Callable[[object], Mismatch | None]
Schema = Mapping[str, object] | bool


def compile_schema(schema: Schema, definitions: Mapping[str, Schema]) -> Check:
    """Return the check of a schema; a `$ref` in it is `#/definitions/` and a name."""
    return _Compiler(definitions).check(schema)


def _nothing(_: object) -> Mismatch:
    return Mismatch("false", "nothing may be here")


def _anything(_: object) -> None:
    return None


class _Compiler:
    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions
        self._compiled: dict[str, Check] = {}

    def check(self, schema: Schema) -> Check:
        if isinstance(schema, bool):
            return _anything if schema else _nothing
        if "$ref" in schema:  # draft 7 ignores what stands beside it
            return self._reference(str(schema["$ref"]).removeprefix("#/definitions/"))
        checks = [
            make(self, value, schema) for keyword, value in schema.items()
            if (make := _KEYWORDS.get(keyword)) is not None
        ]  # fmt: skip
        if len(checks) == 1:
            return checks[0]

        def all_of(value: object) -> Mismatch | None:
            for each in checks:
                found = each(value)
                if found is not None:
                    return found
            return None

        return all_of

    def _reference(self, name: str) -> Check:
        # A schema can be inside itself, so it is compiled when it is first needed.
        def follow(value: object) -> Mismatch | None:
            check = self._compiled.get(name)
            if check is None:
                check = self._compiled[name] = self.check(self._definitions[name])
            return check(value)

        return follow

    def checks(self, schemas: object) -> list[Check]:
        return [self.check(each) for each in cast(list[Schema], schemas)]

    def named_checks(self, schemas: object) -> dict[str, Check]:
        named = cast(Mapping[str, Schema], schemas or {})
        return {name: self.check(each) for name, each in named.items()}


_Siblings = Mapping[str, object]
_Make = Callable[[_Compiler, object, _Siblings], Check]


def _type(_: _Compiler, names: object, __: _Siblings) -> Check:
    listed = cast(list[str], names if isinstance(names, list) else [names])
    tests = [JSON_TYPES[name] for name in listed]
    failed = Mismatch("type", f"must be of type {' or '.join(listed)}")
    return lambda value: None if any(test(value) for test in tests) else failed


def _enum(_: _Compiler, values: object, __: _Siblings) -> Check:
    listed = cast(list[object], values)
    keys = frozenset(map(json_key, listed))
    failed = Mismatch("enum", f"must be one of {_shown(listed)}")
    return lambda value: None if json_key(value) in keys else failed


def _const(_: _Compiler, constant: object, __: _Siblings) -> Check:
    key = json_key(constant)
    failed = Mismatch("const", f"must be {_shown(constant)}")
    return lambda value: None if json_key(value) == key else failed


def _of_numbers(
    keyword: str, words: str, fits: Callable[[float, float], bool]
) -> tuple[str, _Make]:
    def make(_: _Compiler, limit: object, __: _Siblings) -> Check:
        number = cast(float, limit)
        failed = Mismatch(keyword, f"must be {words} {number}")
        return lambda value: (
            failed if is_number(value) and not fits(cast(float, value), number) else None
        )

    return keyword, make


def _of_sizes(
    keyword: str, kind: type, words: str, fits: Callable[[int, float], bool]
) -> tuple[str, _Make]:
    def make(_: _Compiler, limit: object, __: _Siblings) -> Check:
        size = cast(int, limit)
        failed = Mismatch(keyword, f"must have {words.format(size)}")
        return lambda value: (
            failed if isinstance(value, kind) and not fits(len(cast(Sized, value)), size) else None
        )

    return keyword, make


def _pattern(_: _Compiler, pattern: object, __: _Siblings) -> Check:
    search = re.compile(python_pattern(str(pattern))).search
    failed = Mismatch("pattern", f"must match {pattern!r}")
    return lambda value: None if not isinstance(value, str) or search(value) else failed


def _format(_: _Compiler, name: object, __: _Siblings) -> Check:
    has_format = FORMATS.get(str(name))
    if has_format is None:
        return _anything
    failed = Mismatch("format", f"must be of the format {name}")
    return lambda value: None if not isinstance(value, str) or has_format(value) else failed


def _items(compiler: _Compiler, items: object, siblings: _Siblings) -> Check:
    first = compiler.checks(cast(object, items)) if isinstance(items, list) else []
    rest = cast(Schema, siblings.get("additionalItems", True) if first or items == [] else items)
    check_rest = compiler.check(rest)

    def check(value: object) -> Mismatch | None:
        if isinstance(value, list):
            for i, item in enumerate(cast(list[object], value)):
                found = (first[i] if i < len(first) else check_rest)(item)
                if found is not None:
                    return found.below(i)
        return None

    return check


def _unique_items(_: _Compiler, wanted: object, __: _Siblings) -> Check:
    def check(value: object) -> Mismatch | None:
        if isinstance(value, list):
            seen: set[object] = set()
            for i, item in enumerate(cast(list[object], value)):
                key = json_key(item)
                if key in seen:
                    return Mismatch("uniqueItems", "must not come twice", (i,))
                seen.add(key)
        return None

    return check if wanted is True else _anything


def _contains(compiler: _Compiler, schema: object, _: _Siblings) -> Check:
    inner = compiler.check(cast(Schema, schema))
    failed = Mismatch("contains", "must contain an item of the kind that is asked for")

    def check(value: object) -> Mismatch | None:
        if isinstance(value, list):
            items = cast(list[object], value)
            return None if any(inner(item) is None for item in items) else failed
        return None

    return check


def _required(_: _Compiler, names: object, __: _Siblings) -> Check:
    listed = cast(list[str], names)

    def check(value: object) -> Mismatch | None:
        if isinstance(value, dict):
            for name in listed:
                if name not in value:
                    return Mismatch("required", f"property {name!r} is required", (name,))
        return None

    return check


def _properties(compiler: _Compiler, properties: object, _: _Siblings) -> Check:
    inner = compiler.named_checks(properties)

    def check(value: object) -> Mismatch | None:
        if isinstance(value, dict):
            members = cast(dict[str, object], value)
            for name, each in inner.items():
                if name in members and (found := each(members[name])) is not None:
                    return found.below(name)
        return None

    return check


def _pattern_properties(compiler: _Compiler, patterns: object, _: _Siblings) -> Check:
    inner = [(_search(each), check) for each, check in compiler.named_checks(patterns).items()]

    def check(value: object) -> Mismatch | None:
        if isinstance(value, dict):
            for name, member in cast(dict[str, object], value).items():
                for search, each in inner:
                    if search(name) and (found := each(member)) is not None:
                        return found.below(name)
        return None

    return check


def _additional_properties(compiler: _Compiler, schema: object, siblings: _Siblings) -> Check:
    inner = compiler.check(cast(Schema, schema))
    declared = frozenset(cast(Mapping[str, object], siblings.get("properties", {})))
    patterns = cast(Mapping[str, object], siblings.get("patternProperties", {}))
    searches = [_search(pattern) for pattern in patterns]

    def check(value: object) -> Mismatch | None:
        if isinstance(value, dict):
            for name, member in cast(dict[str, object], value).items():
                if name in declared or any(search(name) for search in searches):
                    continue
                if (found := inner(member)) is not None:
                    return found.below(name)
        return None

    return check


def _search(pattern: str) -> Callable[[str], object]:
    return re.compile(python_pattern(pattern)).search


def _property_names(compiler: _Compiler, schema: object, _: _Siblings) -> Check:
    inner = compiler.check(cast(Schema, schema))

    def check(value: object) -> Mismatch | None:
        if isinstance(value, dict):
            for name in cast(dict[str, object], value):
                if (found := inner(name)) is not None:
                    return Mismatch("propertyNames", f"as a name, {found.message}", (name,))
        return None

    return check


def _dependencies(compiler: _Compiler, dependencies: object, _: _Siblings) -> Check:
    inner = {
        name: compiler.check(
            {"required": cast(object, each)} if isinstance(each, list) else cast(Schema, each)
        )
        for name, each in cast(Mapping[str, object], dependencies).items()
    }

    def check(value: object) -> Mismatch | None:
        if isinstance(value, dict):
            for name, each in inner.items():
                if name in value and (found := each(cast(object, value))) is not None:
                    return found
        return None

    return check


def _all_of(compiler: _Compiler, schemas: object, _: _Siblings) -> Check:
    return compiler.check({}) if not schemas else _every(compiler.checks(schemas))


def _every(checks: list[Check]) -> Check:
    return lambda value: next((found for each in checks if (found := each(value))), None)


def _any_of(compiler: _Compiler, schemas: object, _: _Siblings) -> Check:
    checks = compiler.checks(schemas)
    failed = Mismatch("anyOf", "must fit one of the schemas to choose from")
    return lambda value: None if any(each(value) is None for each in checks) else failed


def _one_of(compiler: _Compiler, schemas: object, _: _Siblings) -> Check:
    checks = compiler.checks(schemas)

    def check(value: object) -> Mismatch | None:
        fitting = sum(each(value) is None for each in checks)
        if fitting == 1:
            return None
        return Mismatch("oneOf", f"must fit exactly one schema of the choice, not {fitting}")

    return check


def _not(compiler: _Compiler, schema: object, _: _Siblings) -> Check:
    inner = compiler.check(cast(Schema, schema))
    failed = Mismatch("not", "must not fit the schema that is ruled out")
    return lambda value: failed if inner(value) is None else None


def _if(compiler: _Compiler, schema: object, siblings: _Siblings) -> Check:
    condition = compiler.check(cast(Schema, schema))
    then = compiler.check(cast(Schema, siblings.get("then", True)))
    otherwise = compiler.check(cast(Schema, siblings.get("else", True)))
    return lambda value: then(value) if condition(value) is None else otherwise(value)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


_KEYWORDS: Mapping[str, _Make] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    **dict((
        _of_numbers("minimum", "at least", lambda value, limit: value >= limit),
        _of_numbers("maximum", "at most", lambda value, limit: value <= limit),
        _of_numbers("exclusiveMinimum", "greater than", lambda value, limit: value > limit),
        _of_numbers("exclusiveMaximum", "less than", lambda value, limit: value < limit),
        _of_numbers("multipleOf", "a multiple of", is_multiple),
        _of_sizes("minLength", str, "at least {} characters", lambda size, limit: size >= limit),
        _of_sizes("maxLength", str, "at most {} characters", lambda size, limit: size <= limit),
        _of_sizes("minItems", list, "at least {} items", lambda size, limit: size >= limit),
        _of_sizes("maxItems", list, "at most {} items", lambda size, limit: size <= limit),
        _of_sizes("minProperties", dict, "at least {} properties", lambda n, limit: n >= limit),
        _of_sizes("maxProperties", dict, "at most {} properties", lambda n, limit: n <= limit),
    )),
    "pattern": _pattern,
    "format": _format,
    "items": _items,
    "uniqueItems": _unique_items,
    "contains": _contains,
    "required": _required,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "dependencies": _dependencies,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}  # fmt: skip
