"""Pairs of schemas for the tests of what changes between two of them."""

import copy
import re
from pathlib import Path
from random import Random

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


def only(kind: str, **keywords: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Return schemas of one type that say something about most of what there is to say of it."""
    names = st.lists(st.sampled_from(sorted(keywords)), min_size=1, max_size=3, unique=True)
    chosen = names.flatmap(lambda names: st.fixed_dictionaries({n: keywords[n] for n in names}))
    return chosen.map(lambda fields: {"type": kind, **fields})


def dense(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Return schemas of keywords that belong together, so that values fit or miss by little."""
    texts = st.sampled_from(["", "a", "b", "ab", "red"])
    numbers: dict[str, st.SearchStrategy[Json]] = {
        "minimum": NUMBERS, "maximum": NUMBERS, "multipleOf": st.sampled_from([0.5, 1, 2, 3]),
        "exclusiveMinimum": NUMBERS, "exclusiveMaximum": NUMBERS,
    }  # fmt: skip
    return st.one_of(
        only("integer", **numbers),
        only("number", **numbers),
        only("string", minLength=st.integers(0, 2), maxLength=st.integers(1, 3), pattern=PATTERNS),
        st.fixed_dictionaries({"enum": st.lists(texts | SMALL, min_size=1, max_size=4)}),
        st.fixed_dictionaries({"const": texts | SMALL}),
        only(
            "array", items=inner, minItems=st.integers(0, 2), maxItems=st.integers(1, 3),
            uniqueItems=st.booleans(), contains=inner,
        ),
        only(
            "object", properties=st.dictionaries(NAMES, inner, min_size=1, max_size=2),
            required=st.lists(NAMES, min_size=1, max_size=2, unique=True),
            additionalProperties=st.booleans() | inner, propertyNames=inner,
            minProperties=st.integers(0, 2), maxProperties=st.integers(1, 3),
            patternProperties=st.dictionaries(PATTERNS, inner, min_size=1, max_size=2),
            dependencies=st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True) | inner,
                                         min_size=1, max_size=2),
        ),
        *(
            st.fixed_dictionaries({keyword: st.lists(inner, min_size=2, max_size=3)})
            for keyword in ("oneOf", "anyOf", "allOf")
        ),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"if": inner, "then": inner}, optional={"else": inner}),
    )  # fmt: skip


DENSE: st.SearchStrategy[Json] = st.recursive(
    dense(st.sampled_from([{"type": "integer"}, {"type": "string"}, {}, {"const": 1}])),
    dense,
    max_leaves=4,
)
LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
CHOICES = ("oneOf", "anyOf", "allOf")


def keywords_in(schema: Json) -> list[tuple[dict[str, Json], str]]:
    """Return every keyword of a schema and of those inside it, each with what it is in."""
    found: list[tuple[dict[str, Json], str]] = []
    if isinstance(schema, dict):
        for key, value in schema.items():
            found.append((schema, key))
            named = key in ("properties", "patternProperties", "dependencies")
            inside = value.values() if named else value if isinstance(value, list) else [value]
            if key not in ("enum", "const", "required", "type"):
                found += [each for inner in inside for each in keywords_in(inner)]
    return found


def altered(draw: st.DrawFn, key: str, value: Json) -> dict[str, Json]:
    """Return what stands in a keyword's place after a small step."""
    if key in LIMITS:
        step = draw(st.sampled_from([-1, -0.5, 0.5, 1]))
        stepped = value + step if key != "multipleOf" else draw(st.sampled_from([0.5, 1, 2, 3]))
        turned = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
        turned |= {other: one for one, other in turned.items()}
        return draw(st.sampled_from([{key: stepped}, {turned.get(key, key): value}]))
    if key in COUNTS:
        return {key: max(0, value + draw(st.sampled_from([-1, 1])))}
    if key == "const":
        return draw(st.sampled_from([{"const": 1}, {"const": "a"}, {"enum": [value, "b", 2]}]))
    if key in ("enum", "required") or key in CHOICES:
        place = draw(st.integers(0, max(0, len(value) - 1)))
        fewer = [*value[:place], *value[place + 1 :]]
        more = [*value, {"enum": 7, "required": "c"}.get(key, draw(DENSE))]
        lists = [{key: each} for each in (fewer, more) if each or key == "required"]
        renamed = [{other: value} for other in CHOICES if key in CHOICES]
        return draw(st.sampled_from([*lists, *renamed]))
    if key == "type":
        return {"type": draw(TYPES)} if isinstance(value, str) else {"type": value[:1]}
    if key == "pattern":
        return {"pattern": draw(PATTERNS)}
    if isinstance(value, bool):
        return {key: not value}
    if key in ("properties", "patternProperties", "dependencies"):
        return {
            key: {**value, draw(NAMES if key != "patternProperties" else PATTERNS): draw(DENSE)}
        }
    return {key: draw(DENSE | st.booleans())} if isinstance(value, dict) else {key: value}


