"""The source of the models, as a person would have written it.

datamodel-code-generator decides what is in the classes. Here its source is parsed and put in
order: no wrapper classes around plain values, no `Any`, wrapped docstrings, and the classes in
the order of the document.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Container, Iterable, Iterator

from topicwire_codegen.docstrings import docstring

_INDENT = 4
_PLACEHOLDER = re.compile(r"\b__docstring_(\d+)__\b")
_CONFIG = re.compile(r"^    model_config = .*\n", re.MULTILINE)
_IMPORTS = {
    "enum": ("Enum", "IntEnum", "StrEnum"),
    "typing": ("Annotated", "Literal"),
    "pydantic": ("MISSING", "ConfigDict", "Field", "JsonValue"),
    "topicwire": ("Payload",),
}
_BUILTIN = frozenset({"bool", "dict", "float", "int", "list", "str"})
_IMPORTED = frozenset(name for names in _IMPORTS.values() for name in names)
# What datamodel-code-generator writes where a schema says nothing of the values inside.
_OF_ANYTHING = {
    "Any": "JsonValue",
    "list": "list[JsonValue]",
    "dict": "dict[str, JsonValue]",
}


class UnexpectedSource(Exception):
    """The generated source has something in it that the models must not have."""


def tidy(source: str, order: Iterable[str]) -> str:
    """Return the source of the models without comments, unformatted; `order` names the classes.

    Raises `UnexpectedSource` when it would need a name that the models do not import, such as
    that of a wrapper class that refers to itself.
    """
    module = ast.parse(source)
    classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
    wrapped = dict(_wrapped(module))
    members = {name: _members(classes.pop(name)) for name in wrapped if name in classes}
    inliner = _Inliner(wrapped, members)
    texts: list[str] = []
    for node in classes.values():
        inliner.visit(node)
        _take_docstrings(node, texts)
    aliases = _aliases(module)
    for node in classes.values():
        _restore_builtins(node, aliases)
        _check_names(node, {*classes, *aliases, *_IMPORTED, *_BUILTIN})
    blocks = [ast.unparse(classes[name]) for name in _sorted(classes, order)]
    # Classes that refer to themselves are finished at the end.
    rebuilds = [ast.unparse(node) for node in module.body if _is_rebuild(node, classes)]
    blocks += ["\n".join(rebuilds)] if rebuilds else []
    code = _CONFIG.sub(r"\g<0>\n", "\n\n\n".join(blocks))
    code = _PLACEHOLDER.sub(lambda found: texts[int(found[1])], code)
    return f"{_imports(classes.values(), aliases)}\n\n\n{code}\n"


def class_names(source: str) -> list[str]:
    """Return the names of the classes in a module, in its order."""
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def _wrapped(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield the classes and aliases that only wrap a value, with the type of the value."""
    for node in module.body:
        if isinstance(node, ast.ClassDef) and _base(node) == "RootModel":
            for statement in node.body:
                if isinstance(statement, ast.AnnAssign):
                    yield node.name, statement.annotation
        elif isinstance(node, ast.ClassDef) and _base(node) in ("Enum", "IntEnum"):
            # Members that are numbers would take `true` for 1; a literal does not.
            yield (
                node.name,
                ast.Subscript(
                    ast.Name("Literal", ast.Load()), ast.Tuple(list(_members(node).values()))
                ),
            )
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            target, call = node.targets[0], node.value
            if (
                isinstance(target, ast.Name)
                and isinstance(call.func, ast.Name)
                and call.func.id == "TypeAliasType"
            ):
                yield target.id, call.args[1]


def _members(node: ast.ClassDef) -> dict[str, ast.expr]:
    """Return the members of an enumeration with their values."""
    found: dict[str, ast.expr] = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            value = statement.value
            if isinstance(value, ast.Constant) and isinstance(value.value, float):
                raise UnexpectedSource(
                    f"{node.name!r} would be a choice that has {value.value} in it"
                )
            found[statement.targets[0].id] = value
    return found


