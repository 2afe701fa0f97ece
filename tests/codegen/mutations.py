"""Ways to change the suspension protocol, for the tests."""

from collections.abc import Callable
from pathlib import Path

from topicwire_codegen.document import Json, read_document

ROOT = Path(__file__).parents[2]
DOCUMENT = read_document(ROOT / "asyncapi.yaml").data

GONE = object()
Mutation = Callable[[Json], None]


def put(pointer: str, value: object) -> Mutation:
    """Set the value at a JSON pointer; `GONE` removes it."""

    def mutate(document: Json) -> None:
        *parents, last = pointer.removeprefix("#/").split("/")
        target: object = document
        for part in parents:
            key = part.replace("~1", "/")
            target = target[int(key)] if isinstance(target, list) else target[key]  # type: ignore[index]
        if value is GONE:
            del target[last]  # type: ignore[attr-defined]
        elif isinstance(target, list):
            target[int(last)] = value
        else:
            target[last] = value  # type: ignore[index]

    return mutate
