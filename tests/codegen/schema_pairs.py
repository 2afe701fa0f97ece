"""Pairs of schemas for the tests of what changes between two of them."""

import copy
from pathlib import Path

from hypothesis import strategies as st
from topicwire_codegen.diff.samples import Judge
from topicwire_codegen.diff.subsets import Subsets
from topicwire_codegen.document import Document, Json
from topicwire_codegen.fingerprints import Fingerprints
from topicwire_codegen.references import Node, Workspace

# Schemas are asked about each other through references, too, of which these are the targets.
NAMED: dict[str, Json] = {
    "Level": {"type": "integer", "minimum": 0, "maximum": 9},
    "Colour": {"enum": ["red", "green", "blue"]},
    "Tree": {
        "type": "object",
        "required": ["value"],
        "properties": {
            "value": {"$ref": "#/definitions/Level"},
            "inner": {"type": "array", "items": {"$ref": "#/definitions/Tree"}, "maxItems": 2},
        },
        "additionalProperties": False,
    },
}


def node(version: str, schema: Json, named: dict[str, Json] = NAMED) -> Node:
    """Return a schema in a document of its own."""
    data: Json = {"schema": schema, "definitions": copy.deepcopy(named)}
    workspace = Workspace(Document(Path(f"/{version}.yaml"), version, data, {}))
    found = workspace.root.raw("schema")
    assert found is not None
    return found


def subsets(*schemas: Node) -> Subsets:
    return Subsets(Fingerprints(schemas), Judge())


def fits(schema: Json, named: dict[str, Json] = NAMED):
    """Return whether values fit a schema, as a function."""
    found = node("judged", schema, named)
    judge = Judge()
    return lambda value: judge.fits(value, found)


SMALL = st.integers(-2, 4)
NUMBERS = st.one_of(SMALL, st.sampled_from([0.5, 1.5, 2.5]))
VALUES = st.one_of(
    st.none(), st.booleans(), NUMBERS, st.sampled_from(["", "a", "b", "ab", "red"]),
    st.lists(SMALL, max_size=2), st.dictionaries(st.sampled_from("ab"), SMALL, max_size=2),
)  # fmt: skip
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
PATTERNS = st.sampled_from(["^a", "b$", "^[ab]+$"])
NAMES = st.sampled_from(["a", "b", "ab", "c"])