class _Inliner(ast.NodeTransformer):
    """Puts the types of wrapped values in the place of their wrappers, and JsonValue for Any."""

    def __init__(
        self, wrapped: dict[str, ast.expr], members: dict[str, dict[str, ast.expr]]
    ) -> None:
        self._wrapped = wrapped
        self._members = members
        self._open: list[str] = []

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        # Not the target: a property may have the name of a type.
        node.annotation = self.visit(node.annotation)
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id in self._wrapped:
            return self._members[node.value.id][node.attr]
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        node.slice = self.visit(node.slice)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        left, right = _literal(node.left), _literal(node.right)
        if left is not None and right is not None:
            return ast.Subscript(ast.Name("Literal", ast.Load()), ast.Tuple([*left, *right]))
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in _OF_ANYTHING:
            return ast.parse(_OF_ANYTHING[node.id], mode="eval").body
        inner = self._wrapped.get(node.id)
        if inner is None or node.id in self._open:
            return node
        self._open.append(node.id)
        result: ast.expr = self.visit(copy.deepcopy(inner))
        self._open.pop()
        return result


def _literal(node: ast.expr) -> list[ast.expr] | None:
    """Return the values of a `Literal`."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
        return None
    if node.value.id != "Literal":
        return None
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _take_docstrings(node: ast.ClassDef, texts: list[str]) -> None:
    """Replace the docstrings of a class and its attributes by placeholders."""
    for i, statement in enumerate(node.body):
        if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
            continue
        text = str(statement.value.value).strip()
        if text:
            statement.value = ast.Name(_placeholder(len(texts)), ast.Load())
            texts.append(docstring(text, _INDENT, summary=i == 0))
        else:
            node.body[i] = ast.Pass()


def _placeholder(number: int) -> str:
    return f"__docstring_{number}__"


def _sorted(classes: dict[str, ast.ClassDef], order: Iterable[str]) -> list[str]:
    """Return the classes in order, but each behind those that it is made of."""
    result: dict[str, None] = {}
    entered: set[str] = set()
    stack = [(name, False) for name in reversed([*order, *classes])]
    while stack:
        name, done = stack.pop()
        if done:
            result[name] = None
        elif name in classes and name not in entered:
            entered.add(name)
            stack.append((name, True))
            used = [each for each in _names(classes[name]) if each in classes]
            stack += [(each, False) for each in reversed(used)]
    return list(result)


def _aliases(module: ast.Module) -> dict[str, str]:
    """Return the other names of built-in types, which a property called `int` would hide."""
    return {
        name.asname: name.name
        for node in module.body
        if isinstance(node, ast.ImportFrom) and node.module == "builtins"
        for name in node.names
        if name.asname is not None
    }


def _restore_builtins(node: ast.ClassDef, aliases: dict[str, str]) -> None:
    """Call built-in types by their own names in a class that does not hide them."""
    own = _own_names(node)
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and aliases.get(each.id, each.id) not in own:
            each.id = aliases.get(each.id, each.id)


def _check_names(node: ast.ClassDef, known: Container[str]) -> None:
    own = _own_names(node)
    for used in _names(node):
        if used not in known and used not in own and not _PLACEHOLDER.fullmatch(used):
            raise UnexpectedSource(f"class {node.name!r} would need {used!r}")


def _own_names(node: ast.ClassDef) -> set[str]:
    return {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


def _imports(classes: Iterable[ast.ClassDef], aliases: dict[str, str]) -> str:
    used = {name for node in classes for name in _names(node)}
    lines = ["from __future__ import annotations\n"]
    lines += [f"from builtins import {aliases[name]} as {name}" for name in aliases if name in used]
    for module, names in _IMPORTS.items():
        wanted = [name for name in names if name in used]
        if wanted:
            lines.append(f"from {module} import {', '.join(wanted)}")
    return "\n".join(lines)


def _names(node: ast.AST) -> list[str]:
    return [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]


def _base(node: ast.ClassDef) -> str:
    base = node.bases[0] if node.bases else None
    if isinstance(base, ast.Subscript):
        base = base.value
    return base.id if isinstance(base, ast.Name) else ""


def _is_rebuild(node: ast.stmt, classes: dict[str, ast.ClassDef]) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr == "model_rebuild"
        and isinstance(node.value.func.value, ast.Name)
        and node.value.func.value.id in classes
    )
