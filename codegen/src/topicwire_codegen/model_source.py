"""The source of the models, as a person would have written it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping

from topicwire_codegen.attributes import attribute_names, member_names
from topicwire_codegen.classes import Class, Enumeration, ObjectClass, Property, RootClass
from topicwire_codegen.docstrings import docstring
from topicwire_codegen.document import Json
from topicwire_codegen.python_types import ANYTHING, json_schema

_INDENT = 4
_IMPORTS = {
    "enum": ("StrEnum",),
    "typing": ("Annotated", "Literal"),
    "pydantic": ("MISSING", "ConfigDict", "Field", "JsonValue"),
    "topicwire": ("JsonSchema", "Payload", "RootPayload"),
}


def statements(classes: Iterable[Class]) -> dict[str, list[str]]:
    """Return the source of what is in classes, one statement for each property or member."""
    made = {each.name: each for each in classes}
    source = _Statements(made)
    return {name: source.of(each) for name, each in made.items()}


def write_models(
    classes: Iterable[Class],
    bodies: Mapping[str, list[str]],
    definitions: dict[str, Json],
    wanted: Iterable[str],
) -> str:
    """Return the source of classes, unformatted; only of those `wanted` and what they are made of.

    `bodies` are their statements. Each comes behind those that it is made of, as far as they do
    not contain each other.
    """
    made = {each.name: each for each in classes}
    texts = {name: _written(each, bodies[name], made) for name, each in made.items()}
    used = {name: _used(texts[name], made) for name in made}
    order = _sorted(list(made), _reachable(wanted, used), used)
    blocks = [texts[name] for name in order]
    if any("_DEFINITIONS" in text for text in blocks):
        blocks.insert(0, f"_DEFINITIONS: dict[str, dict[str, object] | bool] = {definitions!r}")
    rebuilds = [
        f"{name}.model_rebuild()"
        for i, name in enumerate(order)
        if not isinstance(made[name], Enumeration) and set(used[name]) & {name, *order[i:]}
    ]
    blocks += ["\n".join(rebuilds)] if rebuilds else []
    code = "\n\n\n".join(blocks)
    return f"{_imports(code)}\n\n\n{code}\n"


def class_names(source: str) -> list[str]:
    """Return the names of the classes in a module, in its order."""
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def _written(each: Class, body: list[str], classes: Mapping[str, Class]) -> str:
    """Return the source of a class."""
    lines = list(body)
    if isinstance(each, Enumeration):
        head = "StrEnum"
    elif isinstance(each, RootClass):
        # The base is read at once, and what it is made of may come later.
        plain = _without_limits(each.type.base)
        quoted = any(name in classes for name in re.findall(r"\w+", plain))
        head = f"RootPayload[{plain!r}]" if quoted else f"RootPayload[{plain}]"
        lines = lines if quoted or str(each.type) != plain else []
    else:
        head = ", ".join(each.bases) or "Payload"
        lines = _object_lines(each, body)
    if each.description:
        lines.insert(0, f"{docstring(each.description, _INDENT, summary=True)}\n")
    text = "\n".join(f"    {line}" if line else "" for line in (lines or ["pass"]))
    return f"class {each.name}({head}):\n{text}"


def _object_lines(each: ObjectClass, body: list[str]) -> list[str]:
    lines = [f'model_config = ConfigDict(extra="{each.extra}")\n'] if each.extra else []
    if each.residue:
        lines.append(f"__json_schema__ = {json_schema(each.residue)}\n")
    for one, line in zip(each.properties, body, strict=True):
        lines.append(line)
        if one.description.strip():
            lines.append(docstring(one.description, _INDENT))
    return lines


class _Statements:
    def __init__(self, classes: dict[str, Class]) -> None:
        self._classes = classes
        self._attributes: dict[str, dict[str, str]] = {}

    def of(self, each: Class) -> list[str]:
        """Return the source of each property or member."""
        if isinstance(each, Enumeration):
            names = member_names(each.values)
            return [f"{names[value]} = {value!r}" for value in each.values]
        if isinstance(each, RootClass):
            return [f"root: {each.type}"]
        names = self._names_of(each)
        return [self._property_line(one, names[one.name]) for one in each.properties]

    def _names_of(self, each: ObjectClass) -> dict[str, str]:
        if each.name not in self._attributes:
            taken = [name for base in each.bases for name in self._inherited(base)]
            own = attribute_names((one.name for one in each.properties), taken)
            self._attributes[each.name] = own
        return self._attributes[each.name]

    def _inherited(self, name: str) -> list[str]:
        each = self._classes[name]
        assert isinstance(each, ObjectClass)  # noqa: S101 - bases are objects
        return [
            *self._names_of(each).values(),
            *(inner for base in each.bases for inner in self._inherited(base)),
        ]

    def _property_line(self, one: Property, name: str) -> str:
        alias = one.name if one.name != name else None
        default = None if one.required else self._default(one)
        written = one.type.written(optional=not one.required and default is None, alias=alias)
        if one.required:
            return f"{name}: {written}"
        return f"{name}: {written} = {default or 'MISSING'}"

    def _default(self, one: Property) -> str | None:
        """Return the source of a default; None where there is none that cannot be changed."""
        value = one.default
        named = self._classes.get(one.type.base.removesuffix(" | None"))
        if isinstance(value, str) and isinstance(named, Enumeration):
            return f"{named.name}.{member_names(named.values)[value]}"
        if named is not None or value is None or isinstance(value, list | dict):
            return None
        if one.type.base == "float" and isinstance(value, int):
            return repr(float(value))
        if one.type.base == "int" and isinstance(value, float):
            return repr(int(value))
        return repr(value) if _is_simple(one.type.base) else None


def _is_simple(base: str) -> bool:
    return base == ANYTHING or base.startswith("Literal") or base in ("float", "int", "str", "bool")


def _without_limits(base: str) -> str:
    """Return a type without what is only checked, for the base class that says what `root` is."""
    return ast.unparse(_Bare().visit(ast.parse(base, mode="eval")))


class _Bare(ast.NodeTransformer):
    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "Annotated":
            assert isinstance(node.slice, ast.Tuple)  # noqa: S101 - there is a type and a limit
            return node.slice.elts[0]
        return node


def _used(text: str, classes: dict[str, Class]) -> list[str]:
    names = [node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    return [name for name in dict.fromkeys(names) if name in classes]


def _reachable(wanted: Iterable[str], used: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    pending = list(wanted)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += used[name]
    return found


def _sorted(order: list[str], wanted: set[str], used: dict[str, list[str]]) -> list[str]:
    """Return the wanted classes in order, but each behind those that it is made of."""
    result: dict[str, None] = {}
    entered: set[str] = set()
    stack = [(name, False) for name in reversed(order) if name in wanted]
    while stack:
        name, done = stack.pop()
        if done:
            result[name] = None
        elif name not in entered:
            entered.add(name)
            stack.append((name, True))
            stack += [(each, False) for each in reversed(used[name])]
    return list(result)


def _imports(code: str) -> str:
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    lines = ["from __future__ import annotations\n"]
    for module, names in _IMPORTS.items():
        wanted = [name for name in names if name in used]
        if wanted:
            lines.append(f"from {module} import {', '.join(wanted)}")
    return "\n".join(lines)