def with_keywords(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Return schemas of some keywords, with `inner` ones inside."""
    choices = st.lists(inner, min_size=1, max_size=3)
    keywords: dict[str, st.SearchStrategy[Json]] = {
        "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "const": VALUES,
        "minimum": NUMBERS, "maximum": NUMBERS,
        "exclusiveMinimum": NUMBERS, "exclusiveMaximum": NUMBERS,
        "multipleOf": st.sampled_from([0.5, 1, 2, 3]),
        "minLength": st.integers(0, 3), "maxLength": st.integers(0, 3), "pattern": PATTERNS,
        "minItems": st.integers(0, 3), "maxItems": st.integers(0, 3), "uniqueItems": st.booleans(),
        "items": inner | choices, "additionalItems": inner, "contains": inner,
        "required": st.lists(NAMES, max_size=2, unique=True),
        "properties": st.dictionaries(NAMES, inner, max_size=3),
        "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
        "additionalProperties": inner | st.booleans(),
        "propertyNames": st.fixed_dictionaries({"pattern": PATTERNS}) | inner,
        "minProperties": st.integers(0, 3), "maxProperties": st.integers(0, 3),
        "dependencies": st.dictionaries(
            NAMES, st.lists(NAMES, max_size=2, unique=True) | inner, max_size=2
        ),
        "anyOf": choices, "oneOf": choices, "allOf": choices,
        "not": inner, "if": inner, "then": inner, "else": inner,
    }  # fmt: skip
    names = st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({k: keywords[k] for k in chosen}))


SCHEMAS: st.SearchStrategy[Json] = st.recursive(
    st.one_of(
        st.booleans(),
        st.sampled_from([{"$ref": f"#/definitions/{name}"} for name in NAMED]),
        with_keywords(st.just({})),
    ),
    with_keywords,
    max_leaves=6,
)


def places(value: Json) -> list[tuple[Json, str | int]]:
    """Return everything inside a value, each as what it is in and where."""
    found: list[tuple[Json, str | int]] = []
    entries = list(value.items()) if isinstance(value, dict) else []
    entries += list(enumerate(value)) if isinstance(value, list) else []
    for key, inner in entries:
        found += [(value, key), *places(inner)]
    return found


@st.composite
def changed(draw: st.DrawFn, schema: Json) -> Json:
    """Return a schema with a keyword added to it, taken from it, or changed, somewhere in it."""
    # What strategies draw may be drawn again, so it must not be changed.
    whole: Json = {"schema": copy.deepcopy(schema)}
    for _ in range(draw(st.integers(1, 2))):
        targets = [
            (above, key) for above, key in places(whole)
            if isinstance(above, dict) and isinstance(above[key], dict)
        ]  # fmt: skip
        if not targets:
            break
        above, key = draw(st.sampled_from(targets))
        target = above[key]
        other = copy.deepcopy(draw(with_keywords(SCHEMAS)))
        if target and draw(st.booleans()):
            del target[draw(st.sampled_from(sorted(target)))]
        if key not in ("properties", "patternProperties", "dependencies"):
            target |= other
    return whole["schema"]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Json, Json]:
    old = draw(SCHEMAS)
    return old, draw(changed(old) | SCHEMAS)


def near(schema: Json, depth: int = 3) -> st.SearchStrategy[Json]:
    """Return values that fit a schema or nearly do.

    This stands in for hypothesis-jsonschema 0.23.1, which uses parts of Hypothesis that are gone.
    """
    if not isinstance(schema, dict) or depth < 0:
        return VALUES
    if isinstance(schema.get("$ref"), str):
        return near(NAMED[schema["$ref"].removeprefix("#/definitions/")], depth)
    options = [near(each, depth - 1) for key in ("anyOf", "oneOf", "allOf")
               for each in schema.get(key, ())]  # fmt: skip
    options += [near(schema[key], depth - 1) for key in ("then", "else", "if") if key in schema]
    options += [st.sampled_from(schema["enum"])] if "enum" in schema else []
    options += [st.just(schema["const"])] if "const" in schema else []
    kinds = schema.get("type", ["number", "string", "array", "object"])
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        options.append(of_type(kind, schema, depth))
    return st.one_of(options)


def of_type(kind: str, schema: dict[str, Json], depth: int) -> st.SearchStrategy[Json]:
    if kind in ("integer", "number"):
        keywords = [key for key in schema if key.lower().endswith("imum") or key == "multipleOf"]
        limits = [schema[key] for key in keywords]
        steps = [limit + step for limit in limits for step in (-1, -0.5, 0, 0.5, 1)]
        return st.sampled_from(steps) | NUMBERS if steps else NUMBERS
    if kind == "string":
        return st.text("ab", max_size=4)
    if kind == "array":
        items = schema.get("items", {})
        places = [near(each, depth - 1) for each in items] if isinstance(items, list) else []
        rest = schema.get("additionalItems", {}) if places else items
        return st.tuples(
            st.tuples(*places), st.lists(near(rest, depth - 1), max_size=4)
        ).map(lambda parts: [*parts[0], *parts[1]][: schema.get("maxItems", 9)])  # fmt: skip
    if kind == "object":
        properties = schema.get("properties", {}).items()
        declared = {name: near(inner, depth - 1) for name, inner in properties}
        required = {name: declared.pop(name, VALUES) for name in schema.get("required", ())}
        further = schema.get("additionalProperties", {})
        named = st.dictionaries(NAMES, near(further, depth - 1), max_size=2)
        if further is False and "patternProperties" not in schema:
            named = st.just({})
        return st.tuples(named, st.fixed_dictionaries(required, optional=declared)).map(
            lambda parts: {**parts[0], **parts[1]}
        )
    return VALUES