@st.composite
def changed(draw: st.DrawFn, schema: Json) -> Json:
    """Return a schema with one or two small steps somewhere in it: what people do to theirs."""
    # What strategies draw may be drawn again, so it must not be changed.
    whole: Json = {"allOf": [copy.deepcopy(schema)]}
    for _ in range(draw(st.integers(1, 2))):
        targets = keywords_in(whole["allOf"][0])
        if not targets:
            break
        target, key = draw(st.sampled_from(targets))
        kind = draw(st.sampled_from(["alter", "alter", "alter", "remove", "add"]))
        if kind == "alter":
            target |= copy.deepcopy(altered(draw, key, target.pop(key)))
        elif kind == "remove":
            del target[key]
        else:
            target |= copy.deepcopy(draw(with_keywords(SCHEMAS)))
    return whole["allOf"][0]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Json, Json]:
    """Return two schemas of which one is mostly what became of the other."""
    old = draw(DENSE | DENSE | SCHEMAS)
    one, other = old, draw(changed(old) | changed(old) | changed(old) | SCHEMAS)
    return (one, other) if draw(st.booleans()) else (other, one)


class Near:
    """Values that fit a schema or nearly do: those around its limits, and those of its parts."""

    def __init__(self, seed: object) -> None:
        self.random = Random(repr(seed))

    def values(self, schema: Json, count: int) -> list[Json]:
        """Return so many values, some of them perhaps the same."""
        return [self.value(schema) for _ in range(count)]

    def value(self, schema: Json, depth: int = 3) -> Json:
        if not isinstance(schema, dict) or depth < 0 or self.random.random() < 0.05:
            return self.random.choice(ANY_VALUES)
        if isinstance(schema.get("$ref"), str):
            return self.value(NAMED[schema["$ref"].removeprefix("#/definitions/")], depth)
        inner = [each for key in CHOICES for each in schema.get(key, ())]
        inner += [schema[key] for key in ("then", "else", "if", "not") if key in schema]
        listed = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else [])]
        if inner and self.random.random() < 0.6:
            return self.value(self.random.choice(inner), depth - 1)
        if listed and self.random.random() < 0.9:
            return copy.deepcopy(self.random.choice(listed))
        kinds = (
            schema.get("type")
            or [kind for keyword, kind in TELLING.items() if keyword in schema]
            or ["number", "string", "array", "object"]
        )
        kind = self.random.choice(kinds) if isinstance(kinds, list) else kinds
        made = {"integer": self._number, "number": self._number, "string": self._text,
                "array": self._array, "object": self._object}  # fmt: skip
        return made[kind](schema, depth) if kind in made else self.random.choice(SIMPLE[kind])

    def _number(self, schema: dict[str, Json], _: int) -> Json:
        limits = [schema[keyword] for keyword in LIMITS if keyword in schema]
        base = self.random.choice([*limits, *range(-2, 5)])
        number = base + self.random.choice((-1, -0.5, 0, 0, 0.5, 1))
        return int(number) if number == int(number) and self.random.random() < 0.8 else number

    def _text(self, schema: dict[str, Json], _: int) -> Json:
        return "".join(self.random.choices("ab", k=self.random.randint(0, 4)))

    def _size(self, schema: dict[str, Json], least: str, most: str) -> int:
        return self.random.choice([0, 1, 2, schema.get(least, 1), schema.get(most, 3)])

    def _array(self, schema: dict[str, Json], depth: int) -> Json:
        items, size = schema.get("items", {}), self._size(schema, "minItems", "maxItems")
        rest = schema.get("additionalItems", {}) if isinstance(items, list) else items
        found: list[Json] = []
        for i in range(size):
            known = items[i] if isinstance(items, list) and i < len(items) else rest
            wanted = schema["contains"] if "contains" in schema and i == 0 else known
            again = bool(found) and self.random.random() < 0.2
            found.append(found[0] if again else self.value(wanted, depth - 1))
        self.random.shuffle(found)
        return found

    def _object(self, schema: dict[str, Json], depth: int) -> Json:
        properties, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        names = [n for n in schema.get("required", ()) if self.random.random() < 0.9]
        names += [n for n in properties if self.random.random() < 0.6]
        names += [n for n in schema.get("dependencies", ()) if self.random.random() < 0.6]
        more = self._size(schema, "minProperties", "maxProperties")
        names += self.random.choices(["a", "b", "ab", "c", "d"], k=self.random.randint(0, more))
        found: dict[str, Json] = {}
        for name in names:
            fitting = [properties[name]] if name in properties else []
            fitting += [each for pattern, each in patterns.items() if re.search(pattern, name)]
            further = schema.get("additionalProperties", {})
            found[name] = self.value(self.random.choice(fitting or [further]), depth - 1)
        return found


ANY_VALUES: tuple[Json, ...] = (
    None, True, False, -2, -1, 0, 1, 2, 3, 4, 0.5, 1.5, 2.5, "", "a", "b", "ab", "red", "ba",
    [], [1], [1, 1], [1, 2], ["a"], {}, {"a": 1}, {"b": 1}, {"a": 1, "b": 2}, {"c": None},
)  # fmt: skip
SIMPLE: dict[str, list[Json]] = {"null": [None], "boolean": [True, False]}
TELLING = {
    "properties": "object", "required": "object", "patternProperties": "object",
    "additionalProperties": "object", "propertyNames": "object", "minProperties": "object",
    "maxProperties": "object", "dependencies": "object", "items": "array", "contains": "array",
    "minItems": "array", "maxItems": "array", "uniqueItems": "array", "minLength": "string",
    "maxLength": "string", "pattern": "string", "minimum": "number", "maximum": "number",
    "exclusiveMinimum": "number", "exclusiveMaximum": "number", "multipleOf": "number",
}  # fmt: skip
