"""Classes: whether code written against the old ones passes with the new ones."""

from __future__ import annotations

import json
from collections.abc import Iterator

from topicwire_codegen.diff.classes import Models
from topicwire_codegen.diff.conjunctions import Conjunction
from topicwire_codegen.diff.findings import (
    Direction,
    Finding,
    Level,
    Side,
    Verdict,
    Words,
    finding,
    place,
)
from topicwire_codegen.document import escape
from topicwire_codegen.references import Node


def compare_models(models: Models) -> Iterator[Finding]:
    """Yield what changes in the classes, and in what reading an absent value gives."""
    yield from _gone(models)
    for before, now in models.pairs:
        yield from _default(before, now)
        name, root = (kind.get(before.identity) for kind in (models.old.names, models.old.roots))
        if root is not None and now.identity in models.new.roots:
            types = models.types(Conjunction.of([before], before), Conjunction.of([now], now))
            yield from _types(f"the value in `{root}`", *types, (place(before), place(now)))
        if name is None or now.identity not in models.new.names:
            continue
        if "enum" in before.mapping() and "enum" in now.mapping():
            yield from _members(name, before, now)
        else:
            yield from _fields(name, models, before, now)


def _gone(models: Models) -> Iterator[Finding]:
    for name, node in models.old.nodes.items():
        [now] = models.now([name])
        if now == name and name in models.new.nodes:
            continue
        there = models.new.nodes.get(now)
        yield finding(
            Level.SOURCE,
            "class-renamed" if there is not None else "class-removed",
            Direction.EITHER,
            (place(node), place(there or models.comparison.new.workspace.root)),
            Words(
                f"class `{name}` "
                + (f"is called `{now}` now" if there is not None else "was removed"),
                "code that imports it does not type-check",
                "keep the name of the schema"
                if there is not None
                else "keep the schema as long as code uses it",
            ),
        )


def _default(before: Node, now: Node) -> Iterator[Finding]:
    old, new = before.mapping(), now.mapping()
    if ("default" in old) == ("default" in new) and old.get("default") == new.get("default"):
        return
    yield finding(
        Level.WIRE,
        "default",
        Direction.EITHER,
        (place(before, "/default"), place(now, "/default")),
        Words(
            f"default: {_said(old.get('default'), 'default' in old)}"
            f" -> {_said(new.get('default'), 'default' in new)}",
            "a message without this value is read as something else by old and new programs",
            "keep the default, or have the value always sent before it is changed",
        ),
        verdict=Verdict.POSSIBLY,
    )


def _said(value: object, given: bool) -> str:
    return json.dumps(value, ensure_ascii=False) if given else "none"


def _members(name: str, before: Node, now: Node) -> Iterator[Finding]:
    old, new = (_listed(node) for node in (before, now))
    gone = [value for value in old if value not in new]
    added = [value for value in new if value not in old]
    if gone:
        yield finding(
            Level.SOURCE,
            "member-removed",
            Direction.EITHER,
            (place(before, "/enum"), place(now, "/enum")),
            Words(
                f"`{name}` has lost {', '.join(map(str, gone))}",
                "code that uses them does not type-check",
                "keep the values as long as code uses them",
            ),
        )
    if added:
        yield finding(
            Level.SOURCE,
            "member-added",
            Direction.RECEIVING,
            (place(before, "/enum"), place(now, "/enum")),
            Words(
                f"`{name}` has gained {', '.join(map(str, added))}",
                "code that handles every member by name does not handle these",
                "look for `match` statements over it",
            ),
            verdict=Verdict.COMPATIBLE,
        )


def _fields(name: str, models: Models, before: Node, now: Node) -> Iterator[Finding]:
    was, will = Conjunction.of([before], before), Conjunction.of([now], now)
    for field in dict.fromkeys((*was.declared, *will.declared)):
        sides = _at(was, before, field), _at(will, now, field)
        what = f"`{name}` field {field!r}"
        if field not in will.declared:
            yield finding(
                Level.SOURCE,
                "field-removed",
                Direction.EITHER,
                sides,
                Words(
                    f"{what} was removed",
                    "code that sets or reads it does not type-check",
                    "keep it as an optional property as long as code uses it",
                ),
            )
            continue
        required = field in was.required, field in will.required
        if field not in was.declared:
            yield finding(
                Level.SOURCE,
                "field-added",
                Direction.SENDING,
                sides,
                Words(
                    f"{what} was added{', and is required' if required[1] else ''}",
                    "code that makes such messages does not give it"
                    if required[1]
                    else "code that makes such messages may give it",
                    "make it optional" if required[1] else "nothing is to be done",
                ),
                verdict=Verdict.BREAKING if required[1] else Verdict.COMPATIBLE,
            )
            continue
        if required == (False, True):
            yield finding(
                Level.SOURCE,
                "field-required",
                Direction.SENDING,
                sides,
                Words(
                    f"{what} is required now",
                    "code that leaves it out does not type-check",
                    "leave it optional",
                ),
            )
        elif required == (True, False):
            yield finding(
                Level.SOURCE,
                "field-optional",
                Direction.RECEIVING,
                sides,
                Words(
                    f"{what} is optional now",
                    "code that reads it does not expect `MISSING`",
                    "leave it required",
                ),
            )
        types = models.types(was.at_property(field), will.at_property(field))
        yield from _types(what, *types, sides)


def _types(
    what: str, before: frozenset[str], now: frozenset[str], sides: tuple[Side, Side]
) -> Iterator[Finding]:
    change = f"type of {what}: {' | '.join(sorted(before))} -> {' | '.join(sorted(now))}"
    if not _fit(before, now):
        yield finding(
            Level.SOURCE,
            "field-type",
            Direction.SENDING,
            sides,
            Words(
                change,
                "code that gives what was right does not type-check",
                "go on accepting the old type",
            ),
        )
    if not _fit(now, before):
        yield finding(
            Level.SOURCE,
            "field-type",
            Direction.RECEIVING,
            sides,
            Words(
                change,
                "code that reads it does not expect the new type",
                "give what is new a property of its own",
            ),
        )


def _fit(given: frozenset[str], wanted: frozenset[str]) -> bool:
    """Return whether every one of these types is one of those, for a type checker."""
    if "anything" in wanted:
        return True
    return all(
        each in wanted
        or (each in ("int", "bool") and "float" in wanted)
        or (each == "bool" and "int" in wanted)
        or (each.startswith('Literal["') and "str" in wanted)
        for each in given
    )


def _at(schemas: Conjunction, home: Node, field: str) -> Side:
    """Return where a property is declared, or the schema that does not declare it."""
    path = f"/properties/{escape(field)}"
    for part in schemas.parts:
        if f"{part.pointer}{path}" in part.document.positions:
            return Side(part, path)
    return Side(home)


def _listed(node: Node) -> list[object]:
    enum = node.mapping().get("enum")
    return list(enum) if isinstance(enum, list) else []
