"""Whether the models accept exactly what their schemas accept, tried out before they are used.

The models are written by one tool and the schemas read by another. Where the two disagree on any
of many values around the limits of a schema, generation stops: a model that is silently wrong is
worse than none.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from topicwire_codegen.build import Built, Payload
from topicwire_codegen.document import Json, escape
from topicwire_codegen.errors import Location, Problem
from topicwire_codegen.json_types import same_json, type_of
from topicwire_codegen.models import unsupported
from topicwire_codegen.probes import FOREIGN, Prober, properties
from topicwire_codegen.references import Node
from topicwire_codegen.schemas import integers, needs_class
from topicwire_codegen.standalone import standalone
from topicwire_codegen.validation import Validator

_MODULE = "topicwire_codegen_models_on_trial"
_SHOWN = 120
_SIMPLE = frozenset({
    "type", "properties", "required", "additionalProperties", "title", "description", "examples",
})  # fmt: skip


def check_models(built: Built, source: str) -> list[Problem]:
    """Return a problem for each schema whose model accepts or changes what it must not."""
    try:
        with _imported(source) as module:
            return _disagreements(built, module)
    except UnexpectedSource as error:
        return [unsupported(built.names, str(error))]


def _disagreements(built: Built, module: ModuleType) -> list[Problem]:
    trial = _Trial(module)
    problems: list[Problem | None] = [
        trial.check_class(name, schema)
        for name, schema in built.names.named()
        if hasattr(module, name)
        and needs_class(schema)
        and "enum" not in schema.mapping()
        and name not in built.names.roots()
    ]
    problems += [
        trial.check_root(name, schema, kinds)
        for name, (schema, kinds) in built.names.roots().items()
        if hasattr(module, name)
    ]
    problems += [trial.check_payload(payload) for payload in built.payloads]
    # One for each place: what is wrong with a property is also wrong with the class it has.
    found: dict[Location, Problem] = {}
    for problem in problems:
        if problem is not None:
            found.setdefault(problem.location, problem)
    return list(found.values())


class UnexpectedSource(Exception):
    """The source of the models is none that can be imported."""


class _Trial:
    """Compares models and schemas."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._prober = Prober()
        self._validators: dict[tuple[Path, str], Validator] = {}

    def check_class(self, name: str, schema: Node) -> Problem | None:
        """Compare a class with its schema; None when they agree."""
        model: type[BaseModel] = getattr(self._module, name)
        adapter: TypeAdapter[Any] = TypeAdapter(model)
        bases = self.bases(schema)
        others: tuple[Json, ...] = (True, 1, "x", [], None)
        # A class stands for objects; the properties of its type allow the rest besides.
        for value in (*bases, *others):
            fits = isinstance(value, dict) and self._fits(schema, value)
            if disagreement := self._compare(adapter, value, fits=fits):
                return _problem(schema, disagreement)
        for base in bases:
            if isinstance(base, dict) and self._fits(schema, base):
                return self._check_properties(adapter, schema, base)
        return None

    def check_root(self, name: str, schema: Node, kinds: tuple[str, ...] | None) -> Problem | None:
        """Compare a class around a value with its schema, or with what it has of some types."""
        adapter: TypeAdapter[Any] = TypeAdapter(getattr(self._module, name))
        for value in (*self._prober.probes(schema), *self.bases(schema)):
            own = kinds is None or type_of(value) in (*kinds, *integers(kinds))
            if disagreement := self._compare(
                adapter, value, fits=own and self._fits(schema, value)
            ):
                return _problem(schema, disagreement)
        return None

    def check_payload(self, payload: Payload) -> Problem | None:
        """Compare the classes that a payload can be, all together, with its schema."""
        union: Any = getattr(self._module, payload.models[0])
        for name in payload.models[1:]:
            union |= getattr(self._module, name)
        adapter: TypeAdapter[Any] = TypeAdapter(union)
        made_up = self.bases(payload.schema) if len(payload.models) > 1 else []
        for value in (*payload.examples, *made_up):
            fits = self._fits(payload.schema, value)
            if disagreement := self._compare(adapter, value, fits=fits):
                return _problem(payload.schema, disagreement)
        return None

    def bases(self, schema: Node) -> list[Json]:
        """Return values that fit a schema, or part of it: its examples, and some made up."""
        found: list[Json] = []
        pending = [schema]
        seen = {schema.identity}
        while pending:
            part = pending.pop()
            examples = part.mapping().get("examples")
            found += examples if isinstance(examples, list) else []
            made_up = self._prober.sample(part)
            if isinstance(made_up, dict):
                made_up = {**made_up, **dict(self._corrected(part, made_up))}
            if self._fits(part, made_up):
                found.append(made_up)
            for keyword in ("oneOf", "anyOf"):
                listed = part.get(keyword)
                for choice in listed.elements() if listed is not None else ():
                    if choice.identity not in seen:
                        seen.add(choice.identity)
                        pending.append(choice)
        return found

    def _corrected(self, schema: Node, value: dict[str, Json]) -> Iterator[tuple[str, Json]]:
        for name, inner in properties(schema):
            if name in value and not self._fits(inner, value[name]):
                yield from (
                    (name, each) for each in self._prober.probes(inner) if self._fits(inner, each)
                )

    def _check_properties(
        self, adapter: TypeAdapter[Any], schema: Node, base: dict[str, Json]
    ) -> Problem | None:
        # What a property may be depends on nothing else unless there are such keywords.
        simple = schema.mapping().keys() <= _SIMPLE
        for name, inner in properties(schema):
            at = f"/properties/{escape(name)}"
            for value in self._prober.probes(inner):
                changed = {**base, name: value}
                fits = self._fits(inner, value) if simple else self._fits(schema, changed)
                if disagreement := self._compare(adapter, changed, fits=fits):
                    return _problem(schema, disagreement, at if simple else "")
        for name in base:
            less = {key: value for key, value in base.items() if key != name}
            if disagreement := self._compare(adapter, less, fits=self._fits(schema, less)):
                return _problem(schema, disagreement)
        more = {**base, FOREIGN: 1}
        if disagreement := self._compare(adapter, more, fits=self._fits(schema, more)):
            return _problem(schema, disagreement)
        return None

    def _fits(self, schema: Node, value: Json) -> bool:
        validator = self._validators.get(schema.identity)
        if validator is None:
            validator = Validator(standalone(schema))
            self._validators[schema.identity] = validator
        return validator.fits(value)

    def _compare(self, adapter: TypeAdapter[Any], value: Json, *, fits: bool) -> str | None:
        """Return how the model disagrees about a value, or None when it does not."""
        try:
            message = adapter.validate_json(json.dumps(value), by_alias=True, by_name=False)
        except ValidationError:
            return f"rejects {_shown(value)}, which fits the schema" if fits else None
        if not fits:
            return f"accepts {_shown(value)}, which does not fit the schema"
        written: Json = json.loads(
            adapter.dump_json(message, by_alias=True, exclude_unset=True, warnings="none")
        )
        if not same_json(value, written):
            return f"turns {_shown(value)} into {_shown(written)}"
        return None


def _problem(schema: Node, disagreement: str, at: str = "") -> Problem:
    return schema.problem(
        "unfaithful-model",
        f"the Python class of this schema {disagreement}",
        "this is a fault of the generator; write the schema in another way, and report it",
        at=at,
    )


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


@contextmanager
def _imported(source: str) -> Generator[ModuleType]:
    """Import the models from their source."""
    module = ModuleType(_MODULE)
    sys.modules[_MODULE] = module  # pydantic looks annotations up there
    try:
        with warnings.catch_warnings(action="error"):
            code = compile(source, "models.py", "exec", dont_inherit=True)
            exec(code, module.__dict__)  # noqa: S102
    except Exception as error:
        raise UnexpectedSource(f"they cannot be imported: {error}") from error
    else:
        yield module
    finally:
        del sys.modules[_MODULE]
